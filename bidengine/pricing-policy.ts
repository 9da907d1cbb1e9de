/** A price book as plain data: USD per hour, exact. The operator feeds it from the PricingPolicy objects. */
import type { Attribute } from '../market/attributes.js';
import type { Decimal } from '../market/money.js';
import type { PriceExpression } from './price-expression.js';

/** A kind of GPU; a part left out holds for any. */
export interface GpuKind {
  /** Lower case, or `*`. */
  readonly vendor: string;
  /** Akash slug such as `h100`, or `*`. */
  readonly model: string;
  /** Akash notation such as `80Gi`. */
  readonly ram?: string | undefined;
  /** `pcie` or `sxm`. */
  readonly interface?: string | undefined;
}

/** The rate of one kind of GPU. */
export interface GpuRate extends GpuKind {
  /** For one whole GPU. */
  readonly usdPerHour: Decimal;
}

/** What each resource costs for one hour, in USD. */
export interface Rates {
  readonly cpuUsdPerHour: Decimal;
  readonly memoryGibUsdPerHour: Decimal;
  /** By storage class; `ephemeral` for the node's own disk, `*` for any class that is not named. */
  readonly storageGibUsdPerHour: Readonly<Record<string, Decimal>>;
  readonly endpointUsdPerHour: Decimal;
  readonly leasedIpUsdPerHour: Decimal;
  readonly gpus: readonly GpuRate[];
}

/** Whose orders are taken, and who pays less. A tenant on both lists is denied. */
export interface TenantRules {
  /** Empty: everyone who is not denied. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Per cent off, 0 to 100, by tenant; no floor is broken by it. */
  readonly discounts?: ReadonlyMap<string, Decimal> | undefined;
}

/** Which orders a book may price; every part that is there has to hold. */
export interface PolicySelector {
  /** Any GPU that the order got is of one of these kinds. */
  readonly gpus?: readonly GpuKind[] | undefined;
  /** The tenant is one of these. */
  readonly tenants?: readonly string[] | undefined;
  /** The order requires all of these of its provider. */
  readonly attributes?: readonly Attribute[] | undefined;
}

/** A point of a curve, by rising `percent`; multipliers never fall, so that more capacity never makes anything dearer. */
export interface CurvePoint {
  /** Of the resource in use, 0 to 100. */
  readonly percent: Decimal;
  readonly multiplier: Decimal;
}

/** What a curve can follow. */
export const CURVES = ['gpuModel', 'gpu', 'cpu', 'memory'] as const;
export type Curve = (typeof CURVES)[number];

/** Multiplies every price while it holds. */
export interface TimeWindow {
  readonly name: string;
  /** IANA name such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** 0 is Sunday; the day on which the window begins. */
  readonly days: readonly number[];
  /** Minutes after midnight, inclusive. */
  readonly from: number;
  /** Minutes after midnight, exclusive; at or before `from` it is on the next day. */
  readonly to: number;
  readonly multiplier: Decimal;
}

/** What it costs an order for less than a node to break one of the last whole ones. */
export interface Scarcity {
  /** Nodes of at least so many GPUs are kept whole. */
  readonly nodeGpus: number;
  /** By rising `wholeNodesLeft`, with multipliers of at least 1 that never rise. */
  readonly steps: readonly {
    /** Holds while at most so many wholly free nodes of the model are left. */
    readonly wholeNodesLeft: number;
    readonly multiplier: Decimal;
  }[];
}

/** What a GPU costs its owner while it runs, whoever pays. */
export interface GpuCost extends GpuKind {
  /** Drawn under load with its share of the node. */
  readonly watts: Decimal;
  /** Bought for, with its share of the node; 0 when it is paid off. */
  readonly capexUsd: Decimal;
  /** Over which it is written off. */
  readonly lifeMonths: Decimal;
}

export interface Costs {
  readonly usdPerKwh: Decimal;
  /** Power of the site over power of the machines (PUE), at least 1. */
  readonly siteOverhead: Decimal;
  readonly gpus: readonly GpuCost[];
}

export interface PricingPolicy {
  readonly name: string;
  /** The highest that applies prices an order; of equals the first by name. 0 when left out. */
  readonly priority?: number | undefined;
  /** Left out: every order. */
  readonly appliesTo?: PolicySelector | undefined;
  readonly rates: Rates;
  /** Milliseconds per block in conversions; left out: as measured. */
  readonly blockTimeMs?: number | undefined;
  /** Endpoints and addresses count once per lease, or (as price scripts do) once per replica. Left out: `lease`. */
  readonly countEndpoints?: 'lease' | 'replica' | undefined;
  readonly utilisation?: Readonly<Partial<Record<Curve, readonly CurvePoint[]>>> | undefined;
  /** The first that holds counts. */
  readonly timeWindows?: readonly TimeWindow[] | undefined;
  readonly scarcity?: Scarcity | undefined;
  /** No GPU is priced under its cost. */
  readonly costs?: Costs | undefined;
  /** Has the last word on the price, floors and ceiling aside. */
  readonly expression?: PriceExpression | undefined;
  /** No bid asks for less. */
  readonly floorUsdPerHour?: Decimal | undefined;
  /** No bid asks for more: an order that would cost more is skipped, never sold cheaper. */
  readonly ceilingUsdPerHour?: Decimal | undefined;
  /** No bid asks for less, in the chain's own unit. */
  readonly minimumUactPerBlock?: Decimal | undefined;
  /** Decimal places of a price per block, 0 to 18. Left out: 6. */
  readonly places?: number | undefined;
  /** `up` never takes a price below its floor; `nearest` is what price scripts do. Left out: `up`. */
  readonly rounding?: 'up' | 'nearest' | undefined;
  readonly tenants: TenantRules;
}

/**
 * Places of a bid's price per block: those which the Akash provider gives its price scripts. One unit of the last place is
 * 10^-12 USD per block in uact, under a thousandth of a cent per year: finer prices would only be longer.
 */
export const PRICE_PLACES = 6;
