import { describe, expect, it } from '@jest/globals';
import { parseDecimal } from '../../market/money.js';
import type { Bid, BidState } from '../../market/records.js';
import { blocksFor, timedOutBids, timeoutBlocks } from './bid-timeout.js';
import type { Demand } from './bid-timeout.js';

const owner = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const aBid = (createdAt: bigint, state: BidState = 'open'): Bid => ({
  id: { owner, dseq: createdAt, gseq: 1, oseq: 1, provider: owner, bseq: 0 },
  state,
  price: { denom: 'uact', amount: parseDecimal('1') },
  createdAt,
  resourcesOffer: [],
});
const timeouts = { wanted: 10n, ordinary: 50n, idle: 90n };
const bids = [
  ...[5n, 10n, 11n, 50n, 51n, 90n, 91n].map((height) => aBid(height)),
  ...[aBid(1n, 'active'), aBid(2n, 'lost'), aBid(3n, 'closed')],
];

describe('bids that have waited too long', () => {
  it.each<[Demand, readonly bigint[]]>([
    ['wanted', [5n, 10n, 11n, 50n, 51n, 90n]],
    ['ordinary', [5n, 10n, 11n, 50n]],
    ['idle', [5n, 10n]],
  ])('where what they hold is %s', (demand, want) => {
    const due = timedOutBids(bids, 100n, timeouts, () => demand);
    expect(due.map((b) => b.createdAt)).toEqual(want);
  });

  it('nobody is asked about bids that are too young for any timeout, or have ended', () => {
    const asked: bigint[] = [];
    timedOutBids(bids, 100n, timeouts, (bid) => {
      asked.push(bid.createdAt);
      return 'idle';
    });
    expect(asked).toEqual([5n, 10n, 11n, 50n, 51n, 90n]);
  });
});

describe('the timeouts of a ComputeProvider', () => {
  it.each([
    ['five minutes alone', { timeoutSeconds: 300 }, [60n, 300n, 1_800n]],
    [
      'all three',
      { timeoutSeconds: 300, contestedTimeoutSeconds: 30, idleTimeoutSeconds: 600 },
      [30n, 300n, 600n],
    ],
    [
      'contradictions are read as the ordinary one',
      { timeoutSeconds: 300, contestedTimeoutSeconds: 400, idleTimeoutSeconds: 200 },
      [300n, 300n, 300n],
    ],
  ])('%s', (_name, seconds, [wanted, ordinary, idle]) => {
    expect(timeoutBlocks(seconds, 1_000)).toEqual({ wanted, ordinary, idle });
  });
});

describe('blocksFor', () => {
  it.each([
    ['five minutes at 5.9 s', 300, 5900, 51n],
    ['five minutes at 200 ms', 300, 200, 1500n],
    ['less than a block', 1, 5900, 1n],
  ])('%s', (_name, seconds, blockTimeMs, want) =>
    expect(blocksFor(seconds, blockTimeMs)).toBe(want),
  );
});
