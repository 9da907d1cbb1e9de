/**
 * How often a lease is withdrawn from. What has accrued is safe in escrow (a settlement pays providers before the tenant), so
 * waiting costs only the use of the money, and each withdrawal costs a fee. With a fee F, earnings R per block and a cost of
 * capital i per block, the cost per block of withdrawing every n blocks is F/n + i·R·n/2, least at n = √(2F / (i·R)): the
 * square-root rule of cash management (W. J. Baumol, "The Transactions Demand for Cash: An Inventory Theoretic Approach",
 * Quarterly Journal of Economics 66, 1952; J. Tobin, Review of Economics and Statistics 38, 1956).
 */
import { Decimal, truncate } from '../../market/money.js';

const YEAR_MS = new Decimal(String(365 * 24 * 3600 * 1000));
const HUNDRED = new Decimal('100');

export interface RhythmTerms {
  /** What one more withdrawal in a batch costs, uact. */
  readonly feeUact: Decimal;
  /** Percent per year that money is worth to the provider, above 0. */
  readonly capitalPercentPerYear: number;
  readonly blockTimeMs: number;
  /** Longest time between two withdrawals, blocks. */
  readonly maxBlocks: bigint;
}

/** ⌊√n⌋ by Newton's method: a decimal root costs a thousand times as much, and there may be hundreds of leases. */
const integerRoot = (n: bigint): bigint => {
  if (n < 2n) return n;
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (root + n / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
};

/** Blocks between two withdrawals of a lease that earns `uactPerBlock`: at least 1, at most `maxBlocks`. */
export const withdrawalPeriodBlocks = (uactPerBlock: Decimal, terms: RhythmTerms): bigint => {
  const { feeUact, capitalPercentPerYear, blockTimeMs, maxBlocks } = terms;
  const perBlock = new Decimal(String(capitalPercentPerYear))
    .times(new Decimal(String(blockTimeMs)))
    .div(HUNDRED.times(YEAR_MS));
  const cost = perBlock.times(uactPerBlock);
  if (cost.lte(new Decimal('0'))) return maxBlocks;
  const best = integerRoot(truncate(feeUact.plus(feeUact).div(cost)));
  if (best < 1n) return 1n;
  return best < maxBlocks ? best : maxBlocks;
};

/** Gas of one more withdrawal in a transaction: the most that was measured (real-node.md, "Gas used") and the lane's margin. */
const WITHDRAWAL_GAS = new Decimal('122000');

/** What one more withdrawal costs in uact. @param uaktPerGas gas price @param aktUsd USD for one AKT; 1 ACT is 1 USD */
export const withdrawalFeeUact = (uaktPerGas: Decimal, aktUsd: Decimal): Decimal =>
  WITHDRAWAL_GAS.times(uaktPerGas).times(aktUsd);
