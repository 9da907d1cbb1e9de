/** The operator's rules for bidding that are not prices. */
import type { Attribute } from '../market/attributes.js';
import type { PlacementPolicyName } from './placement-policy.js';

/** The denominations in which the chain takes a bid deposit. */
export type DepositDenom = 'uakt' | 'uact';

export interface BidRules {
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
