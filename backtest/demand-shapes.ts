/**
 * Shapes of demand that the synthetic model draws from. Durations and the first mix are counted from the 3,986 tasks of
 * Alibaba's public trace cluster-trace-gpu-v2023 ("openb", default list) that ask for whole GPUs; tasks that share a GPU are
 * left out. It is a company's cluster, not a market: it stands in for a market's shape until there is a recording.
 */

/** Seconds from scheduling to the end, every 5 % from the shortest to the 99th percentile; longer ones are cut there. */
export const OPENB_DURATIONS_SECONDS: readonly number[] = [
  5, 54, 79, 130, 173, 207, 250, 321, 452, 571, 746, 939, 1201, 1483, 1941, 2437, 3463, 4124, 5894,
  12851, 93426,
];

/** How many GPUs an order asks for, and how often. */
export interface SizeMix {
  readonly name: string;
  readonly gpus: readonly number[];
  readonly weights: readonly number[];
}

/** As counted: nearly everything asks for one. */
export const OPENB_SIZES: SizeMix = {
  name: 'openb',
  gpus: [1, 2, 4, 8],
  weights: [3911, 16, 15, 44],
};

/** Assumed: a market where whole machines matter. */
export const MIXED_SIZES: SizeMix = {
  name: 'mixed',
  gpus: [1, 2, 4, 8],
  weights: [50, 15, 15, 20],
};

/** Of one GPU, for the CPU and memory beside it: the median of the same tasks. */
export const OPENB_MILLI_CPU_PER_GPU = 11_300;
export const OPENB_MEMORY_MIB_PER_GPU = 48_128;

/**
 * What a GPU costs elsewhere, millionths of a US dollar per hour: the reference that synthetic rivals and tenants think in.
 * Akash's published "starting at" prices, third-party transcriptions of 2026-09-20.
 */
export const REFERENCE_MICRO_USD: Readonly<Record<string, number>> = {
  b200: 5_000_000,
  h200: 4_450_000,
  h100: 2_710_000,
  a100: 1_710_000,
  rtx4090: 390_000,
  v100: 170_000,
  rtx3090: 160_000,
};
