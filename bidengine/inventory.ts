/** Recounts the inventory from the source: nodes, pods and reservations, each time from nothing. */
import type { Reason } from '../market/reasons.js';
import type { ClusterFacts, PodFacts } from './cluster-facts.js';
import { draByNode } from './dra-devices.js';
import { isQuantityFormatError } from './kube-quantity.js';
import { observeStorage, overClaimed } from './observe-storage.js';
import { OBSERVE_DEFAULTS, observeNode } from './observe-node.js';
import type { ObserveOptions } from './observe-node.js';
import { GPU_RESOURCE, isFinished, tryEffectiveRequest } from './pod-request.js';
import { add, NOTHING } from './quantities.js';
import type { Quantities } from './quantities.js';
import { reason } from './reasons.js';
import { overAllocation, withReservations } from './reservations.js';
import type { InventorySnapshot, NodeSnapshot, Reservation } from './snapshot.js';
import { unmetReservations } from './unmet-reservations.js';

/** Pods that hold something, each once, however often it was listed. */
const countedPods = (pods: readonly PodFacts[]): readonly PodFacts[] => {
  const byUid = new Map<string, PodFacts>();
  for (const pod of pods) if (!isFinished(pod)) byUid.set(pod.uid, pod);
  return [...byUid.values()];
};

interface Usage {
  readonly allocated: Quantities;
  /** Pods whose requests cannot be read: the node's free capacity is unknown then. */
  readonly unreadable: readonly Reason[];
}

const UNUSED: Usage = { allocated: NOTHING, unreadable: [] };

const usageByNode = (pods: readonly PodFacts[]): ReadonlyMap<string, Usage> => {
  const usage = new Map<string, Usage>();
  for (const pod of pods) {
    if (pod.nodeName === undefined) continue;
    const sofar = usage.get(pod.nodeName) ?? UNUSED;
    const request = tryEffectiveRequest(pod);
    if (isQuantityFormatError(request)) {
      const where = `pod/${pod.namespace}/${pod.name}`;
      const unreadable = [
        ...sofar.unreadable,
        reason('PodQuantityInvalid', request.message, where),
      ];
      usage.set(pod.nodeName, { ...sofar, unreadable });
    } else {
      usage.set(pod.nodeName, { ...sofar, allocated: add(sofar.allocated, request) });
    }
  }
  return usage;
};

const byName = (a: NodeSnapshot, b: NodeSnapshot): number => (a.name < b.name ? -1 : 1);

/**
 * The inventory at one moment, nodes by name. A lease counts once: by its pods where they run, by its reservation where
 * they do not run yet.
 * @param takenAtMs Unix milliseconds of the observation
 */
export const buildSnapshot = (
  cluster: ClusterFacts,
  reservations: readonly Reservation[],
  takenAtMs: number,
  options: ObserveOptions = OBSERVE_DEFAULTS,
): InventorySnapshot => {
  const pods = countedPods(cluster.pods);
  const usage = new Map(usageByNode(pods));
  const anomalies: Reason[] = [];
  const dra = cluster.dra === undefined ? undefined : draByNode(cluster.dra, GPU_RESOURCE);
  const nodes = cluster.nodes
    .map((facts): NodeSnapshot => {
      const observed = observeNode(facts, cluster.storageClasses, options, dra?.get(facts.name));
      const { allocated, unreadable } = usage.get(facts.name) ?? UNUSED;
      usage.delete(facts.name);
      const node = {
        ...observed,
        allocated: add(observed.allocated, allocated),
        unsellable: [...observed.unsellable, ...unreadable],
      };
      anomalies.push(...unreadable, ...overAllocation(node));
      return node;
    })
    .sort(byName);
  for (const node of usage.keys()) {
    const message = `pods run on node ${node}, which is not in the inventory`;
    anomalies.push(reason('PodNodeMissing', message, `node/${node}`));
  }
  anomalies.push(...cluster.storageClasses.flatMap(overClaimed));
  const counted: InventorySnapshot = {
    nodes,
    storage: cluster.storageClasses.map((c) => observeStorage(c, options.sellUnknownStorage)),
    leasedIpsAvailable: cluster.leasedIps.available,
    takenAtMs,
    anomalies,
  };
  return withReservations(counted, unmetReservations(reservations, { ...cluster, pods }));
};
