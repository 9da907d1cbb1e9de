/** What a group needs, in the numbers that placement compares. */
import { parseGpuRequirements } from '../market/gpu.js';
import type { GpuRequirement } from '../market/gpu.js';
import { isPersistent, storageClassOf } from '../market/resources.js';
import type { GroupSpec, ResourceUnit } from '../market/resources.js';
import { persistentTotals } from './persistent-storage.js';
import type { Quantities } from './quantities.js';
import type { Vector } from './scorer.js';

const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/** Exact below 2^53; above, what is free counts as 2^53 - 1, so no more is ever sold than there is. */
export const supply = (amount: bigint): number =>
  amount > MOST ? Number.MAX_SAFE_INTEGER : Number(amount);

/** Exact below 2^53; above, infinite, so it fits nowhere. */
const need = (amount: bigint): number =>
  amount > MOST ? Number.POSITIVE_INFINITY : Number(amount);

/** One replica of a unit, and how many are needed. */
export interface UnitDemand {
  readonly unitId: number;
  readonly count: number;
  readonly each: Vector;
  /** `each` in exact whole numbers, for reservations. */
  readonly exact: Quantities;
  /** Acceptable GPUs; empty for a unit without. */
  readonly gpus: readonly GpuRequirement[];
  /** Persistent bytes of one replica by storage class. */
  readonly persistent: ReadonlyMap<string, bigint>;
  /** Persistent bytes of the whole group by storage class: any one node may have to hold all of it. */
  readonly groupPersistent: ReadonlyMap<string, bigint>;
}

/** The memory and disk of a unit: volumes of class `ram` are memory, other volumes that do not persist are the node's disk. */
const exactOf = ({ resources }: ResourceUnit): Quantities => {
  let memoryBytes = resources.memory.quantityBytes;
  let ephemeralBytes = 0n;
  for (const volume of resources.storage) {
    if (isPersistent(volume)) continue;
    if (storageClassOf(volume) === 'ram') memoryBytes += volume.quantityBytes;
    else ephemeralBytes += volume.quantityBytes;
  }
  const { milliCpu } = resources.cpu;
  return { milliCpu, memoryBytes, ephemeralBytes, gpus: resources.gpu.units, pods: 1n };
};

const persistentOf = ({ resources }: ResourceUnit): ReadonlyMap<string, bigint> => {
  const byClass = new Map<string, bigint>();
  for (const volume of resources.storage) {
    if (!isPersistent(volume)) continue;
    const name = storageClassOf(volume);
    byClass.set(name, (byClass.get(name) ?? 0n) + volume.quantityBytes);
  }
  return byClass;
};

const NO_VOLUMES: ReadonlyMap<string, bigint> = new Map();

/** Groups do not change, and one decision asks several times: to place, to weigh models, to price. */
const known = new WeakMap<GroupSpec, readonly UnitDemand[]>();

/**
 * Every unit of a group.
 * @throws GpuAttributeError when a GPU attribute has another form (`checks/order-sound.ts` tells first)
 */
export const demandsOf = (group: GroupSpec): readonly UnitDemand[] => {
  let demands = known.get(group);
  if (demands === undefined) {
    const units = group.units.map(demandOf);
    const groupPersistent = persistentTotals(units);
    demands = groupPersistent.size === 0 ? units : units.map((u) => ({ ...u, groupPersistent }));
    known.set(group, demands);
  }
  return demands;
};

/** @throws GpuAttributeError when a GPU attribute has another form */
export const demandOf = (unit: ResourceUnit): UnitDemand => {
  const exact = exactOf(unit);
  const { gpu, id } = unit.resources;
  return {
    unitId: id,
    count: unit.count,
    each: {
      gpus: need(exact.gpus),
      milliCpu: need(exact.milliCpu),
      memoryBytes: need(exact.memoryBytes),
      ephemeralBytes: need(exact.ephemeralBytes),
      pods: 1,
    },
    exact,
    gpus: gpu.units > 0n ? parseGpuRequirements(gpu.attributes) : [],
    persistent: persistentOf(unit),
    groupPersistent: NO_VOLUMES,
  };
};

/** Leased addresses of a group: endpoints with one sequence number share an address. */
export const leasedIpsOf = (group: GroupSpec): number =>
  new Set(
    group.units.flatMap((u) =>
      u.resources.endpoints.filter((e) => e.kind === 'LEASED_IP').map((e) => e.sequenceNumber),
    ),
  ).size;
