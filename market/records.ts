/** Orders, bids, leases and accounts as the chain holds them, as plain data. */
import type { Attribute } from './attributes.js';
import type { BidId, DeploymentId, GroupId, LeaseId, OrderId } from './ids.js';
import type { Coin, DecCoin, Decimal } from './money.js';
import type { GroupSpec, ResourceOffer } from './resources.js';

export type OrderState = 'open' | 'active' | 'closed';
export type BidState = 'open' | 'active' | 'lost' | 'closed';
export type LeaseState = 'active' | 'insufficient_funds' | 'closed' | 'reclaiming';
export type DeploymentState = 'active' | 'closed';
export type GroupState = 'open' | 'paused' | 'insufficient_funds' | 'closed';
export type EscrowState = 'open' | 'closed' | 'overdrawn';

/** States in which a lease is alive: the workload must run and the provider is owed. */
export const LIVE_LEASE_STATES: readonly LeaseState[] = ['active', 'reclaiming'];

export interface Order {
  readonly id: OrderId;
  readonly state: OrderState;
  readonly spec: GroupSpec;
  /** Height of creation. */
  readonly createdAt: bigint;
  /** The shortest reclamation window the tenant accepts, seconds; `undefined` when the order asks for none. */
  readonly reclamationMinWindowSeconds?: bigint | undefined;
}

export interface Bid {
  readonly id: BidId;
  readonly state: BidState;
  readonly price: DecCoin;
  readonly createdAt: bigint;
  readonly resourcesOffer: readonly ResourceOffer[];
  /** The reclamation window offered with the bid, seconds; `undefined` when it offers none. */
  readonly reclamationWindowSeconds?: bigint | undefined;
}

export interface Reclamation {
  readonly windowSeconds: bigint;
  /** Height at which the provider started it, 0 when it has not. */
  readonly startedAt: bigint;
  /** Unix seconds after which the provider may close, 0 when not started. */
  readonly deadlineSeconds: bigint;
}

/** The escrow payment that a lease draws on. */
export interface EscrowPayment {
  readonly state: EscrowState;
  /** Per block. */
  readonly rate: DecCoin;
  /** Settled and not yet withdrawn. */
  readonly balance: DecCoin;
  /** Owed but not covered by the account. */
  readonly unsettled: DecCoin;
  /** Paid out so far. */
  readonly withdrawn: Coin;
}

export interface Lease {
  readonly id: LeaseId;
  readonly state: LeaseState;
  readonly price: DecCoin;
  readonly createdAt: bigint;
  /** Height at which it ended, 0 while it lives. */
  readonly closedOn: bigint;
  /** Reason name as the chain prints it, for example `lease_closed_owner`. */
  readonly reason: string;
  readonly reclamation?: Reclamation | undefined;
  readonly payment?: EscrowPayment | undefined;
}

export interface EscrowAccount {
  readonly state: EscrowState;
  /** Height up to which payments are settled; settlement is lazy. */
  readonly settledAt: bigint;
  /** What is left, per denomination. */
  readonly funds: readonly DecCoin[];
  /** What was moved out, per denomination. */
  readonly transferred: readonly DecCoin[];
}

export interface Group {
  readonly id: GroupId;
  readonly state: GroupState;
  readonly spec: GroupSpec;
  readonly createdAt: bigint;
}

export interface Deployment {
  readonly id: DeploymentId;
  readonly state: DeploymentState;
  /** SHA-256 of the manifest, 32 bytes. */
  readonly hash: Uint8Array;
  readonly createdAt: bigint;
  readonly groups: readonly Group[];
  readonly escrow: EscrowAccount;
}

export interface Provider {
  readonly owner: string;
  readonly hostUri: string;
  readonly attributes: readonly Attribute[];
  readonly info: { readonly email: string; readonly website: string };
}

export interface Certificate {
  readonly owner: string;
  /** Decimal serial number. */
  readonly serial: string;
  readonly state: 'valid' | 'revoked';
  /** PEM text. */
  readonly cert: string;
  readonly pubkey: string;
}

/** An account as transactions need it; `publicKey` is unknown until its first transaction. */
export interface Account {
  readonly address: string;
  readonly accountNumber: bigint;
  readonly sequence: bigint;
  /** Compressed secp256k1, 33 bytes. */
  readonly publicKey?: Uint8Array | undefined;
}

/** Market parameters that bidding depends on; always queried, never assumed. */
export interface MarketParams {
  readonly orderMaxBids: number;
  /** Least bid deposit per denomination. */
  readonly bidMinDeposits: readonly Coin[];
}

/** The exchange of uakt and uact (bme module) with the oracle's price. */
export interface Exchange {
  /** USD for one AKT; `undefined` when the oracle has no price. 1 ACT is 1 USD by protocol. */
  readonly aktUsd: Decimal | undefined;
  /** Whether uact may be turned into uakt now. */
  readonly burnsAllowed: boolean;
  /** Whether minting uact is halted for want of collateral: then uakt in an escrow account stands in for uact. */
  readonly mintsHalted: boolean;
}

/** One request to swap uakt and uact; it is executed or cancelled at the end of an epoch. */
export interface Swap {
  readonly state: 'pending' | 'executed' | 'canceled';
  readonly fromDenom: string;
  readonly toDenom: string;
  /** Height of the block that took it. */
  readonly height: bigint;
  /** Its place among the requests of that block. */
  readonly sequence: bigint;
  /** What was given. */
  readonly burned: Coin;
}

/** A right that one account gave another: to act in its name, one type of message at a time (authz). */
export interface Grant {
  readonly granter: string;
  readonly grantee: string;
  /** The chain's name of the message type, for example `/akash.market.v1beta5.MsgCreateBid`. */
  readonly typeUrl: string;
  /** Whether it holds for every message of the type; other kinds of authorization bound it somehow. */
  readonly unbounded: boolean;
  /** Unix milliseconds; `undefined` for one that never ends. */
  readonly expiresAtMs: number | undefined;
}

/** Fees that one account pays for another (feegrant). */
export interface FeeAllowance {
  readonly granter: string;
  readonly grantee: string;
  /** What is left of it altogether, uakt; `undefined` when it is not limited. */
  readonly leftUakt: bigint | undefined;
  /** An allowance that is given anew each period. */
  readonly period:
    | {
        readonly seconds: number;
        readonly limitUakt: bigint;
        /** What is left of the present period. */
        readonly leftUakt: bigint;
        /** When the next period begins, Unix milliseconds by block time. */
        readonly resetsAtMs: number;
      }
    | undefined;
  /** Unix milliseconds; `undefined` for one that never ends. */
  readonly expiresAtMs: number | undefined;
  /** The chain's names of the message types that it pays for; `undefined` for all. */
  readonly onlyTypeUrls: readonly string[] | undefined;
}
