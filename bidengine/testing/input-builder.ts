/** A whole input that ends in a bid, to be changed in the one respect a test is about. */
import { Decimal } from '../../market/money.js';
import type { ExchangeRates } from '../exchange.js';
import type { DecideInput } from '../input.js';
import type { PricingPolicy, Rates } from '../pricing-policy.js';
import { aNode, aSnapshot, H100 } from './node-builder.js';
import { anOrder, attributes } from './order-builder.js';

export const PROVIDER = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';

/** Decimal from text. */
export const dec = (text: string): Decimal => new Decimal(text);

/** AKT at 0.50 USD, USDC at 1. */
export const EXCHANGE: ExchangeRates = {
  akt: { status: 'fresh', usd: dec('0.5'), ageMs: 0, sources: ['chain'] },
  usdc: { status: 'fresh', usd: dec('1'), ageMs: 0, sources: ['test'] },
};

export const aPolicy = (
  rates: Partial<Rates> = {},
  extra: Partial<Omit<PricingPolicy, 'rates'>> = {},
): PricingPolicy => ({
  name: 'standard',
  rates: {
    cpuUsdPerHour: dec('0.01'),
    memoryGibUsdPerHour: dec('0.002'),
    storageGibUsdPerHour: { ephemeral: dec('0.0001'), beta3: dec('0.0003') },
    endpointUsdPerHour: dec('0.001'),
    leasedIpUsdPerHour: dec('0.01'),
    gpus: [
      { vendor: 'nvidia', model: 'h100', usdPerHour: dec('2.5') },
      { vendor: 'nvidia', model: 'a100', usdPerHour: dec('1.5') },
      { vendor: 'nvidia', model: 'rtx4090', usdPerHour: dec('0.4') },
    ],
    ...rates,
  },
  tenants: { allow: [], deny: [] },
  ...extra,
});

/** One node with 8 H100, a plain order for one vCPU, one policy, a full wallet, 6 s blocks. */
export const anInput = (changes: Partial<DecideInput> = {}): DecideInput => ({
  order: anOrder().obj(),
  snapshot: aSnapshot([aNode().withGpus(H100, 8).obj()]),
  policies: [aPolicy()],
  provider: {
    address: PROVIDER,
    attributes: attributes({
      region: 'us-west',
      'capabilities/gpu/vendor/nvidia/model/h100': 'true',
      'capabilities/gpu/vendor/nvidia/model/a100': 'true',
      'capabilities/gpu/vendor/nvidia/model/rtx4090': 'true',
      'capabilities/storage/1/class': 'beta3',
      'capabilities/storage/1/persistent': 'true',
      'capabilities/storage/2/class': 'ram',
      'capabilities/storage/2/persistent': 'false',
    }),
    audited: [],
  },
  wallet: {
    uakt: { spendable: 10_000_000n, committed: 0n },
    uact: { spendable: 10_000_000n, committed: 0n },
  },
  chain: {
    marketParams: {
      orderMaxBids: 20,
      bidMinDeposits: [
        { denom: 'uakt', amount: 500_000n },
        { denom: 'uact', amount: 500_000n },
      ],
    },
    blockTimeMs: 6000,
    height: 1n,
  },
  nowMs: Date.UTC(2026, 0, 5, 12),
  exchange: EXCHANGE,
  rules: {
    orderAttributes: [],
    depositDenoms: ['uakt', 'uact'],
    bidFeeUakt: 5_000n,
    reserveUakt: 1_000_000n,
  },
  blockedHostnames: [],
  ...changes,
});
