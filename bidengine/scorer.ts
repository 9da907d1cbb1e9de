/** The pluggable part of placement: among the nodes that can take a replica, which one should. */
import type { GpuModel } from '../market/gpu.js';

/** Free amounts as plain numbers, exact up to 2^53 - 1 and clamped there (`demand.ts`). */
export interface Vector {
  readonly gpus: number;
  readonly milliCpu: number;
  readonly memoryBytes: number;
  readonly ephemeralBytes: number;
  readonly pods: number;
}

export interface Candidate {
  readonly node: string;
  readonly model: GpuModel | undefined;
  readonly free: Vector;
  /** GPUs of the node whether free or not; 0 for a node that sells none. */
  readonly gpusTotal: number;
}

/** Lower is better; equal scores are settled by node name. Must be deterministic and finite. */
export type Scorer = (candidate: Candidate, demand: Vector) => number;

/**
 * Keeps whole nodes whole: a replica goes where the fewest GPUs stay free, so started nodes fill up first and a
 * replica without GPUs goes to a node without free GPUs. Among those, to the node with the least memory left.
 */
export const keepWholeNodesWhole: Scorer = (candidate, demand) => {
  const gpusLeft = candidate.free.gpus - demand.gpus;
  const memoryLeft = candidate.free.memoryBytes - demand.memoryBytes;
  return gpusLeft * 2 ** 20 + memoryLeft / 2 ** 34;
};

/** First fit by name, as the Akash provider places: a baseline to compare with. */
export const firstFit: Scorer = () => 0;
