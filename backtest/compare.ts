/** Policies side by side on one scenario, against the bound that none of them can beat. */
import { Decimal } from '../market/money.js';
import type { DescribedCluster } from './cluster.js';
import { gpuCapacity, hindsightBound } from './hindsight.js';
import type { HindsightBound } from './hindsight.js';
import { replay } from './replay.js';
import type { AttoUact } from './money.js';
import type { ReplayOptions } from './replay.js';
import type { Scenario } from './scenario.js';
import type { ReplayResult } from './tally.js';

export interface Comparison {
  readonly scenario: Scenario;
  readonly bound: HindsightBound;
  readonly results: readonly ReplayResult[];
  /** GPUs that the cluster sells. */
  readonly gpus: number;
}

export const compare = (
  scenario: Scenario,
  cluster: DescribedCluster,
  policies: readonly ReplayOptions[],
): Comparison => ({
  scenario,
  bound: hindsightBound(scenario, cluster),
  results: policies.map((options) => replay(scenario, cluster, options)),
  gpus: gpuCapacity(cluster.snapshot).units.reduce((sum, units) => sum + units, 0),
});

/** Places of a share; shares are for reading only. */
const SHARE_PLACES = 4;

/** `part` of `whole`, 0 to 1, cut; 0 of nothing. */
export const shareOf = (part: bigint, whole: bigint): Decimal =>
  whole === 0n
    ? new Decimal('0')
    : new Decimal(part.toString()).div(new Decimal(whole.toString())).round(SHARE_PLACES, 0);

/** Earned, less fees. */
export const netOf = ({ earned, fees }: ReplayResult): AttoUact => earned - fees;

/**
 * What a policy did not earn of what could be earned: 1 less net revenue over the bound. 0 when nothing could be earned. The bound
 * knows neither fees nor failing nodes, both of which only take away, so that no policy is above it with them either.
 */
export const regretOf = (result: ReplayResult, bound: HindsightBound): Decimal =>
  bound.earned === 0n ? new Decimal('0') : shareOf(bound.earned - netOf(result), bound.earned);

/** GPU time leased over GPU time there was. */
export const utilisationOf = (result: ReplayResult, { gpus, scenario }: Comparison): Decimal =>
  shareOf(
    Object.values(result.gpuBlocks).reduce((sum, blocks) => sum + blocks, 0n),
    BigInt(gpus) * (scenario.through - scenario.from),
  );

/** Bids won of those that the tenant decided on: bids that nobody took, or that are open at the end, are not counted. */
export const winRateOf = ({ won, lost }: ReplayResult): Decimal =>
  shareOf(BigInt(won), BigInt(won + lost));
