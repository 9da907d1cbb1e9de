/**
 * What the rest of Berth may ask of the chain. Narrow on purpose: the marketplace may move to another chain, and a devnet,
 * a sandbox and mainnet must look alike from here. Adapters live beside this file; `operator/app.ts`, `gateway/app.ts`
 * and `cli/` wire them.
 */
import type { Attribute, AuditedAttributes } from '../market/attributes.js';
import type { LeaseClosedReason, ProviderCloseReason } from '../market/close-reasons.js';
import type { Block } from '../market/events.js';
import type { BidId, DeploymentId, GroupId, LeaseId, OrderId } from '../market/ids.js';
import type { Coin, DecCoin } from '../market/money.js';
import type { ReasonError } from '../market/reasons.js';
import type {
  Account,
  Bid,
  BidState,
  Certificate,
  Deployment,
  Exchange,
  FeeAllowance,
  Grant,
  Group,
  Lease,
  LeaseState,
  MarketParams,
  Order,
  Provider,
  Swap,
} from '../market/records.js';
import type { Reason } from '../market/reasons.js';
import type { GroupSpec, ResourceOffer } from '../market/resources.js';

/** Where the chain stands. Deadlines on chain follow `timeMs`, never the wall clock. */
export interface ChainHead {
  readonly chainId: string;
  readonly height: bigint;
  /** Time of the block at `height`, Unix milliseconds. */
  readonly timeMs: number;
  readonly catchingUp: boolean;
}

/** What lives on the market, all as of one height. */
export interface MarketPicture {
  readonly height: bigint;
  /** Every open order. */
  readonly orders: readonly Order[];
  /** The provider's open and active bids. */
  readonly bids: readonly Bid[];
  /** The provider's leases in every live state. */
  readonly leases: readonly Lease[];
}

/**
 * Reads. Every method throws a `ChainUnavailableError` when no answer came, and returns `undefined` only for a proven
 * "not found": the two are never confused. Lists are complete (all pages).
 */
export interface ChainReader {
  head(signal?: AbortSignal): Promise<ChainHead>;
  openOrders(): Promise<readonly Order[]>;
  order(id: OrderId): Promise<Order | undefined>;
  group(id: GroupId): Promise<Group | undefined>;
  deployment(id: DeploymentId): Promise<Deployment | undefined>;
  deploymentsOf(owner: string): Promise<readonly Deployment[]>;
  bid(id: BidId): Promise<Bid | undefined>;
  bidsOf(provider: string, state?: BidState): Promise<readonly Bid[]>;
  /** Complete, and its cost does not grow with the provider's history. */
  market(provider: string): Promise<MarketPicture>;
  /** The provider's bid on each of these orders, whatever its state; orders without one are left out. */
  bidsOn(provider: string, orders: readonly OrderId[]): Promise<readonly Bid[]>;
  bidsOnOrder(id: OrderId): Promise<readonly Bid[]>;
  lease(id: LeaseId): Promise<Lease | undefined>;
  /** Every live state asked for separately, because the chain filters by one state at a time. */
  leasesOf(provider: string, states: readonly LeaseState[]): Promise<readonly Lease[]>;
  leasesOfOwner(owner: string, states: readonly LeaseState[]): Promise<readonly Lease[]>;
  provider(owner: string): Promise<Provider | undefined>;
  auditedAttributes(provider: string): Promise<readonly AuditedAttributes[]>;
  certificates(owner: string, serial?: string): Promise<readonly Certificate[]>;
  account(address: string): Promise<Account | undefined>;
  balances(address: string): Promise<readonly Coin[]>;
  marketParams(): Promise<MarketParams>;
  /** The chain's exchange between uakt and uact as it is now. */
  exchange(): Promise<Exchange>;
  /** Every burn of uact that `owner` asked for, newest and oldest alike, and what became of it. */
  burnsOf(owner: string): Promise<readonly Swap[]>;
  /** What `granter` lets `grantee` do in its name; the chain forgets what has expired. */
  grants(granter: string, grantee: string): Promise<readonly Grant[]>;
  /** The fees that `granter` pays for `grantee`. */
  feeAllowance(granter: string, grantee: string): Promise<FeeAllowance | undefined>;
}

/** An answer that may destroy something, or why there is none. */
export type Proven<T> =
  | {
      readonly proven: true;
      readonly value: T;
      /** The answer is of this height or a later one. */
      readonly height: bigint;
      /** Whose word it is: host and port of a trusted endpoint, or of two independent ones. */
      readonly by: readonly string[];
    }
  | { readonly proven: false; readonly reason: Reason };

/**
 * What has to be asked before anything is destroyed: a namespace, a lease, a bid, a tenant's data. An answer counts only from
 * an endpoint that the ComputeProvider calls trusted, or when two healthy endpoints at different places give the same.
 */
