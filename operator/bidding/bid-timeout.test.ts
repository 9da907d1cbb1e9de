import { describe, expect, it } from '@jest/globals';
import { parseDecimal } from '../../market/money.js';
import type { Bid, BidState } from '../../market/records.js';
import { blocksFor, timedOutBids } from './bid-timeout.js';

const owner = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const aBid = (createdAt: bigint, state: BidState = 'open'): Bid => ({
  id: { owner, dseq: createdAt, gseq: 1, oseq: 1, provider: owner, bseq: 0 },
  state,
  price: { denom: 'uact', amount: parseDecimal('1') },
  createdAt,
  resourcesOffer: [],
});

describe('timedOutBids', () => {
  it('takes open bids whose age has reached the timeout, and no won, lost or closed one', () => {
    const bids = [
      aBid(10n),
      aBid(50n),
      aBid(51n),
      aBid(11n, 'active'),
      aBid(12n, 'lost'),
      aBid(13n, 'closed'),
    ];
    expect(timedOutBids(bids, 100n, 50n).map((b) => b.createdAt)).toEqual([10n, 50n]);
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
