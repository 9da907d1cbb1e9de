import { describe, expect, it } from '@jest/globals';
import { planWithdrawals } from './withdrawal-plan.js';
import type { LeaseFunds } from './withdrawal-plan.js';

const owner = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const lease = (over: Partial<LeaseFunds> = {}): LeaseFunds => ({
  id: { owner, dseq: 7n, gseq: 1, oseq: 1, provider: owner, bseq: 0 },
  lastWithdrawalHeight: 100n,
  runOut: { ownFundsHeight: 10_000n, height: 10_000n },
  dueHeight: 150n,
  sharing: 1,
  ...over,
});
const until = (height: bigint, ownFundsHeight = height): Partial<LeaseFunds> => ({
  runOut: { ownFundsHeight, height },
});
const MARGIN = 10n;
const causes = (over: Partial<LeaseFunds>, height: bigint): readonly string[] =>
  planWithdrawals([lease(over)], height, MARGIN).map((w) => w.cause);

describe('planWithdrawals', () => {
  it.each<[string, Partial<LeaseFunds>, bigint, string[]]>([
    ['nothing before the next block is due', {}, 148n, []],
    ['the next block is due', {}, 149n, ['Periodic']],
    ['shortly before the escrow runs dry', until(120n), 109n, ['RunningOut']],
    ['not earlier', until(120n), 108n, []],
    ['once is enough', { ...until(120n), lastWithdrawalHeight: 112n }, 115n, []],
    ['so that the first unpaid block ends the lease', until(120n), 119n, ['RanOut']],
    ['and not one earlier', { ...until(120n), lastWithdrawalHeight: 112n }, 118n, []],
    ['an unknown run-out keeps the rhythm', { runOut: undefined }, 149n, ['Periodic']],
    ['not touched while uakt stands in, not even when due', until(200n, 120n), 149n, []],
    ['withdrawn before its own funds end', until(200n, 120n), 109n, ['RunningOut']],
    ['ended when the stand-in is used up too', until(200n, 120n), 199n, ['RanOut']],
  ])('%s', (_name, over, height, want) => {
    expect(causes(over, height)).toEqual(want);
  });

  it('names a deployment once: the chain takes one withdrawal per escrow account and block', () => {
    const { id } = lease();
    const groups = [lease({ id: { ...id, gseq: 2 } }), lease(), lease({ id: { ...id, dseq: 9n } })];
    const planned = planWithdrawals(groups, 150n, MARGIN);
    expect(planned.map((w) => [w.id.dseq, w.id.gseq])).toEqual([
      [7n, 1],
      [9n, 1],
    ]);
  });

  it('is stable in order, the urgent ones first', () => {
    const { id } = lease();
    const several = [
      lease({ id: { ...id, dseq: 9n } }),
      lease({ id: { ...id, dseq: 8n } }),
      lease({ id: { ...id, dseq: 10n }, ...until(151n) }),
    ];
    expect(planWithdrawals(several, 150n, MARGIN).map((w) => w.id.dseq)).toEqual([10n, 8n, 9n]);
  });
});