export interface ChainProof {
  /**
   * Never throws for an outage: that is `proven: false`, with NoSecondOpinion, EndpointsDisagree, ChainLagging or
   * ChainUnavailable.
   * @param essence what must be the same in both answers, for example the state of a lease; equal texts are equal answers
   * @param atLeast height that must be committed where it is asked; endpoints a moment behind are waited for
   */
  read<T>(
    query: (reader: ChainReader) => Promise<T>,
    essence: (value: T) => string,
    atLeast: bigint,
  ): Promise<Proven<T>>;
  /** Why nothing could be proven now, as far as is known without asking; `undefined` when it could. */
  obstacle(): Reason | undefined;
}

/** What waits to be put into a block, as far as the endpoints show it. */
export interface MempoolReader {
  /**
   * Leases that transactions in the mempools ask for. `complete` is false when a mempool could not be read, or not whole: then
   * a lease that is not named may be on its way all the same. Never rejects.
   */
  pendingLeases(): Promise<{ readonly ids: readonly LeaseId[]; readonly complete: boolean }>;
}

/** The stream of committed blocks, heights without gaps (missing ones are fetched), oldest first. */
export interface BlockFeed {
  /** Runs until `signal` aborts; awaits `onBlock` for each block before the next. Reconnects by itself. */
  run(signal: AbortSignal, onBlock: (block: Block) => Promise<void> | void): Promise<void>;
  /** Monotonic milliseconds since a new block was last seen; `Infinity` before the first. */
  stalenessMs(): number;
}

/** What a provider's account may let a hot key do for it: all that a running provider ever sends. */
export const GRANTABLE = [
  'create-bid',
  'close-bid',
  'start-reclaim',
  'withdraw-lease',
  'create-provider',
  'update-provider',
  'create-certificate',
  'revoke-certificate',
  'burn-act',
] as const;

export type Grantable = (typeof GRANTABLE)[number];

/** The terms under which one account pays another's fees. Always for messages run by a grant only, never for its own. */
export interface AllowanceTerms {
  /** Altogether, uakt. */
  readonly limitUakt: bigint;
  /** At most so much in each period, within the limit. */
  readonly period?: { readonly seconds: number; readonly limitUakt: bigint } | undefined;
  /** Unix seconds. */
  readonly expiresAtSeconds: number;
}

/** Messages Berth sends; the union is the whole of what a key of ours may ever sign on behalf of provider or tenant. */
export type ChainMessage =
  | {
      readonly type: 'create-bid';
      readonly id: BidId;
      readonly price: DecCoin;
      readonly deposit: Coin;
      readonly resourcesOffer: readonly ResourceOffer[];
      /** Only for orders that ask for it: it makes the lease non-closable without the reclamation dance. */
      readonly reclamationWindowSeconds?: bigint | undefined;
    }
  | { readonly type: 'close-bid'; readonly id: BidId; readonly reason: ProviderCloseReason }
  /** Begins taking back a lease whose bid has a reclamation window; its close is refused until the window is over. */
  | { readonly type: 'start-reclaim'; readonly id: LeaseId; readonly reason: ProviderCloseReason }
  | { readonly type: 'withdraw-lease'; readonly id: LeaseId }
  | { readonly type: 'create-lease'; readonly id: BidId }
  | { readonly type: 'close-lease'; readonly id: LeaseId; readonly reason: LeaseClosedReason }
  | {
      readonly type: 'create-deployment';
      readonly id: DeploymentId;
      readonly groups: readonly GroupSpec[];
      readonly hash: Uint8Array;
      readonly deposit: Coin;
    }
  | { readonly type: 'update-deployment'; readonly id: DeploymentId; readonly hash: Uint8Array }
  | { readonly type: 'close-deployment'; readonly id: DeploymentId }
  | {
      readonly type: 'deposit-deployment';
      readonly id: DeploymentId;
      readonly signer: string;
      readonly amount: Coin;
    }
  | {
      readonly type: 'create-provider' | 'update-provider';
      readonly provider: Provider;
    }
  | {
      readonly type: 'create-certificate';
      readonly owner: string;
      readonly certPem: string;
      readonly pubkeyPem: string;
    }
  | { readonly type: 'revoke-certificate'; readonly owner: string; readonly serial: string }
  /** Turns uact of the owner's into uakt of the owner's, at the end of the chain's next epoch. */
  | { readonly type: 'burn-act'; readonly owner: string; readonly amountUact: bigint }
  /** Lets `grantee` send messages of one type in the name of `granter`. */
  | {
      readonly type: 'grant';
      readonly granter: string;
      readonly grantee: string;
      readonly message: Grantable;
      /** Unix seconds. */
      readonly expiresAtSeconds: number;
    }
  | {
      readonly type: 'revoke-grant';
      readonly granter: string;
      readonly grantee: string;
      readonly typeUrl: string;
    }
  /** Refused while there is an allowance between the two: it has to be revoked first. */
  | {
      readonly type: 'grant-fees';
      readonly granter: string;
      readonly grantee: string;
      readonly terms: AllowanceTerms;
    }
  | { readonly type: 'revoke-fees'; readonly granter: string; readonly grantee: string }
  | {
      readonly type: 'send';
      readonly from: string;
      readonly to: string;
      readonly amount: readonly Coin[];
    };

