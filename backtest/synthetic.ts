/**
 * A stated demand and rival model, for where no recording is at hand. Everything it says is made up from the parameters
 * below: it can show how policies differ under assumptions, and nothing about what a market would pay.
 *
 * Orders come independently at a steady rate. Each asks for GPUs of one model, as likely as the cluster has them, of a size
 * from the mix; it lives for a time drawn from the trace's quantiles, stretched; its tenant pays at most 1.2 to 2.5 times the
 * reference price and chooses, after 5 to 20 blocks, the cheapest bid. Rivals are independent: their number is Poisson, each
 * asks the reference price times the level, spread around it, and does not bid above the tenant's maximum.
 */
import { formatGpu } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import { Decimal, usdPerHourToUactPerBlock } from '../market/money.js';
import type { Order } from '../market/records.js';
import type { DescribedCluster } from './cluster.js';
import {
  MIXED_SIZES,
  OPENB_DURATIONS_SECONDS,
  OPENB_MEMORY_MIB_PER_GPU,
  OPENB_MILLI_CPU_PER_GPU,
  REFERENCE_MICRO_USD,
} from './demand-shapes.js';
import type { SizeMix } from './demand-shapes.js';
import { gpuCapacity } from './hindsight.js';
import { bump, count, fromQuantiles, pick, randomOf, waitingTime } from './random.js';
import type { Random } from './random.js';
import type { Demand, Scenario } from './scenario.js';

export interface SyntheticModel {
  readonly seed: number;
  readonly days: number;
  /** GPU-hours asked for, in percent of what the cluster has. */
  readonly loadPercent: number;
  readonly sizes: SizeMix;
  /** The trace's durations times this. */
  readonly stretch: number;
  /** Mean number of rivals that bid on an order. */
  readonly rivals: number;
  /** What rivals ask on the mean, in percent of the reference price, and how far apart they are (percent, one standard deviation). */
  readonly rivalLevelPercent: number;
  readonly rivalSpreadPercent: number;
}

export const DEFAULT_MODEL: SyntheticModel = {
  seed: 1,
  days: 14,
  loadPercent: 120,
  sizes: MIXED_SIZES,
  stretch: 4,
  rivals: 2,
  rivalLevelPercent: 100,
  rivalSpreadPercent: 15,
};

const BLOCK_MS = 6_000;
const START_MS = Date.UTC(2026, 0, 5);
const MIB = 2n ** 20n;
const TENANT = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';

/** The cluster has no GPU whose reference price is known. */
export class NoReferenceError extends Error {
  constructor(models: readonly GpuModel[]) {
    super(
      `the synthetic model knows no reference price of ${models.map(formatGpu).join(', ') || 'any GPU: the cluster has none'}`,
    );
    this.name = 'NoReferenceError';
  }
}

export const isNoReference = (error: unknown): error is NoReferenceError =>
  error instanceof NoReferenceError;

/** Whole millionths of US dollars per hour as uact per block. */
const uactPerBlock = (microUsdPerHour: number): Decimal =>
  usdPerHourToUactPerBlock(
    new Decimal(String(Math.max(1, Math.round(microUsdPerHour)))).times('0.000001'),
    BLOCK_MS,
  );

const meanOf = (values: readonly number[]): number =>
  values.slice(1).reduce((sum, v, i) => sum + (v + (values[i] ?? v)) / 2, 0) / (values.length - 1);

const meanGpus = ({ gpus, weights }: SizeMix): number =>
  gpus.reduce((sum, g, i) => sum + g * (weights[i] ?? 0), 0) / weights.reduce((a, b) => a + b, 0);

interface Ask {
  readonly model: GpuModel;
  readonly gpus: number;
  readonly maximum: Decimal;
}

const orderOf = (dseq: bigint, openedAt: bigint, { model, gpus, maximum }: Ask): Order => ({
  id: { owner: TENANT, dseq, gseq: 1, oseq: 1 },
  state: 'open',
  createdAt: openedAt,
  spec: {
    name: 'synthetic',
    requirements: { signedBy: { allOf: [], anyOf: [] }, attributes: [] },
    units: [
      {
        count: 1,
        price: { denom: 'uact', amount: maximum },
        resources: {
          id: 1,
          cpu: { milliCpu: BigInt(OPENB_MILLI_CPU_PER_GPU * gpus), attributes: [] },
          memory: {
            quantityBytes: BigInt(OPENB_MEMORY_MIB_PER_GPU * gpus) * MIB,
            attributes: [],
          },
          storage: [{ name: 'default', quantityBytes: 10n * 1024n * MIB, attributes: [] }],
          gpu: { units: BigInt(gpus), attributes: [{ key: formatGpu(model), value: 'true' }] },
          endpoints: [{ kind: 'SHARED_HTTP', sequenceNumber: 0 }],
        },
      },
    ],
  },
});

