/** The operator's rules for bidding that are not prices. */
import type { Attribute } from '../market/attributes.js';
import { parseCoin, parseDecimal } from '../market/money.js';
import type { PlacementPolicyName } from './placement-policy.js';

/** The denominations in which the chain takes a bid deposit. */
export type DepositDenom = 'uakt' | 'uact';

export interface BidRules {
  /** Why no new orders are taken; `undefined` while they are. */
  readonly paused?: string | undefined;
  /** Attributes that an order must name to be served at all (`--provider-config` of the Akash provider). */
  readonly orderAttributes: readonly Attribute[];
  /** In order of preference: the first that the wallet can pay is used. */
  readonly depositDenoms: readonly DepositDenom[];
  /** What one bid transaction costs at most. */
  readonly bidFeeUakt: bigint;
  /** Fees come out of another account than the wallet that pays deposits, and are not looked for in it. */
  readonly feesElsewhere?: boolean | undefined;
  /** Kept back for closing and withdrawing; no bid may touch it. */
  readonly reserveUakt: bigint;
  /** The longest reclamation window we accept, seconds; `undefined` to refuse orders that ask for one. */
  readonly maxReclamationWindowSeconds?: bigint | undefined;
  /** `undefined` for the default of `placement-policy.ts`. */
  readonly placement?: PlacementPolicyName | undefined;
  /** GPUs that open bids for one tenant may hold, this one included; `undefined` for no limit. */
  readonly maxPendingGpusPerOwner?: bigint | undefined;
  /** Endpoints that one order may ask for, over all its units; `undefined` for no limit. */
  readonly maxEndpoints?: number | undefined;
  /** Blocks after which an open order counts as abandoned; `undefined` for never. */
  readonly maxOrderAgeBlocks?: bigint | undefined;
  /** How long the deployment's escrow must pay our price, seconds; `undefined` not to ask. */
  readonly minEscrowSeconds?: bigint | undefined;
}

/** What of a ComputeProvider's spec the rules are made of. */
export interface BiddingTerms {
  readonly bidding: {
    /** With its denomination. */
    readonly deposit: string;
    readonly paused?: boolean | undefined;
    readonly pauseReason?: string | undefined;
    readonly orderAttributes?: readonly Attribute[] | undefined;
    readonly maxReclamationSeconds?: number | undefined;
    readonly placement?: PlacementPolicyName | undefined;
    readonly maxPendingGpusPerOwner?: number | undefined;
    readonly maxEndpoints?: number | undefined;
    readonly maxOrderAgeBlocks?: number | undefined;
    readonly minEscrowSeconds?: number | undefined;
  };
  readonly budgets: { readonly reserveUakt: string };
  /** The key that signs, where it is not the provider's own. */
  readonly grantee?: { readonly fees: 'provider' | 'grantee' } | undefined;
}

/** Gas that a bid takes at most, for what it may cost (real-node.md: 121k used, 127k by a grantee, with margin). */
const BID_GAS = 200_000n;

const bidFeeUakt = (gasPrice: string): bigint => {
  const price = parseDecimal(gasPrice.replace(/[a-z]+$/, ''));
  return BigInt(price.times(parseDecimal(BID_GAS.toString())).toFixed(0, 3));
};

const toBigInt = (n: number | undefined): bigint | undefined =>
  n === undefined ? undefined : BigInt(n);

/** @param gasPrice price of a unit of gas, for example `0.025uakt` */
export const bidRules = (
  { bidding, budgets, grantee }: BiddingTerms,
  gasPrice: string,
): BidRules => ({
  ...(bidding.paused === true ? { paused: bidding.pauseReason ?? '' } : {}),
  orderAttributes: bidding.orderAttributes ?? [],
  depositDenoms: [parseCoin(bidding.deposit).denom === 'uact' ? 'uact' : 'uakt'],
  bidFeeUakt: bidFeeUakt(gasPrice),
  feesElsewhere: grantee?.fees === 'grantee' ? true : undefined,
  reserveUakt: BigInt(budgets.reserveUakt),
  maxReclamationWindowSeconds: toBigInt(bidding.maxReclamationSeconds),
  placement: bidding.placement,
  maxPendingGpusPerOwner: toBigInt(bidding.maxPendingGpusPerOwner),
  maxEndpoints: bidding.maxEndpoints,
  maxOrderAgeBlocks: toBigInt(bidding.maxOrderAgeBlocks),
  minEscrowSeconds: toBigInt(bidding.minEscrowSeconds),
});
