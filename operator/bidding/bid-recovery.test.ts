import { describe, expect, it } from '@jest/globals';
import type { Bid as BidObject, BidStatus } from '../../crds/generated/types.js';
import { formatOrderId } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import type { Bid } from '../../market/records.js';
import { ChainView } from '../chain-view/chain-view.js';
import { systemClock } from '../clock.js';
import { createLogger } from '../logger.js';
import { aBid, anIntent, anOrderId } from '../testing/an-intent.js';
import { PROVIDER } from '../testing/world.js';
import { BidRecovery } from './bid-recovery.js';
import type { BidIntent } from './intent.js';
import { OwnBids } from './own-bids.js';
import type { InFlightBid } from './own-bids.js';
import { ReservationLedger } from './reservation-ledger.js';

const NOW_MS = 1_000_000;
const LATER_MS = NOW_MS + 60_000;
const path = formatOrderId(anOrderId());

interface Saved {
  readonly intent: string;
  readonly status: BidStatus;
}

const setup = (
  intents: readonly BidIntent[],
  {
    onChain = [],
    fresh = true,
    record,
  }: { onChain?: readonly Bid[]; fresh?: boolean; record?: Saved } = {},
) => {
  const view = new ChainView(systemClock, fresh ? 60_000 : -1, 1000);
  view.observe({ height: 10n, timeMs: NOW_MS });
  const bids = new OwnBids(PROVIDER);
  const ledger = new ReservationLedger();
  const resumed: InFlightBid[] = [];
  const saved: Saved[] = [];
  const removed: string[] = [];
  const stored = intents.map((intent, i) => ({ name: `intent-${i}`, bids: [intent] }));
  const chain = new Map(onChain.map((b) => [formatOrderId(b.id), b]));
  const broken = new Set<string>();
  const recovery = new BidRecovery({
    reader: {
      bid: (id: OrderId) =>
        broken.has(formatOrderId(id))
          ? Promise.reject(new RangeError('a fault of ours'))
          : Promise.resolve(chain.get(formatOrderId(id))),
    } as never,
    provider: PROVIDER,
    view,
    intents: {
      write: () => Promise.reject(new Error('not here')),
      list: () => Promise.resolve(stored.filter((s) => !removed.includes(s.name))),
      remove: (name) => {
        removed.push(name);
        return Promise.resolve();
      },
    },
    records: {
      get: () =>
        Promise.resolve(
          record === undefined
            ? undefined
            : ({ spec: { intent: record.intent }, status: record.status } as BidObject),
        ),
      save: (_intent: BidIntent, intent: string, status: BidStatus) => {
        saved.push({ intent, status });
        return Promise.resolve();
      },
    } as never,
    bids,
    ledger,
    log: createLogger('silent'),
    resume: (flight) => resumed.push(flight),
    nowIso: () => '2026-01-01T00:00:00Z',
  });
  return { recovery, bids, ledger, resumed, saved, removed, chain, broken };
};

describe('BidRecovery', () => {
  it('broadcasts the same transaction again, and holds its capacity, while it may still land', async () => {
    const { recovery, ledger, resumed, removed } = setup([anIntent(anOrderId(), 'AA', LATER_MS)]);
    await recovery.run();
    expect(resumed.map((f) => f.intent.tx.hash)).toEqual(['AA']);
    expect(ledger.get(path)?.perNode).toHaveLength(1);
    expect(removed).toEqual([]);
  });

  it('an ordered transaction has no timeout and is never taken for expired', async () => {
    const { recovery, resumed, removed } = setup([anIntent(anOrderId(), 'AA', 0)]);
    await recovery.run();
    expect(resumed).toHaveLength(1);
    expect(removed).toEqual([]);
  });

  it('past its timeout it is recorded as expired, and order and capacity are free again', async () => {
    const { recovery, bids, ledger, saved, removed } = setup([anIntent()]);
    await recovery.run();
    expect(saved).toMatchObject([{ status: { state: 'Expired', reason: 'TxExpired' } }]);
    expect(ledger.all()).toEqual([]);
    expect(bids.has(path)).toBe(false);
    expect(removed).toEqual(['intent-0']);
  });

  it('on a stale view nothing is sent, and the order is neither free nor its capacity', async () => {
    const { recovery, bids, ledger, resumed } = setup([anIntent(anOrderId(), 'AA', LATER_MS)], {
      fresh: false,
    });
    await recovery.run();
    expect(resumed).toEqual([]);
    expect(bids.has(path)).toBe(true);
    expect(bids.mayLand(path)).toBe(true);
    expect(ledger.all()).toHaveLength(1);
  });

  it.each<[string, Saved | undefined, readonly string[]]>([
    ['nothing was written yet', undefined, ['intent-0']],
    [
      'the record is of an earlier bid that failed',
      { intent: 'intent-earlier', status: { state: 'Failed' } },
      ['intent-0'],
    ],
    ['the record is there', { intent: 'intent-0', status: { state: 'Open' } }, []],
  ])('a bid in a block is recorded when %s', async (_name, record, want) => {
    const given = record === undefined ? {} : { record };
    const { recovery, bids, saved, removed } = setup([anIntent()], { onChain: [aBid()], ...given });
    await recovery.run();
    expect(saved.map((s) => s.intent)).toEqual(want);
    expect(bids.open()).toHaveLength(1);
    expect(removed).toEqual(['intent-0']);
  });

  it('a bid known to be in a block keeps its intent until the chain shows it', async () => {
    const intent = anIntent();
    const { recovery, bids, chain, saved, removed } = setup([intent]);
    bids.startFlight({ intent, intentName: 'intent-0' });
    bids.endFlight({ intent, intentName: 'intent-0' }, 'landed');
    await recovery.run();
    expect(removed).toEqual([]);
    chain.set(path, aBid());
    await recovery.run();
    expect(saved).toMatchObject([{ status: { state: 'Open' } }]);
    expect(removed).toEqual(['intent-0']);
  });

  it('an intent that cannot be recovered does not stop the others', async () => {
    const other = anOrderId(8n);
    const { recovery, bids, broken, removed } = setup([
      anIntent(),
      anIntent(other, 'BB', NOW_MS - 10_000),
    ]);
    broken.add(path);
    await recovery.run();
    expect(removed).toEqual(['intent-1']);
    expect(bids.has(path)).toBe(true);
    expect(bids.has(formatOrderId(other))).toBe(false);
  });
});
