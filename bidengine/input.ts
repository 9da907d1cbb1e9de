/** Everything that one decision depends on, and what comes out of it. Same input, same decision. */
import type { Attribute, AuditedAttributes } from '../market/attributes.js';
import type { GpuModel } from '../market/gpu.js';
import type { OrderId } from '../market/ids.js';
import type { Coin, DecCoin, Decimal } from '../market/money.js';
import type { Reason } from '../market/reasons.js';
import type { EscrowAccount, MarketParams, Order } from '../market/records.js';
import type { ResourceOffer } from '../market/resources.js';
import type { BidRules } from './bid-rules.js';
import type { Budget } from './budget.js';
import type { ExchangeRates } from './exchange.js';
import type { PriceFactor } from './price-book.js';
import type { PricingPolicy } from './pricing-policy.js';
import type { PlacementPolicyName } from './placement-policy.js';
import type { InventorySnapshot } from './snapshot.js';
import type { PricingStrategy } from './strategy.js';

/** Whole smallest units of one denomination. */
export interface Funds {
  /** What the account holds now. */
  readonly spendable: bigint;
  /** What transactions in flight will take of it: fees and deposits not yet in a block. */
  readonly committed: bigint;
}

/** The chain as far as a decision needs it. */
export interface ChainFacts {
  readonly marketParams: MarketParams;
  /** Measured milliseconds between blocks, above 0; the price per block follows it. */
  readonly blockTimeMs: number;
  readonly height: bigint;
}

export interface DecideInput {
  readonly order: Order;
  /** Reservations included: see `withReservations`. */
  readonly snapshot: InventorySnapshot;
  /** Price books for `policyStrategy`; none means no bid. */
  readonly policies: readonly PricingPolicy[];
  readonly provider: {
    readonly address: string;
    /** As recorded on chain: the chain checks a bid against these, not against the cluster. */
    readonly attributes: readonly Attribute[];
    readonly audited: readonly AuditedAttributes[];
  };
  readonly wallet: { readonly uakt: Funds; readonly uact: Funds };
  /** What bidding has cost lately; absent where nobody spends, as in explaining. */
  readonly budget?: Budget | undefined;
  readonly chain: ChainFacts;
  /** Unix milliseconds, for time windows and ages. */
  readonly nowMs: number;
  readonly exchange: ExchangeRates;
  readonly rules: BidRules;
  /** GPUs that open bids for this order's tenant hold already; 0 when left out. */
  readonly ownerPendingGpus?: bigint | undefined;
  /** The deployment's escrow account; `undefined` while it is not known, as for an SDL that nobody has deployed. */
  readonly escrow?: EscrowAccount | undefined;
  /** Names that no tenant may serve: `example.com` itself, or `.example.com` for it and every name under it. */
  readonly blockedHostnames: readonly string[];
  /** Names the deployment wants to serve, where known (an SDL being explained); an order on chain names none. */
  readonly hostnames?: readonly string[] | undefined;
  /** Who names the price; the price books by default. */
  readonly strategy?: PricingStrategy | undefined;
}

/** Where one replica goes. */
export interface PlacedReplica {
  /** `Resources.id` of the unit. */
  readonly unitId: number;
  /** From 0. */
  readonly replica: number;
  readonly node: string;
  readonly gpus: bigint;
  readonly model?: GpuModel | undefined;
  /** What the pod asks for where that is not `nvidia.com/gpu`: a MIG profile's resource. */
  readonly resource?: string | undefined;
}
export type Placement = readonly PlacedReplica[];

/** One term of the price before rounding, floors and ceilings. */
export interface PriceTerm {
  /** What is paid for, in words: `8 x vendor/nvidia/model/h100/ram/80Gi/interface/sxm`. */
  readonly item: string;
  /** In the unit of the rate: GPUs, vCPU, GiB, endpoints, addresses. */
  readonly quantity: Decimal;
  readonly usdPerHourEach: Decimal;
  readonly usdPerHour: Decimal;
  /** What made `usdPerHourEach` of the rate in the book; left out for the rate itself. */
  readonly factors?: readonly PriceFactor[] | undefined;
}

export interface BidDecision {
  readonly type: 'bid';
  readonly orderId: OrderId;
  /** Per block, for the whole group. */
  readonly price: DecCoin;
  /** The same price at the block time of the input. */
  readonly usdPerHour: Decimal;
  readonly offer: readonly ResourceOffer[];
  readonly placement: Placement;
  /** Which policy chose the placement. */
  readonly placedBy: PlacementPolicyName;
  readonly breakdown: readonly PriceTerm[];
  readonly deposit: Coin;
  /** Set exactly when the order asks for one. */
  readonly reclamationWindowSeconds?: bigint | undefined;
  /** Name of the policy that set the price. */
  readonly policy: string;
}

export interface SkipDecision {
  readonly type: 'skip';
  readonly orderId: OrderId;
  /** Every check that failed, never empty. */
  readonly reasons: readonly Reason[];
}

export type Decision = BidDecision | SkipDecision;
