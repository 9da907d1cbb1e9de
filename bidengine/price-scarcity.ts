/**
 * Keeps the last whole nodes dear: an order for less than a node that leaves no choice but to break one of them pays for
 * it, up to the price of the whole node. What counts is whether the order could be served elsewhere, not where it was put,
 * so the price is known before placement and another node can only lower it.
 */
import { Big } from 'big.js';
import { gpuSatisfiesAny } from '../market/gpu.js';
import { Decimal } from '../market/money.js';
import type { UnitDemand } from './demand.js';
import { fitsOnce, mountsAll, replicasThatFit } from './fit.js';
import type { IndexedNode, ModelNodes } from './node-index.js';
import type { Scarcity } from './pricing-policy.js';
import type { Vector } from './scorer.js';

const ONE = new Decimal('1');

/** Wholly free and large enough to be kept whole. */
const isWhole = (node: IndexedNode, nodeGpus: number): boolean =>
  node.gpusTotal >= nodeGpus && node.free.gpus === node.gpusTotal;

/** How many such nodes of a model there are. */
export const wholeNodes = (nodes: readonly IndexedNode[], nodeGpus: number): number =>
  nodes.reduce((count, node) => count + (isWhole(node, nodeGpus) ? 1 : 0), 0);

const largest = (a: Vector, b: Vector): Vector => ({
  gpus: Math.max(a.gpus, b.gpus),
  milliCpu: Math.max(a.milliCpu, b.milliCpu),
  memoryBytes: Math.max(a.memoryBytes, b.memoryBytes),
  ephemeralBytes: Math.max(a.ephemeralBytes, b.ephemeralBytes),
  pods: Math.max(a.pods, b.pods),
});

/** Whether every replica of `units` finds room beside the whole nodes, each counted as large as the largest of them. */
const fitElsewhere = (
  units: readonly UnitDemand[],
  nodes: readonly IndexedNode[],
  nodeGpus: number,
): boolean => {
  const [first, ...rest] = units;
  if (first === undefined) return true;
  const each = rest.reduce((most, u) => largest(most, u.each), first.each);
  let left = units.reduce((sum, u) => sum + u.count, 0);
  for (const node of nodes) {
    if (isWhole(node, nodeGpus) || !fitsOnce(node.free, each)) continue;
    if (!units.every((u) => mountsAll(node, u))) continue;
    left -= replicasThatFit(node.free, each);
    if (left <= 0) return true;
  }
  return false;
};

/** The step that holds for an order on GPUs of one model; `undefined` when it need not break one of the last whole nodes. */
export const scarcityStep = (
  { nodeGpus, steps }: Scarcity,
  { model, nodes }: ModelNodes,
  units: readonly UnitDemand[],
): Scarcity['steps'][number] | undefined => {
  const whole = wholeNodes(nodes, nodeGpus);
  const step = steps.find((s) => whole <= s.wholeNodesLeft);
  if (step === undefined || whole === 0) return undefined;
  const small = units.filter(
    (u) => u.gpus.length > 0 && u.each.gpus < nodeGpus && gpuSatisfiesAny(model, u.gpus),
  );
  return fitElsewhere(small, nodes, nodeGpus) ? undefined : step;
};

/** By how much each GPU of a replica of `gpus` is multiplied: all of them together never cost more than a whole node. */
export const scarcityFactor = (
  { nodeGpus }: Scarcity,
  step: Scarcity['steps'][number] | undefined,
  gpus: number,
): Decimal => {
  if (step === undefined || gpus >= nodeGpus) return ONE;
  const wholeNode = new Decimal(String(nodeGpus))
    .div(new Decimal(String(gpus)))
    .round(12, Big.roundDown);
  return step.multiplier.lt(wholeNode) ? step.multiplier : wholeNode;
};
