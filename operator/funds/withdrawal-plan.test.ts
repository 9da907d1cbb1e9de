import { describe, expect, it } from '@jest/globals';
import { planWithdrawals } from './withdrawal-plan.js';
import type { LeaseFunds } from './withdrawal-plan.js';

const owner = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const lease = (over: Partial<LeaseFunds>): LeaseFunds => ({
  id: { owner, dseq: 7n, gseq: 1, oseq: 1, provider: owner, bseq: 0 },
  lastWithdrawalHeight: 100n,
  runOutHeight: 10_000n,
  withdrawableUact: 5000n,
  ...over,
});
const policy = { periodBlocks: 50n, runOutMarginBlocks: 10n, minWithdrawUact: 1000n };
const causes = (over: Partial<LeaseFunds>, height: bigint): readonly string[] =>
  planWithdrawals([lease(over)], height, policy).map((w) => w.cause);

describe('planWithdrawals', () => {
  it.each<[string, Partial<LeaseFunds>, bigint, string[]]>([
    ['nothing before the period', {}, 149n, []],
    ['the period is over', {}, 150n, ['Periodic']],
    ['too little to be worth the fee', { withdrawableUact: 999n }, 150n, []],
    ['shortly before the escrow runs dry', { runOutHeight: 120n }, 110n, ['RunningOut']],
    [
      'already withdrawn in the margin',
      { runOutHeight: 120n, lastWithdrawalHeight: 112n },
      115n,
      [],
    ],
    [
      'a dry escrow is touched even for nothing',
      { runOutHeight: 120n, withdrawableUact: 0n },
      120n,
      ['RanOut'],
    ],
    ['an unknown run-out keeps the period', { runOutHeight: undefined }, 150n, ['Periodic']],
  ])('%s', (_name, over, height, want) => {
    expect(causes(over, height)).toEqual(want);
  });

  it('names a deployment once: the chain takes one withdrawal per escrow account and block', () => {
    const id = lease({}).id;
    const groups = [
      lease({ id: { ...id, gseq: 2 } }),
      lease({}),
      lease({ id: { ...id, dseq: 9n } }),
    ];
    const planned = planWithdrawals(groups, 150n, policy);
    expect(planned.map((w) => [w.id.dseq, w.id.gseq])).toEqual([
      [7n, 1],
      [9n, 1],
    ]);
  });

  it('is stable in order', () => {
    const id = lease({}).id;
    const both = [lease({ id: { ...id, dseq: 9n } }), lease({ id: { ...id, dseq: 8n } })];
    expect(planWithdrawals(both, 150n, policy).map((w) => w.id.dseq)).toEqual([8n, 9n]);
  });
});
