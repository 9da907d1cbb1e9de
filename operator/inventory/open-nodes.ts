/**
 * Pods of a lease may only use the nodes that were reserved for it (`manifests/affinity.ts`). When one of those is lost, or
 * somebody else sits on it, another node with room is opened for the lease by a label; what runs is not touched. The label is
 * the whole memory of it, and goes with the lease.
 */
import type { PodFacts } from '../../bidengine/cluster-facts.js';
import { indexOf } from '../../bidengine/node-index.js';
import { tryEffectiveRequest } from '../../bidengine/pod-request.js';
import { add, exceeding } from '../../bidengine/quantities.js';
import type { Quantities } from '../../bidengine/quantities.js';
import { keepWholeNodesWhole } from '../../bidengine/scorer.js';
import type { InventorySnapshot, NodeSnapshot } from '../../bidengine/snapshot.js';
import { LEASE_NODE_PREFIX } from '../../manifests/labels.js';
import type { Labels } from './node-labels.js';

export interface OpenNodesInput {
  /** Reservations included. */
  readonly snapshot: InventorySnapshot;
  /** Labels of each node as they are now. */
  readonly labelsOf: (node: string) => Labels;
  /** Namespaces of leases that exist. */
  readonly leases: ReadonlySet<string>;
  /** Every pod. */
  readonly pods: readonly PodFacts[];
  readonly nowMs: number;
  /** How long the scheduler must have found no node for a pod. */
  readonly graceMs: number;
}

const leasesOpenedOn = (labels: Labels): readonly string[] =>
  Object.keys(labels)
    .filter((key) => key.startsWith(LEASE_NODE_PREFIX))
    .map((key) => key.slice(LEASE_NODE_PREFIX.length));

const meets = (labels: Labels, pod: PodFacts): boolean =>
  (pod.waiting?.needs ?? []).every(({ key, operator, values }) => {
    const value = labels[key];
    if (operator === 'Gt') return value !== undefined && Number(value) > Number(values?.[0]);
    return value !== undefined && (values ?? []).includes(value);
  });

/** Pods that the scheduler has found no node for, for long enough. */
const stranded = ({ pods, leases, nowMs, graceMs }: OpenNodesInput): readonly PodFacts[] =>
  pods.filter(
    ({ namespace, waiting }) =>
      leases.has(namespace) && waiting !== undefined && nowMs - waiting.sinceMs >= graceMs,
  );

const hasRoom = (node: NodeSnapshot, taken: Quantities): boolean =>
  exceeding(add(node.allocated, taken), node.allocatable).length === 0;

/** The tightest node for sale that holds the pod and is not open to its lease yet. */
const nodeFor = (
  pod: PodFacts,
  request: Quantities,
  { snapshot, labelsOf }: OpenNodesInput,
  taken: ReadonlyMap<string, Quantities>,
): string | undefined => {
  const nodes = new Map(snapshot.nodes.map((n) => [n.name, n]));
  const each = {
    ...{ gpus: Number(request.gpus), milliCpu: Number(request.milliCpu) },
    ...{ memoryBytes: Number(request.memoryBytes), ephemeralBytes: Number(request.ephemeralBytes) },
    pods: 1,
  };
  const withGpus = request.gpus > 0n || request.slices !== undefined;
  const able = indexOf(snapshot).nodes.filter((candidate) => {
    const node = nodes.get(candidate.node);
    const labels = labelsOf(candidate.node);
    if (node === undefined || (candidate.gpuPodsOnly && !withGpus)) return false;
    if (`${LEASE_NODE_PREFIX}${pod.namespace}` in labels || !meets(labels, pod)) return false;
    const before = taken.get(candidate.node);
    return hasRoom(node, before === undefined ? request : add(before, request));
  });
  const ranked = able.sort(
    (a, b) =>
      keepWholeNodesWhole(a, each) - keepWholeNodesWhole(b, each) || (a.node < b.node ? -1 : 1),
  );
  return ranked[0]?.node;
};

/** By node, the namespaces of the leases whose pods may come although the node was not reserved for them. */
export const openNodes = (input: OpenNodesInput): ReadonlyMap<string, ReadonlySet<string>> => {
  const open = new Map<string, Set<string>>();
  for (const { name } of input.snapshot.nodes) {
    const kept = leasesOpenedOn(input.labelsOf(name)).filter((l) => input.leases.has(l));
    if (kept.length > 0) open.set(name, new Set(kept));
  }
  const taken = new Map<string, Quantities>();
  for (const pod of stranded(input)) {
    const request = tryEffectiveRequest(pod);
    if (request instanceof Error) continue;
    const node = nodeFor(pod, request, input, taken);
    if (node === undefined) continue;
    const before = taken.get(node);
    taken.set(node, before === undefined ? request : add(before, request));
    open.set(node, (open.get(node) ?? new Set<string>()).add(pod.namespace));
  }
  return open;
};
