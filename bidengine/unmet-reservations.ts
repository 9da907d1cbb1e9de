/**
 * Reservations less what already exists: a lease's pods, volumes and addresses are counted where they are, so only the
 * rest of its reservation may still be taken off. Otherwise every running lease would count twice.
 */
import type { ClusterFacts, PodFacts } from './cluster-facts.js';
import { isQuantityFormatError } from './kube-quantity.js';
import { isFinished, tryEffectiveRequest } from './pod-request.js';
import { add, isNothing, least, NOTHING, subtract } from './quantities.js';
import type { Quantities } from './quantities.js';
import type { Reservation } from './snapshot.js';

/** A lease path is its order path and the provider. */
const orderPath = (leasePath: string): string => leasePath.slice(0, leasePath.lastIndexOf('/'));

/** Requests of counted pods by order path, then by node. */
type PodSums = ReadonlyMap<string, ReadonlyMap<string, Quantities>>;

const podSums = (pods: readonly PodFacts[]): PodSums => {
  const sums = new Map<string, Map<string, Quantities>>();
  for (const pod of pods) {
    if (pod.leasePath === undefined || pod.nodeName === undefined || isFinished(pod)) continue;
    const request = tryEffectiveRequest(pod);
    // Its reservation then stays whole: better held twice than sold twice.
    if (isQuantityFormatError(request)) continue;
    const key = orderPath(pod.leasePath);
    const nodes = sums.get(key) ?? new Map<string, Quantities>();
    nodes.set(pod.nodeName, add(nodes.get(pod.nodeName) ?? NOTHING, request));
    sums.set(key, nodes);
  }
  return sums;
};

/**
 * First each node's pods against what is reserved there; then pods that the scheduler put elsewhere against what is still
 * held, so that a moved pod frees the node it was meant for.
 */
const unmetNodes = (
  reserved: Reservation['perNode'],
  pods: ReadonlyMap<string, Quantities>,
): Reservation['perNode'] => {
  const unused = new Map(pods);
  const afterOwn = reserved.map(({ node, quantities }) => {
    const here = unused.get(node) ?? NOTHING;
    const met = least(quantities, here);
    unused.set(node, subtract(here, met));
    return { node, quantities: subtract(quantities, met) };
  });
  let moved = [...unused.values()].reduce(add, NOTHING);
  return afterOwn
    .map(({ node, quantities }) => {
      const met = least(quantities, moved);
      moved = subtract(moved, met);
      return { node, quantities: subtract(quantities, met) };
    })
    .filter(({ quantities }) => !isNothing(quantities));
};

const unmetStorage = (
  reservation: Reservation,
  cluster: Pick<ClusterFacts, 'volumes'>,
): Reservation['storage'] => {
  const bound = new Map<string, bigint>();
  for (const { className, bytes, leasePath } of cluster.volumes)
    if (orderPath(leasePath) === reservation.key)
      bound.set(className, (bound.get(className) ?? 0n) + bytes);
  return reservation.storage
    .map((held) => {
      const met = bound.get(held.className) ?? 0n;
      bound.set(held.className, met > held.bytes ? met - held.bytes : 0n);
      return { ...held, bytes: held.bytes > met ? held.bytes - met : 0n };
    })
    .filter(({ bytes }) => bytes > 0n);
};

/** `reservations` less what `cluster` already shows of them; those that are wholly there are left out. */
export const unmetReservations = (
  reservations: readonly Reservation[],
  cluster: Pick<ClusterFacts, 'pods' | 'volumes' | 'leasedIps'>,
): readonly Reservation[] => {
  const pods = podSums(cluster.pods);
  return reservations
    .map((reservation): Reservation => {
      const assigned = cluster.leasedIps.assigned
        .filter((a) => orderPath(a.leasePath) === reservation.key)
        .reduce((sum, a) => sum + a.count, 0);
      return {
        ...reservation,
        perNode: unmetNodes(reservation.perNode, pods.get(reservation.key) ?? new Map()),
        storage: unmetStorage(reservation, cluster),
        leasedIps: Math.max(0, reservation.leasedIps - assigned),
      };
    })
    .filter((r) => r.perNode.length > 0 || r.storage.length > 0 || r.leasedIps > 0);
};
