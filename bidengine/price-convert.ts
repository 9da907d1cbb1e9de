/** Turns `PRICE_TARGET_*` settings into the spec of a PricingPolicy, and compares the two on orders. */
import type { GpuModel } from '../market/gpu.js';
import { Decimal } from '../market/money.js';
import type { Order } from '../market/records.js';
import { parsePricingPolicy } from './parse-pricing-policy.js';
import { objectionsTo } from './price-maximum.js';
import {
  CLASS_TARGETS,
  fallbackGpu,
  gpuMappings,
  PriceTargetError,
  SCRIPT_BLOCK_TIME_MS,
  SCRIPT_HOURS_PER_MONTH,
  scriptPrice,
  target,
} from './price-targets.js';
import type { PriceTargets } from './price-targets.js';
import { quote } from './pricing.js';
import type { ExchangeRates } from './exchange.js';

export interface Converted {
  /** As a PricingPolicy object's `spec`. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** What the script does that the price book does not, one sentence each. */
  readonly notes: readonly string[];
}

const gpuOf = (key: string, usd: Decimal): Readonly<Record<string, string>> => {
  const [model = '', ram, iface] = key.toLowerCase().split('.');
  if (ram !== undefined && !/^[1-9]\d*gi$/.test(ram)) {
    throw new PriceTargetError('PRICE_TARGET_GPU_MAPPINGS', `${key}: memory must read like 80Gi`);
  }
  if (iface !== undefined && iface !== 'pcie' && iface !== 'sxm') {
    throw new PriceTargetError(
      'PRICE_TARGET_GPU_MAPPINGS',
      `${key}: the interface must be pcie or sxm`,
    );
  }
  return {
    vendor: '*',
    model,
    ram: ram === undefined ? '*' : ram.replace('gi', 'Gi'),
    interface: iface ?? '*',
    usdPerMonth: usd.toFixed(),
  };
};

/** @throws PriceTargetError for settings that the script would trip over too */
export const convertTargets = (targets: PriceTargets): Converted => {
  const mappings = gpuMappings(targets);
  const usd = (name: Parameters<typeof target>[1]): string => target(targets, name).toFixed();
  const spec = {
    denom: 'uact',
    rates: { gpus: [] },
    monthlyRates: {
      cpuUsdPerMonth: usd('PRICE_TARGET_CPU'),
      memoryGibUsdPerMonth: usd('PRICE_TARGET_MEMORY'),
      storageGibUsdPerMonth: {
        ...Object.fromEntries(Object.entries(CLASS_TARGETS).map(([name, t]) => [name, usd(t)])),
        default: '0',
      },
      endpointUsdPerMonth: usd('PRICE_TARGET_ENDPOINT'),
      leasedIpUsdPerMonth: usd('PRICE_TARGET_IP'),
      gpus: [
        ...[...mappings].map(([key, price]) => gpuOf(key, price)),
        gpuOf('*', fallbackGpu(mappings)),
      ],
    },
    hoursPerMonth: SCRIPT_HOURS_PER_MONTH,
    blockTimeMs: SCRIPT_BLOCK_TIME_MS,
    countEndpoints: 'replica',
    rounding: 'nearest',
    tenants: { allow: [], deny: [] },
  };
  const notes = [
    'Storage of a class other than ephemeral, beta1, beta2, beta3, ram and default costs nothing in the script; this book gives it no bid.',
    'The price stays at 6,117 ms per block, as in the script; remove blockTimeMs to follow the chain.',
    ...(targets['WHITELIST_URL'] === undefined
      ? []
      : ['WHITELIST_URL is not carried over: list the tenants under tenants.allow.']),
  ];
  return { spec, notes };
};

/** One order as both price it, in uact per block; `undefined` where there is no bid. */
export interface Compared {
  readonly order: Order;
  readonly script: Decimal | undefined;
  readonly policy: Decimal | undefined;
}

/** Prices `orders`, each with the GPUs it gets, both ways. @throws PriceTargetError, PricingPolicyError */
export const compareWithScript = (
  orders: readonly { readonly order: Order; readonly models: ReadonlyMap<number, GpuModel> }[],
  targets: PriceTargets,
): readonly Compared[] => {
  const policy = parsePricingPolicy('converted', convertTargets(targets).spec);
  const unknown = {
    status: 'stale',
    why: 'not needed for uact',
    conservativeUsd: new Decimal('1'),
  } as const;
  const exchange: ExchangeRates = { akt: unknown, usdc: unknown };
  const snapshot = { nodes: [], storage: [], leasedIpsAvailable: 0, takenAtMs: 0, anomalies: [] };
  return orders.map(({ order, models }) => {
    const market = { order, snapshot, nowMs: 0, blockTimeMs: SCRIPT_BLOCK_TIME_MS, exchange };
    const outcome = quote({ ...market, models, placement: [] }, policy);
    const bids = outcome.ok && objectionsTo(outcome.quote, order.spec).length === 0;
    return {
      order,
      script: scriptPrice(order.spec, models, targets),
      policy: bids ? outcome.quote.price.amount : undefined,
    };
  });
};
