/** What a group needs, in the numbers that placement compares. */
import { parseGpuRequirements } from '../market/gpu.js';
import type { GpuRequirement } from '../market/gpu.js';
import { isPersistent, storageClassOf } from '../market/resources.js';
import type { GroupSpec, ResourceUnit } from '../market/resources.js';
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
  /** The largest persistent volume of one replica by storage class. */
  readonly largestVolume: ReadonlyMap<string, bigint>;
  /** CPU architectures asked for, as `kubernetes.io/arch` has them; empty for any, and no node is of two. */
  readonly architectures: readonly string[];
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

const largestOf = ({ resources }: ResourceUnit): ReadonlyMap<string, bigint> => {
  const byClass = new Map<string, bigint>();
  for (const volume of resources.storage.filter(isPersistent)) {
    const name = storageClassOf(volume);
    const before = byClass.get(name) ?? 0n;
    byClass.set(name, volume.quantityBytes > before ? volume.quantityBytes : before);
  }
  return byClass;
};

const NO_VOLUMES: ReadonlyMap<string, bigint> = new Map();
const NO_ARCHITECTURES: readonly string[] = [];

const architecturesOf = ({ resources }: ResourceUnit): readonly string[] => {
  const { attributes } = resources.cpu;
  if (attributes.length === 0) return NO_ARCHITECTURES;
  return attributes.filter(({ key }) => key === 'arch').map(({ value }) => value);
};

/** Groups do not change, and one decision asks several times: to place, to weigh models, to price. */
const known = new WeakMap<GroupSpec, readonly UnitDemand[]>();

/**
 * Every unit of a group.
 * @throws GpuAttributeError when a GPU attribute has another form (`checks/order-sound.ts` tells first)
 */
export const demandsOf = (group: GroupSpec): readonly UnitDemand[] => {
  let demands = known.get(group);
  if (demands === undefined) {
    demands = group.units.map(demandOf);
    known.set(group, demands);
  }
  return demands;
};

/** @throws GpuAttributeError when a GPU attribute has another form */
export const demandOf = (unit: ResourceUnit): UnitDemand => {
  const exact = exactOf(unit);
  const { gpu, id } = unit.resources;
  const persistent = persistentOf(unit);
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
    persistent,
    largestVolume: persistent.size === 0 ? NO_VOLUMES : largestOf(unit),
    architectures: architecturesOf(unit),
  };
};

/** Leased addresses of a group: endpoints with one sequence number share an address. */
export const leasedIpsOf = (group: GroupSpec): number =>
  new Set(
    group.units.flatMap((u) =>
      u.resources.endpoints.filter((e) => e.kind === 'LEASED_IP').map((e) => e.sequenceNumber),
    ),
  ).size;
