/** Nodes that fail: drawn from a stated model, the same for every policy, so that policies differ by their prices alone. Pure. */
import { randomOf, waitingTime } from './random.js';
import type { Random } from './random.js';

/** Failures that come independently on every node. */
export interface FailureModel {
  readonly seed: number;
  /** Mean blocks from a repair to the next failure of one node. */
  readonly meanBlocksBetween: number;
  /** Blocks that a repair takes. */
  readonly repairBlocks: number;
}

/** One node out of service. */
export interface Outage {
  readonly node: string;
  readonly from: bigint;
  /** First height at which it serves again. */
  readonly until: bigint;
}

const ofNode = (
  node: string,
  random: Random,
  { meanBlocksBetween, repairBlocks }: FailureModel,
  from: bigint,
  through: bigint,
): readonly Outage[] => {
  const outages: Outage[] = [];
  let at = from;
  for (;;) {
    at += BigInt(Math.max(1, Math.round(waitingTime(random) * meanBlocksBetween)));
    if (at > through) return outages;
    const until = at + BigInt(Math.max(1, Math.round(repairBlocks)));
    outages.push({ node, from: at, until });
    at = until;
  }
};

/** Every outage within the heights, by node. */
export const outagesOf = (
  nodes: readonly string[],
  model: FailureModel,
  { from, through }: { readonly from: bigint; readonly through: bigint },
): readonly Outage[] => {
  const random = randomOf(model.seed);
  return nodes.flatMap((node) => ofNode(node, random, model, from, through));
};
