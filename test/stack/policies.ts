/** The ComputeProvider and the price book that tests and demo run with; deadlines are the caller's. */
import { API_VERSION } from '../../crds/constants.js';
import type { ComputeProvider, PricingPolicy } from '../../crds/generated/types.js';

export interface ProviderOptions {
  readonly address: string;
  readonly chainId: string;
  readonly rpcUrls: readonly string[];
  /** Whether one of them alone may prove an end; default true. */
  readonly trusted?: boolean;
  readonly maxPendingGpusPerOwner?: number;
  readonly gatewayPort: number;
  readonly bidTimeoutSeconds?: number;
  readonly manifestTimeoutSeconds?: number;
  readonly withdrawalPeriodSeconds?: number;
  readonly fundsWarningSeconds?: number;
  /** The key is only a grantee of `address`. */
  readonly grantee?: ComputeProvider['spec']['grantee'];
  readonly budgets?: Partial<ComputeProvider['spec']['budgets']>;
}

/** A storage capability as the chain matches it with an order's volumes. */
const storage = (
  n: number,
  storageClass: string,
  persistent: boolean,
): ComputeProvider['spec']['attributes'] => [
  { key: `capabilities/storage/${n}/class`, value: storageClass },
  { key: `capabilities/storage/${n}/persistent`, value: String(persistent) },
];

/** The name under which operator and gateway look for it. */
export const PROVIDER_NAME = 'provider';

export const aComputeProvider = (options: ProviderOptions): ComputeProvider => ({
  apiVersion: API_VERSION,
  kind: 'ComputeProvider',
  metadata: { name: PROVIDER_NAME },
  spec: {
    address: options.address,
    ...(options.grantee === undefined ? {} : { grantee: options.grantee }),
    chain: {
      chainId: options.chainId,
      endpoints: options.rpcUrls.map((url) => ({ url, trusted: options.trusted ?? true })),
    },
    hostUri: `https://localhost:${options.gatewayPort}`,
    domain: 'localhost',
    attributes: [
      { key: 'host', value: 'akash' },
      { key: 'region', value: 'us-west' },
      { key: 'tier', value: 'community' },
      ...storage(1, 'beta2', true),
      ...storage(2, 'beta3', true),
      ...storage(3, 'ram', false),
    ],
    info: { email: 'ops@example.com', website: 'https://example.com' },
    ingress: { className: 'nginx', domain: 'ingress.example.com', staticHosts: true },
    runtimeClassName: 'nvidia',
    bidding: {
      paused: false,
      deposit: '500000uakt',
      timeoutSeconds: options.bidTimeoutSeconds ?? 300,
      idleTimeoutSeconds: options.bidTimeoutSeconds ?? 300,
      maxPendingPercentPerOwner: 100,
      ...(options.maxPendingGpusPerOwner === undefined
        ? {}
        : { maxPendingGpusPerOwner: options.maxPendingGpusPerOwner }),
    },
    leases: {
      manifestTimeoutSeconds: options.manifestTimeoutSeconds ?? 300,
      withdrawalPeriodSeconds: options.withdrawalPeriodSeconds ?? 3600,
      minWithdrawUact: '1',
      capitalPercentPerYear: 15,
      runOutMarginBlocks: 5,
      fundsWarningSeconds: options.fundsWarningSeconds ?? 3600,
    },
    record: { mode: 'Apply', quietSeconds: 0, dropAfterSeconds: 86_400, updatesPerDay: 1_000 },
    budgets: { reserveUakt: '1000000', warnHours: 0, ...options.budgets },
  },
});

const gpu = (
  model: string,
  usdPerHour: string,
): PricingPolicy['spec']['rates']['gpus'][number] => ({
  vendor: 'nvidia',
  model,
  ram: '*',
  interface: '*',
  usdPerHour,
});

/** Rates of the order of what the market asks (limits-and-threats: H100 about 2.7, RTX 4090 about 0.4 USD an hour). */
export const aPricingPolicy = (): PricingPolicy => ({
  apiVersion: API_VERSION,
  kind: 'PricingPolicy',
  metadata: { name: 'standard' },
  spec: {
    denom: 'uact',
    rates: {
      cpuUsdPerHour: '0.004',
      memoryGibUsdPerHour: '0.001',
      storageGibUsdPerHour: { ephemeral: '0.00003', beta2: '0.00005', '*': '0.00006' },
      endpointUsdPerHour: '0',
      leasedIpUsdPerHour: '0.007',
      gpus: [gpu('h100', '2.55'), gpu('rtx4090', '0.38')],
    },
    tenants: { allow: [], deny: [] },
  },
});
