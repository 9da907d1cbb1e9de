/**
 * Reservations less what already exists: a lease's pods, volumes and addresses are counted where they are, so only the
 * rest of its reservation may still be taken off. Otherwise every running lease would count twice.
 */
import type { ClusterFacts, LeasedIpFacts, PodFacts, VolumeFacts } from './cluster-facts.js';
import { isQuantityFormatError } from './kube-quantity.js';
import { eachOnce, samePods } from './pod-lists.js';
import { isFinished, tryEffectiveRequest } from './pod-request.js';
import { add, isNothing, least, NOTHING, subtract } from './quantities.js';
import type { Quantities } from './quantities.js';
import type { Reservation } from './snapshot.js';

/** A lease path is its order path and the provider. */
const orderPath = (leasePath: string): string => leasePath.slice(0, leasePath.lastIndexOf('/'));

/** What of a lease exists already. */
interface Existing {
  readonly pods: PodFacts[];
  /** Bytes by class. */
  readonly volumes: Map<string, bigint>;
  addresses: number;
}

/** By order path, of the reservations' orders only. */
const existingOf = (
  reservations: readonly Reservation[],
  pods: readonly PodFacts[],
  volumes: readonly VolumeFacts[],
  { assigned }: LeasedIpFacts,
): ReadonlyMap<string, Existing> => {
  const byOrder = new Map<string, Existing>();
  for (const { key } of reservations)
    byOrder.set(key, { pods: [], volumes: new Map(), addresses: 0 });
  // Many pods share one lease path, and cutting it is what costs.
  const byLease = new Map<string, Existing | undefined>();
  const ofLease = (leasePath: string): Existing | undefined => {
    if (byLease.has(leasePath)) return byLease.get(leasePath);
    const existing = byOrder.get(orderPath(leasePath));
    byLease.set(leasePath, existing);
    return existing;
  };
  for (const pod of pods) {
    if (pod.leasePath === undefined || pod.nodeName === undefined || isFinished(pod)) continue;
    ofLease(pod.leasePath)?.pods.push(pod);
  }
  for (const { className, bytes, leasePath } of volumes) {
    const sums = ofLease(leasePath)?.volumes;
    sums?.set(className, (sums.get(className) ?? 0n) + bytes);
  }
  for (const { leasePath, count } of assigned) {
    const existing = ofLease(leasePath);
    if (existing !== undefined) existing.addresses += count;
  }
  return byOrder;
};

/** Requests of pods by node. */
const podSums = (pods: readonly PodFacts[]): Map<string, Quantities> => {
  const sums = new Map<string, Quantities>();
  for (const pod of eachOnce(pods)) {
    const request = tryEffectiveRequest(pod);
    // Its reservation then stays whole: better held twice than sold twice.
    if (isQuantityFormatError(request)) continue;
    const node = pod.nodeName ?? '';
    sums.set(node, add(sums.get(node) ?? NOTHING, request));
  }
  return sums;
};

/**
 * First each node's pods against what is reserved there; then pods that the scheduler put elsewhere against what is still
 * held, so that a moved pod frees the node it was meant for.
 */
const unmetNodes = (
  reserved: Reservation['perNode'],
  unused: Map<string, Quantities>,
): Reservation['perNode'] => {
  if (unused.size === 0) return reserved.filter(({ quantities }) => !isNothing(quantities));
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

interface Known {
  readonly pods: readonly PodFacts[];
  readonly perNode: Reservation['perNode'];
}

/** Most leases have the very pods that they had at the last recount, and then hold what they held. */
const known = new WeakMap<Reservation, Known>();

const stillHeld = (reservation: Reservation, pods: readonly PodFacts[]): Reservation['perNode'] => {
  const before = known.get(reservation);
  if (before !== undefined && samePods(before.pods, pods)) return before.perNode;
  const perNode = unmetNodes(reservation.perNode, podSums(pods));
  known.set(reservation, { pods, perNode });
  return perNode;
};

const unmetStorage = (
  reserved: Reservation['storage'],
  volumes: ReadonlyMap<string, bigint>,
): Reservation['storage'] => {
  if (reserved.length === 0) return reserved;
  const bound = new Map(volumes);
  return reserved
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
  { pods, volumes, leasedIps }: Pick<ClusterFacts, 'pods' | 'volumes' | 'leasedIps'>,
): readonly Reservation[] => {
  if (reservations.length === 0) return [];
  const existing = existingOf(reservations, pods, volumes, leasedIps);
  return reservations
    .map((reservation): Reservation => {
      const own = existing.get(reservation.key);
      if (own === undefined) return reservation;
      return {
        ...reservation,
        perNode: stillHeld(reservation, own.pods),
        storage: unmetStorage(reservation.storage, own.volumes),
        leasedIps: Math.max(0, reservation.leasedIps - own.addresses),
      };
    })
    .filter((r) => r.perNode.length > 0 || r.storage.length > 0 || r.leasedIps > 0);
};
