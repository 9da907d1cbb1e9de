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

/** UUIDs (or, without, names) of GPUs that claims hold, a MIG device standing for the GPU it is part of. */
const heldGpus = (
  devices: readonly DraDeviceFacts[],
  pool: string,
  claims: readonly DraClaimFacts[],
): ReadonlySet<string> => {
  const byName = new Map(devices.map((d) => [d.name, d]));
  const held = new Set<string>();
  for (const claim of claims) {
    if (claim.forExtendedResource) continue;
    for (const { driver, pool: of, device } of claim.devices) {
      const found = driver === NVIDIA_DRIVER && of === pool ? byName.get(device) : undefined;
      if (found !== undefined) held.add(found.parentUuid ?? found.uuid ?? found.name);
    }
  }
  return held;
};

/** What the driver publishes, by node. */
export const draByNode = (dra: DraFacts, gpuResource: string): ReadonlyMap<string, NodeDra> => {
  const mapped = dra.mappedResources.includes(gpuResource);
  const ours = dra.slices.filter((s) => s.driver === NVIDIA_DRIVER && s.nodeName !== undefined);
  const nodes = new Map<string, NodeDra>();
  for (const [node, slices] of groupBy(ours, (s) => s.nodeName ?? '')) {
    let seen: NodeDra = { gpus: [], claimed: 0, incompletePools: [], mapped };
    for (const [name, all] of groupBy(slices, (s) => s.pool)) {
      const pool = newest(all);
      if (!pool.complete) {
        seen = { ...seen, incompletePools: [...seen.incompletePools, name] };
        continue;
      }
      const devices = pool.slices.flatMap((s) => s.devices);
      seen = {
        ...seen,
        gpus: [...seen.gpus, ...devices.filter((d) => d.type === 'gpu')],
        claimed: seen.claimed + heldGpus(devices, name, dra.claims).size,
      };
    }
    nodes.set(node, seen);
  }
  return nodes;
};
