/** Recounts the inventory from the source: nodes, pods and reservations, each time from nothing. */
import type { Reason } from '../market/reasons.js';
import type { ClusterFacts, PodFacts } from './cluster-facts.js';
import { draByNode } from './dra-devices.js';
import { countNode, podsByNode } from './node-usage.js';
import { OBSERVE_DEFAULTS, observeNode } from './observe-node.js';
import { observeStorage, overClaimed } from './observe-storage.js';
import type { ObserveOptions } from './observe-node.js';
import { GPU_RESOURCE } from './pod-request.js';
import { reason } from './reasons.js';
import { withReservations } from './reservations.js';
import type { InventorySnapshot, NodeSnapshot, Reservation } from './snapshot.js';
import { unmetReservations } from './unmet-reservations.js';

const NO_PODS: readonly PodFacts[] = [];

const byName = (a: NodeSnapshot, b: NodeSnapshot): number => (a.name < b.name ? -1 : 1);

/**
 * The inventory at one moment, nodes by name. A lease counts once: by its pods where they run, by its reservation where
 * they do not run yet. A node about which nothing changed is the same object as in the snapshot before.
 * @param takenAtMs Unix milliseconds of the observation
 */
export const buildSnapshot = (
  cluster: ClusterFacts,
  reservations: readonly Reservation[],
  takenAtMs: number,
  options: ObserveOptions = OBSERVE_DEFAULTS,
): InventorySnapshot => {
  const pods = podsByNode(cluster.pods);
  const anomalies: Reason[] = [];
  const dra = cluster.dra === undefined ? undefined : draByNode(cluster.dra, GPU_RESOURCE);
  const nodes = cluster.nodes
    .map((facts): NodeSnapshot => {
      const observed = observeNode(facts, cluster.storageClasses, options, dra?.get(facts.name));
      const counted = countNode(observed, pods.get(facts.name) ?? NO_PODS);
      pods.delete(facts.name);
      anomalies.push(...counted.anomalies);
      return counted.node;
    })
    .sort(byName);
  for (const node of pods.keys()) {
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
  return withReservations(counted, unmetReservations(reservations, cluster));
};
