/** The parts of a decision's input that a backtest fixes: a wallet that never runs dry, and coins that nobody needs to value. */
import type { DecideInput } from '../bidengine/input.js';
import { Decimal } from '../market/money.js';
import type { DescribedCluster } from './cluster.js';
import type { Scenario } from './scenario.js';

/** No tenant of ours: every owner of an order is somebody else. */
const NOBODY = 'akash1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq';
const PLENTY = { spendable: 10n ** 15n, committed: 0n };
const unknown = (why: string): DecideInput['exchange']['akt'] => ({
  status: 'stale',
  why,
  conservativeUsd: new Decimal('1'),
});
const EXCHANGE = {
  akt: unknown('a backtest pays no fees'),
  usdc: unknown('a backtest sells for uact only'),
};
const DEPOSITS = [
  { denom: 'uakt', amount: 500_000n },
  { denom: 'uact', amount: 500_000n },
];
const RULES: DecideInput['rules'] = {
  orderAttributes: [],
  depositDenoms: ['uakt'],
  bidFeeUakt: 0n,
  reserveUakt: 0n,
  // 30 days: the longest that the chain takes, so that no order is lost by it.
  maxReclamationWindowSeconds: 2_592_000n,
};

/** Everything but the order, the inventory and who prices, at one height. */
export const decisionInput = (
  { startMs, blockTimeMs, from }: Pick<Scenario, 'startMs' | 'blockTimeMs' | 'from'>,
  { attributes }: Pick<DescribedCluster, 'attributes'>,
  height: bigint,
): Omit<DecideInput, 'order' | 'snapshot' | 'policies' | 'strategy'> => ({
  provider: { address: NOBODY, attributes, audited: [] },
  wallet: { uakt: PLENTY, uact: PLENTY },
  chain: {
    marketParams: { orderMaxBids: 20, bidMinDeposits: DEPOSITS },
    blockTimeMs,
    height,
  },
  nowMs: startMs + Number(height - from) * blockTimeMs,
  exchange: EXCHANGE,
  rules: RULES,
  blockedHostnames: [],
});
