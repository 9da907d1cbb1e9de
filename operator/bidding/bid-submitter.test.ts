import { describe, expect, it } from '@jest/globals';
import type { TxOutcome } from '../../chain/ports.js';
import type { BidStatus } from '../../crds/generated/types.js';
import { formatOrderId } from '../../market/ids.js';
import type { Bid } from '../../market/records.js';
import { systemClock } from '../clock.js';
import { createLogger } from '../logger.js';
import { createMetrics } from '../metrics.js';
import { aBid, anIntent, anOrderId } from '../testing/an-intent.js';
import { PROVIDER } from '../testing/world.js';
import { BidSubmitter } from './bid-submitter.js';
import { OwnBids } from './own-bids.js';
import { ReservationLedger } from './reservation-ledger.js';

const path = formatOrderId(anOrderId());
const gas = { gasUsed: 1n, gasWanted: 1n };
const refused: TxOutcome = {
  ...{ status: 'included', hash: 'AA', height: 9n, ...gas },
  ...{ code: 21, codespace: 'market', log: 'bid exists' },
};

const setup = (outcome: TxOutcome | Error, onChain?: Bid | Error) => {
  const bids = new OwnBids(PROVIDER);
  const ledger = new ReservationLedger();
  const saved: BidStatus[] = [];
  const failed: string[] = [];
  const submitter = new BidSubmitter({
    lane: {
      broadcast: () =>
        outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome),
    } as never,
    provider: PROVIDER,
    intents: {} as never,
    records: {
      save: (_intent: unknown, _name: unknown, status: BidStatus) => {
        saved.push(status);
        return Promise.resolve();
      },
    } as never,
    ...{ bids, ledger, metrics: createMetrics(), clock: systemClock },
    log: createLogger('silent'),
    bidOnChain: () =>
      onChain instanceof Error ? Promise.reject(onChain) : Promise.resolve(onChain),
    onFailed: (_path, reason) => failed.push(reason.code),
    onIncluded: () => undefined,
  });
  const flight = { intent: anIntent(), intentName: 'intent-0' };
  ledger.hold(flight.intent.reservation);
  bids.startFlight(flight);
  submitter.resume(flight, new AbortController().signal);
  return { submitter, bids, ledger, saved, failed };
};

describe('BidSubmitter', () => {
  it.each<[string, TxOutcome, string]>([
    ['refused in its block', refused, 'BidFailedInBlock'],
    [
      'refused before the mempool',
      { status: 'rejected', hash: 'AA', code: 5, codespace: 'sdk', log: 'insufficient funds' },
      'BidRejected',
    ],
    ['expired', { status: 'expired', hash: 'AA' }, 'TxExpired'],
  ])(
    '%s: its capacity is free, its order is decided again, and the reason is told',
    async (_name, outcome, want) => {
      const { submitter, bids, ledger, saved, failed } = setup(outcome);
      await submitter.settled();
      expect(ledger.all()).toEqual([]);
      expect(bids.has(path)).toBe(false);
      expect(failed).toEqual([want]);
      expect(saved).toMatchObject([{ reason: want }]);
    },
  );

  it('refused because our bid is there already: it is kept with its capacity, and nothing is said to have failed', async () => {
    const { submitter, bids, ledger, failed } = setup(refused, aBid());
    await submitter.settled();
    expect(bids.open()).toHaveLength(1);
    expect(ledger.all()).toHaveLength(1);
    expect(failed).toEqual([]);
  });

  it.each<[string, TxOutcome | Error, Error | undefined]>([
    ['its outcome is unknown', new Error('gave up'), undefined],
    ['it is refused and the chain cannot be asked', refused, new Error('no answer')],
  ])('%s: no second bid, and its capacity stays held', async (_name, outcome, onChain) => {
    const { submitter, bids, ledger, failed } = setup(outcome, onChain);
    await submitter.settled();
    expect(bids.mayLand(path)).toBe(true);
    expect(ledger.all()).toHaveLength(1);
    expect(failed).toEqual([]);
  });
});
