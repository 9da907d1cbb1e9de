/** What the drills count, counted on blocks made up for it: a counter that cannot go up proves nothing. */
import { describe, expect, it } from '@jest/globals';
import { closes, duplicateBids } from './audit.js';
import type { Happened } from './audit.js';
import { formatTable } from './figures.js';

const happened = (kind: Happened['kind'], dseq: bigint, code = 0): Happened => ({
  kind,
  id: { owner: 'akash1tenant', dseq, gseq: 1, oseq: 1, provider: 'akash1provider', bseq: 0 },
  order: `akash1tenant/${dseq}/1/1`,
  height: 10n,
  index: 0,
  code,
});

describe('the audit of blocks', () => {
  it('counts every bid after the first on one order, those that failed too', () => {
    const history = [
      happened('bid', 1n),
      happened('bid', 2n),
      happened('bid', 1n, 5),
      happened('bid', 1n),
    ];
    expect(duplicateBids(history)).toEqual([history[2], history[3]]);
  });

  it('counts closes of bids and leases that had their effect, and nothing else', () => {
    const history = [
      happened('close-bid', 1n),
      happened('close-bid', 2n, 7),
      happened('close-lease', 3n),
      happened('accept', 4n),
      happened('bid', 5n),
    ];
    expect(closes(history)).toEqual([history[0], history[2]]);
  });

  it('shows its figures in a table, times in seconds, absent ones empty', () => {
    const figures = { orders: 3, missed: 1, duplicateBids: 0, wrongfulCloses: 2 };
    const table = formatTable([{ drill: 'd', ...figures, nextBidAfterHealingMs: 1250 }]);
    expect(
      table
        .split('\n')[2]
        ?.split('|')
        .map((c) => c.trim()),
    ).toEqual(['', 'd', '3', '1', '0', '2', '', '1.3', '', '']);
  });
});