/** How a transaction ended. `included` alone means the chain executed it; code 0 is success. */
export type TxOutcome =
  | {
      readonly status: 'included';
      readonly hash: string;
      readonly height: bigint;
      readonly code: number;
      readonly codespace: string;
      readonly log: string;
      readonly gasUsed: bigint;
      readonly gasWanted: bigint;
    }
  /** CheckTx refused it: it never entered the mempool. */
  | {
      readonly status: 'rejected';
      readonly hash: string;
      readonly code: number;
      readonly codespace: string;
      readonly log: string;
    }
  /** Its timeout passed by block time without inclusion: it can never land any more. */
  | { readonly status: 'expired'; readonly hash: string };

export interface SubmitOptions {
  /**
   * `unordered`: an independent transaction with its own nonce (bids, closes); `ordered`: the account's sequence.
   * Default `unordered`, falling back to `ordered` where the chain refuses unordered ones.
   */
  readonly mode?: 'unordered' | 'ordered';
  /** Gas limit; default from the measured table. */
  readonly gas?: bigint;
  /** Unix nanoseconds of an earlier attempt, to sign the same nonce again: of two versions at most one can land. */
  readonly timeoutNs?: bigint;
  /** How long an unordered transaction may wait, milliseconds by block time; default the lane's. */
  readonly lifetimeMs?: number;
  readonly signal?: AbortSignal;
}

/** A transaction that is signed and not yet broadcast; its hash and nonce can be written down first. */
export interface SignedTx {
  readonly bytes: Uint8Array;
  readonly hash: string;
  /** Unix nanoseconds; `undefined` for ordered transactions. */
  readonly timeoutNs: bigint | undefined;
}

/** A transaction that is in a block: its fee is spent, whatever became of its messages. */
export interface ChargedTx {
  readonly hash: string;
  readonly height: bigint;
  /** 0 when its messages took effect. */
  readonly code: number;
  readonly fee: readonly Coin[];
}

/** Signs and broadcasts for one key. */
export interface TxLane {
  /** The account that the messages act for: the key's own, or the one that it is a grantee of. */
  readonly address: string;
  /** Several at once are signed in batches, closes before bids before withdrawals. */
  sign(messages: readonly ChainMessage[], options?: SubmitOptions): Promise<SignedTx>;
  /** A signed transaction will not be broadcast: later ordered ones need not wait for it. */
  discard(tx: SignedTx): void;
  /** Broadcasts the same bytes until included or expired; `onPending` is called once a mempool has them. Throws `ChainUnavailableError` only when aborted. */
  broadcast(tx: SignedTx, signal?: AbortSignal, onPending?: () => void): Promise<TxOutcome>;
  /** `sign` then `broadcast`, raising gas or fee and signing again when the chain asks for more, or when the sequence was used elsewhere. */
  submit(messages: readonly ChainMessage[], options?: SubmitOptions): Promise<TxOutcome>;
  /** From now on told once of every transaction of this lane that is in a block. */
  onCharged(listener: (tx: ChargedTx) => void): void;
}

/** A signature, or why this document is not signed. */
export type Signed = Uint8Array | ReasonError;

/**
 * Signs sign-doc bytes with SIGN_MODE_DIRECT; keys never leave the implementation, which may be another process, an HSM or a
 * KMS. A batch is one call, and each document is answered by itself: what a policy refuses holds nothing else up. What an
 * implementation must promise is docs/remote-signers.md; signer/signer-contract.test.ts holds every one of ours to it.
 */
export interface Signer {
  /** The account of `publicKey`; both stay the same for the signer's life. */
  readonly address: string;
  /** Compressed secp256k1, 33 bytes. */
  readonly publicKey: Uint8Array;
  /**
   * As many answers as documents, in their order; a signature is the 64 bytes r, s with a low s over SHA-256 of the document.
   * Safe to ask again. Rejects when no answer came at all: then nothing is known of what was signed.
   */
  signBatch(signBytes: readonly Uint8Array[]): Promise<readonly Signed[]>;
}

/** No usable answer from any endpoint: the state is unknown, which is never a reason to act. */
export class ChainUnavailableError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ChainUnavailableError';
  }
}

export const isChainUnavailable = (error: unknown): error is ChainUnavailableError =>
  error instanceof ChainUnavailableError;

/** Attributes as the provider record wants them: re-exported so that callers need not know where they live. */
export type ProviderAttributes = readonly Attribute[];
