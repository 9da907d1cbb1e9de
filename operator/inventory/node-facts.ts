/** Copies out of a Node what the bid engine reads; nothing is interpreted here. */
import type { NodeFacts } from '../../bidengine/cluster-facts.js';
import { isFaultCondition } from '../../bidengine/node-faults.js';
import type { Node } from '../../kube/core-objects.js';

/** Annotation of nodes that kwok simulates: pods "run" there without a kubelet. */
const SIMULATED = 'kwok.x-k8s.io/node';

export const toNodeFacts = (node: Node): NodeFacts => ({
  name: node.metadata.name,
  labels: node.metadata.labels ?? {},
  taints: node.spec?.taints ?? [],
  unschedulable: node.spec?.unschedulable ?? false,
  ready: node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false,
  faults: (node.status?.conditions ?? [])
    .filter((c) => c.status === 'True' && isFaultCondition(c.type))
    .map(({ type, message = '' }) => ({ type, message })),
  capacity: node.status?.capacity ?? {},
  allocatable: node.status?.allocatable ?? {},
});

export const isSimulated = (node: Node): boolean =>
  node.metadata.annotations?.[SIMULATED] !== undefined;

/** A node as the operator keeps it. */
export interface WatchedNode {
  readonly facts: NodeFacts;
  readonly simulated: boolean;
  readonly uid: string;
}
