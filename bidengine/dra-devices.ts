/**
 * GPUs that a DRA driver publishes, node by node (resource.k8s.io/v1). A pool counts only when it is complete: a driver that
 * is just publishing a new generation shows some slices of each, and adding those up would sell devices twice.
 */
import type { DraClaimFacts, DraDeviceFacts, DraFacts, DraSliceFacts } from './cluster-facts.js';

/** NVIDIA's driver (kubernetes-sigs/dra-driver-nvidia-gpu). */
export const NVIDIA_DRIVER = 'gpu.nvidia.com';

/** The whole GPUs of one node. */
export interface NodeDra {
  /** Devices of type `gpu`. */
  readonly gpus: readonly DraDeviceFacts[];
  /** Of those, held by claims that no pod's `nvidia.com/gpu` request counts. */
  readonly claimed: number;
  /** Pools whose slices are not all there. */
  readonly incompletePools: readonly string[];
  /** Whether tenants' pods can ask for these GPUs as `nvidia.com/gpu`. */
  readonly mapped: boolean;
}

/** Whether new pods are kept from a device; effect `None` only informs. */
export const isTaintedDevice = (device: DraDeviceFacts): boolean =>
  device.taints.some((t) => t.effect === 'NoSchedule' || t.effect === 'NoExecute');

interface Pool {
  readonly slices: readonly DraSliceFacts[];
  readonly complete: boolean;
}

const newest = (slices: readonly DraSliceFacts[]): Pool => {
  const generation = slices.reduce((n, s) => Math.max(n, s.generation), 0);
  const current = slices.filter((s) => s.generation === generation);
  return { slices: current, complete: current.length === (current[0]?.slicesInPool ?? 0) };
};

const groupBy = <T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const list = groups.get(key(item));
    if (list === undefined) groups.set(key(item), [item]);
    else list.push(item);
  }
  return groups;
};

/** Names of NVIDIA devices that claims hold, by pool; not those that the scheduler claimed for a pod's `nvidia.com/gpu`. */
const heldByPool = (claims: readonly DraClaimFacts[]): ReadonlyMap<string, readonly string[]> => {
  const held = new Map<string, string[]>();
  for (const claim of claims) {
    if (claim.forExtendedResource) continue;
    for (const { driver, pool, device } of claim.devices) {
      if (driver !== NVIDIA_DRIVER) continue;
      const names = held.get(pool);
      if (names === undefined) held.set(pool, [device]);
      else names.push(device);
    }
  }
  return held;
};

const NONE_HELD: readonly string[] = [];

/** How many GPUs the `held` devices take, a MIG device standing for the GPU it is part of. */
const gpusHeld = (devices: readonly DraDeviceFacts[], held: readonly string[]): number => {
  if (held.length === 0) return 0;
  const byName = new Map(devices.map((d) => [d.name, d]));
  const gpus = new Set<string>();
  for (const name of held) {
    const found = byName.get(name);
    if (found !== undefined) gpus.add(found.parentUuid ?? found.uuid ?? found.name);
  }
  return gpus.size;
};

/** What one node's answer was made from. */
interface Sources {
  readonly slices: readonly DraSliceFacts[];
  /** Names of held devices, pool by pool. */
  readonly held: readonly (readonly string[])[];
  readonly mapped: boolean;
}

const readNode = (
  pools: ReadonlyMap<string, readonly DraSliceFacts[]>,
  { held, mapped }: Sources,
): NodeDra => {
  const gpus: DraDeviceFacts[] = [];
  const incompletePools: string[] = [];
  let claimed = 0;
  for (const [i, [name, all]] of [...pools].entries()) {
    const pool = newest(all);
    if (!pool.complete) {
      incompletePools.push(name);
      continue;
    }
    const devices = pool.slices.flatMap((s) => s.devices);
    gpus.push(...devices.filter((d) => d.type === 'gpu'));
    claimed += gpusHeld(devices, held[i] ?? NONE_HELD);
  }
  return { gpus, claimed, incompletePools, mapped };
};

const sameItems = <T>(
  a: readonly T[],
  b: readonly T[],
  equal: (x: T, y: T | undefined) => boolean = Object.is,
): boolean => a.length === b.length && a.every((x, i) => equal(x, b[i]));

const sameSources = (a: Sources, b: Sources): boolean =>
  a.mapped === b.mapped &&
  sameItems(a.slices, b.slices) &&
  sameItems(a.held, b.held, (x, y = NONE_HELD) => sameItems(x, y));

/** By a node's first slice; what the same sources gave before is the same object again. */
const known = new WeakMap<DraSliceFacts, { readonly sources: Sources; readonly node: NodeDra }>();

const ofNode = (
  slices: readonly DraSliceFacts[],
  held: ReadonlyMap<string, readonly string[]>,
  mapped: boolean,
): NodeDra => {
  const pools = groupBy(slices, (s) => s.pool);
  const sources: Sources = {
    ...{ slices, mapped },
    held: [...pools.keys()].map((pool) => held.get(pool) ?? NONE_HELD),
  };
  const [first] = slices;
  const before = first === undefined ? undefined : known.get(first);
  if (before !== undefined && sameSources(before.sources, sources)) return before.node;
  const node = readNode(pools, sources);
  if (first !== undefined) known.set(first, { sources, node });
  return node;
};

/** What the driver publishes, by node. A node about which nothing changed has the same object as before. */
export const draByNode = (dra: DraFacts, gpuResource: string): ReadonlyMap<string, NodeDra> => {
  const mapped = dra.mappedResources.includes(gpuResource);
  const held = heldByPool(dra.claims);
  const ours = dra.slices.filter((s) => s.driver === NVIDIA_DRIVER && s.nodeName !== undefined);
  const nodes = new Map<string, NodeDra>();
  for (const [node, slices] of groupBy(ours, (s) => s.nodeName ?? ''))
    nodes.set(node, ofNode(slices, held, mapped));
  return nodes;
};
