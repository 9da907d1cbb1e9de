/** A node as the operator watches it. */
import type { NodeFacts } from '../../bidengine/cluster-facts.js';
import type { Node } from '../../kube/core-objects.js';

/** Annotation of nodes that kwok simulates: pods "run" there without a kubelet. */
const SIMULATED = 'kwok.x-k8s.io/node';

export const isSimulated = (node: Node): boolean =>
  node.metadata.annotations?.[SIMULATED] !== undefined;

/** A node as the operator keeps it. */
export interface WatchedNode {
  readonly facts: NodeFacts;
  readonly simulated: boolean;
  readonly uid: string;
}
