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
import { BidFollower } from './bid-follower.js';
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
  const follower = new BidFollower({
    lane: {
      broadcast: () =>
        outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome),
    },
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
    onFailed: (_path, reason, correctable) =>
      failed.push(`${reason.code}${correctable ? ' at once' : ''}`),
    onIncluded: () => undefined,
  });
  const flight = { intent: anIntent(), intentName: 'intent-0' };
  ledger.hold(flight.intent.reservation);
  bids.startFlight(flight);
  follower.follow(flight, new AbortController().signal);
  return { follower, bids, ledger, saved, failed };
};

describe('BidFollower', () => {
  it.each<[string, TxOutcome, string]>([
    ['refused in its block', refused, 'BidFailedInBlock'],
    [
      'refused before the mempool',
      { status: 'rejected', hash: 'AA', code: 5, codespace: 'sdk', log: 'insufficient funds' },
      'BidRejected',
    ],
    ['expired', { status: 'expired', hash: 'AA' }, 'TxExpired'],
    [
      'out of gas in its block',
      { ...refused, code: 11, codespace: 'sdk' },
      'BidFailedInBlock at once',
    ],
    [
      'offered too low a fee',
      { status: 'rejected', hash: 'AA', code: 13, codespace: 'sdk', log: '' },
      'BidRejected at once',
    ],
    [
      'overtaken by another transaction of the key',
      { status: 'rejected', hash: 'AA', code: 32, codespace: 'sdk', log: '' },
      'BidRejected at once',
    ],
  ])(
    '%s: its capacity is free, its order is decided again, and the reason is told',
    async (_name, outcome, want) => {
      const { follower, bids, ledger, saved, failed } = setup(outcome);
      await follower.settled();
      expect(ledger.all()).toEqual([]);
      expect(bids.has(path)).toBe(false);
      expect(failed).toEqual([want]);
      expect(saved).toMatchObject([{ reason: want.split(' ')[0] }]);
    },
  );

  it('refused because our bid is there already: it is kept with its capacity, and nothing is said to have failed', async () => {
    const { follower, bids, ledger, failed } = setup(refused, aBid());
    await follower.settled();
    expect(bids.open()).toHaveLength(1);
    expect(ledger.all()).toHaveLength(1);
    expect(failed).toEqual([]);
  });

  it.each<[string, TxOutcome | Error, Error | undefined]>([
    ['its outcome is unknown', new Error('gave up'), undefined],
    ['it is refused and the chain cannot be asked', refused, new Error('no answer')],
  ])('%s: no second bid, and its capacity stays held', async (_name, outcome, onChain) => {
    const { follower, bids, ledger, failed } = setup(outcome, onChain);
    await follower.settled();
    expect(bids.mayLand(path)).toBe(true);
    expect(ledger.all()).toHaveLength(1);
    expect(failed).toEqual([]);
  });
});
