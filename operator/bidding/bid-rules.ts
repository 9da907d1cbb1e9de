/** The rules for bidding, from the ComputeProvider and what a transaction costs. */
import type { BidRules } from '../../bidengine/bid-rules.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import { parseCoin, parseDecimal } from '../../market/money.js';

/** Gas that a bid takes at most, for what it may cost (real-node.md: 121k used, 127k by a grantee, with margin). */
const BID_GAS = 200_000n;

const bidFeeUakt = (gasPrice: string): bigint => {
  const price = parseDecimal(gasPrice.replace(/[a-z]+$/, ''));
  return BigInt(price.times(parseDecimal(BID_GAS.toString())).toFixed(0, 3));
};

const toBigInt = (n: number | undefined): bigint | undefined =>
  n === undefined ? undefined : BigInt(n);

/** @param gasPrice price of a unit of gas, for example `0.025uakt` */
export const rulesOf = ({ spec }: ComputeProvider, gasPrice: string): BidRules => {
  const { bidding, budgets } = spec;
  return {
    orderAttributes: bidding.orderAttributes ?? [],
    depositDenoms: [parseCoin(bidding.deposit).denom === 'uact' ? 'uact' : 'uakt'],
    bidFeeUakt: bidFeeUakt(gasPrice),
    feesElsewhere: spec.grantee?.fees === 'grantee' ? true : undefined,
    reserveUakt: BigInt(budgets.reserveUakt),
    maxReclamationWindowSeconds: toBigInt(bidding.maxReclamationSeconds),
    placement: bidding.placement,
    maxPendingGpusPerOwner: toBigInt(bidding.maxPendingGpusPerOwner),
    maxEndpoints: bidding.maxEndpoints,
    maxOrderAgeBlocks: toBigInt(bidding.maxOrderAgeBlocks),
    minEscrowSeconds: toBigInt(bidding.minEscrowSeconds),
  };
};
