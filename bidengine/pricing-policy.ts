/** A price book as plain data: USD per hour, exact. The operator feeds it from the PricingPolicy objects. */
import type { Decimal } from '../market/money.js';

/** The rate of one kind of GPU; a part left out holds for any. */
export interface GpuRate {
  /** Lower case, or `*`. */
  readonly vendor: string;
  /** Akash slug such as `h100`, or `*`. */
  readonly model: string;
  /** Akash notation such as `80Gi`. */
  readonly ram?: string | undefined;
  /** `pcie` or `sxm`. */
  readonly interface?: string | undefined;
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

/** Whose orders are taken. A tenant on both lists is denied. */
export interface TenantRules {
  /** Empty: everyone who is not denied. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

export interface PricingPolicy {
  readonly name: string;
  readonly rates: Rates;
  /** No bid asks for less. */
  readonly floorUsdPerHour?: Decimal | undefined;
  /** No bid asks for more: an order that would cost more is skipped, never sold cheaper. */
  readonly ceilingUsdPerHour?: Decimal | undefined;
  /** No bid asks for less, in the chain's own unit. */
  readonly minimumUactPerBlock?: Decimal | undefined;
  readonly tenants: TenantRules;
}