const demandOf = (
  random: Random,
  model: SyntheticModel,
  openedAt: bigint,
  through: bigint,
  kind: { readonly gpu: GpuModel; readonly microUsd: number; readonly dseq: bigint },
): Demand => {
  const gpus = model.sizes.gpus[pick(random, model.sizes.weights)] ?? 1;
  const reference = kind.microUsd * gpus;
  const most = reference * (1.2 + 1.3 * random());
  const asked = Array.from(
    { length: count(random, model.rivals) },
    () =>
      reference *
      Math.max(0.05, (model.rivalLevelPercent + model.rivalSpreadPercent * bump(random)) / 100),
  ).filter((ask) => ask <= most);
  const cheapest = asked.length === 0 ? undefined : uactPerBlock(Math.min(...asked));
  const settledAt = openedAt + 5n + BigInt(Math.floor(random() * 16));
  const seconds = fromQuantiles(random, OPENB_DURATIONS_SECONDS) * model.stretch;
  const wanted = BigInt(Math.max(1, Math.round((seconds * 1000) / BLOCK_MS)));
  const left = through - settledAt;
  const maximum = uactPerBlock(most);
  return {
    order: orderOf(kind.dseq, openedAt, { model: kind.gpu, gpus, maximum }),
    openedAt,
    settledAt,
    limit:
      cheapest === undefined
        ? { amount: maximum, inclusive: true }
        : { amount: cheapest, inclusive: false },
    winningPrice: cheapest === undefined ? undefined : { denom: 'uact', amount: cheapest },
    leaseBlocks: left <= 0n ? 0n : wanted < left ? wanted : left,
  };
};

/** Whole sentences that a reader of the result needs. */
export const describeModel = (m: SyntheticModel): string =>
  `SYNTHETIC demand (seed ${m.seed}): ${m.days} days, ${m.loadPercent} % of the cluster's GPU-hours asked for, sizes "${m.sizes.name}", ` +
  `openb durations x ${m.stretch}, ${m.rivals} rivals on the mean at ${m.rivalLevelPercent} % of the reference price, spread ${m.rivalSpreadPercent} %`;

/** The scenario of a model on a cluster. @throws NoReferenceError when no GPU of the cluster has a reference price */
export const syntheticScenario = (model: SyntheticModel, cluster: DescribedCluster): Scenario => {
  const { models, units } = gpuCapacity(cluster.snapshot);
  const kinds = models.flatMap((gpu, i) => {
    const microUsd = REFERENCE_MICRO_USD[gpu.model];
    return microUsd === undefined ? [] : [{ gpu, microUsd, units: units[i] ?? 0 }];
  });
  if (kinds.length === 0) throw new NoReferenceError(models);
  const random = randomOf(model.seed);
  const blocks = Math.round((model.days * 86_400_000) / BLOCK_MS);
  const through = BigInt(blocks);
  const gpus = kinds.reduce((sum, k) => sum + k.units, 0);
  const meanBlocks = (meanOf(OPENB_DURATIONS_SECONDS) * model.stretch * 1000) / BLOCK_MS;
  const perBlock = (gpus * model.loadPercent) / 100 / (meanGpus(model.sizes) * meanBlocks);
  const demands: Demand[] = [];
  for (let at = waitingTime(random) / perBlock; at < blocks; at += waitingTime(random) / perBlock) {
    const openedAt = BigInt(Math.floor(at) + 1);
    const kind =
      kinds[
        pick(
          random,
          kinds.map((k) => k.units),
        )
      ];
    if (kind === undefined) continue;
    const dseq = BigInt(demands.length + 1);
    demands.push(demandOf(random, model, openedAt, through, { ...kind, dseq }));
  }
  return {
    origin: 'synthetic',
    title: describeModel(model),
    from: 0n,
    through,
    startMs: START_MS,
    blockTimeMs: BLOCK_MS,
    demands,
    leftOut: {},
  };
};
