/**
 * What the pods of a node take of it. Each node is summed up from its own pods; when they are the very same facts as the last
 * time the sum is the last one, and so is the node's object, which spares whoever keeps something by node from doing it again.
 */
import type { Reason } from '../market/reasons.js';
import type { PodFacts } from './cluster-facts.js';
import { isQuantityFormatError } from './kube-quantity.js';
import { eachOnce, samePods } from './pod-lists.js';
import { isFinished, tryEffectiveRequest } from './pod-request.js';
import { add } from './quantities.js';
import { reason } from './reasons.js';
import { overAllocation } from './reservations.js';
import type { NodeSnapshot } from './snapshot.js';

/** Pods that hold something, by the node they are bound to, in the order in which they were listed. */
export const podsByNode = (pods: readonly PodFacts[]): Map<string, readonly PodFacts[]> => {
  const byNode = new Map<string, PodFacts[]>();
  for (const pod of pods) {
    if (pod.nodeName === undefined || isFinished(pod)) continue;
    const here = byNode.get(pod.nodeName);
    if (here === undefined) byNode.set(pod.nodeName, [pod]);
    else here.push(pod);
  }
  return byNode;
};

/** A node with its pods counted. */
export interface CountedNode {
  readonly node: NodeSnapshot;
  readonly anomalies: readonly Reason[];
}

const count = (observed: NodeSnapshot, pods: readonly PodFacts[]): CountedNode => {
  let { allocated } = observed;
  const unreadable: Reason[] = [];
  for (const pod of eachOnce(pods)) {
    const request = tryEffectiveRequest(pod);
    if (isQuantityFormatError(request)) {
      const where = `pod/${pod.namespace}/${pod.name}`;
      unreadable.push(reason('PodQuantityInvalid', request.message, where));
    } else allocated = add(allocated, request);
  }
  // What an unreadable pod takes is unknown, so nothing of its node is sold.
  const unsellable = [...observed.unsellable, ...unreadable];
  const node = { ...observed, allocated, unsellable };
  return { node, anomalies: [...unreadable, ...overAllocation(node)] };
};

interface Known extends CountedNode {
  readonly pods: readonly PodFacts[];
}

/** By what was observed of the node, which is the same object as long as the node's facts are. */
const known = new WeakMap<NodeSnapshot, Known>();

/** `observed` with what `pods` request added to what is allocated. */
export const countNode = (observed: NodeSnapshot, pods: readonly PodFacts[]): CountedNode => {
  const before = known.get(observed);
  if (before !== undefined && samePods(before.pods, pods)) return before;
  const counted = { ...count(observed, pods), pods };
  known.set(observed, counted);
  return counted;
};
