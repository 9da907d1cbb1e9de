/** Random small scenarios for property tests: few GPUs, many orders that want them at once. */
import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { PricingStrategy } from '../../bidengine/strategy.js';
import { aNode, A100, aSnapshot, H100, RTX4090 } from '../../bidengine/testing/node-builder.js';
import { anOrder, aUnit } from '../../bidengine/testing/order-builder.js';
import { gpuCapabilities } from '../../bidengine/gpu-capabilities.js';
import { Decimal } from '../../market/money.js';
import type { DescribedCluster } from '../cluster.js';
import type { Demand, Scenario } from '../scenario.js';

export const uact = (amount: string): Decimal => new Decimal(amount);

/** A cluster of these nodes with nothing in it. */
export const aClusterOf = (snapshot: DescribedCluster['snapshot']): DescribedCluster => ({
  snapshot,
  attributes: gpuCapabilities(snapshot),
});

export const clusters: Arbitrary<DescribedCluster> = fc
  .array(
    fc.record({
      model: fc.constantFrom(H100, A100, RTX4090, undefined),
      gpus: fc.integer({ min: 1, max: 4 }),
      cpu: fc.integer({ min: 1, max: 6 }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((nodes) =>
    aClusterOf(
      aSnapshot(
        nodes.map(({ model, gpus, cpu }, i) => {
          const node = aNode(`n${i}`).having({ milliCpu: BigInt(cpu) * 1000n });
          return (model === undefined ? node : node.withGpus(model, gpus)).obj();
        }),
      ),
    ),
  );

/** One order; prices are per block. */
export interface DemandSpec {
  readonly gpus: number;
  readonly models: readonly string[];
  readonly replicas?: number;
  readonly maximum: number;
  readonly openedAt: number;
  readonly settlesAfter: number;
  readonly blocks: number;
  readonly limit?: number | undefined;
  readonly inclusive?: boolean;
}

export const aDemand = (dseq: number, spec: DemandSpec): Demand => {
  const unit = aUnit(1)
    .withCpu(500)
    .withCount(spec.replicas ?? 1)
    .withPrice(String(spec.maximum));
  const keys = spec.models.map((m) => `vendor/nvidia/model/${m}`);
  const order = anOrder(BigInt(dseq))
    .withUnits((spec.gpus > 0 ? unit.withGpuKeys(spec.gpus, ...keys) : unit).obj())
    .obj();
  const { limit, inclusive = false } = spec;
  return {
    order,
    openedAt: BigInt(spec.openedAt),
    settledAt: BigInt(spec.openedAt + spec.settlesAfter),
    limit: limit === undefined ? undefined : { amount: uact(String(limit)), inclusive },
    winningPrice: limit === undefined ? undefined : { denom: 'uact', amount: uact(String(limit)) },
    leaseBlocks: BigInt(spec.blocks),
  };
};

export const aScenario = (demands: readonly Demand[], through = 100n): Scenario => ({
  origin: 'synthetic',
  title: 'test',
  from: 0n,
  through,
  startMs: 0,
  blockTimeMs: 6_000,
  demands: [...demands].sort((a, b) => Number(a.openedAt - b.openedAt)),
  leftOut: {},
});

const demandSpecs: Arbitrary<DemandSpec> = fc.record({
  gpus: fc.constantFrom(0, 1, 1, 2, 3),
  models: fc.constantFrom(['h100'], ['a100'], ['rtx4090'], ['h100', 'a100'], ['*']),
  replicas: fc.constantFrom(1, 1, 2),
  maximum: fc.integer({ min: 1, max: 40 }),
  openedAt: fc.integer({ min: 0, max: 60 }),
  settlesAfter: fc.integer({ min: 1, max: 6 }),
  blocks: fc.integer({ min: 0, max: 30 }),
  limit: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
  inclusive: fc.boolean(),
});

export const scenarios: Arbitrary<Scenario> = fc
  .array(demandSpecs, { minLength: 1, maxLength: 14 })
  .map((specs) => aScenario(specs.map((spec, i) => aDemand(i + 1, spec))));

/** Orders that all want the same few GPUs at the same time, and that all can be won. */
export const crowds: Arbitrary<Scenario> = fc
  .array(
    fc.record({
      gpus: fc.integer({ min: 1, max: 3 }),
      limit: fc.integer({ min: 1, max: 60 }),
      openedAt: fc.integer({ min: 0, max: 3 }),
      blocks: fc.integer({ min: 10, max: 30 }),
    }),
    { minLength: 3, maxLength: 6 },
  )
  .map((specs) =>
    aScenario(
      specs.map((spec, i) =>
        aDemand(i + 1, {
          ...{ ...spec, models: ['h100'], maximum: 60, settlesAfter: 4, inclusive: true },
        }),
      ),
    ),
  );

/** Asks what a table says, order by order; 0 or less declines. Its prices are as unruly as a learner's. */
export const tableStrategy = (prices: readonly (number | string)[]): PricingStrategy => ({
  name: 'table',
  pricesVaryByModel: false,
  worth: () => uact('1'),
  price: ({ order }) => {
    const asked = prices[(Number(order.id.dseq) - 1) % prices.length] ?? 1;
    const amount = uact(String(asked));
    return {
      ok: true,
      quote: {
        ...{ price: { denom: 'uact', amount }, exact: amount, usdPerHour: amount },
        ...{ breakdown: [], policy: 'table' },
        objections: amount.gt('0') ? [] : [{ code: 'PriceZero', message: 'the table says no' }],
      },
    };
  },
});
