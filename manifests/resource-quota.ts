/** Bounds a lease's namespace by what its tenant pays for. */
import { k8s } from 'cdk8s-plus-34';
import type { Construct } from 'constructs';
import type { ResourceUnit } from '../market/resources.js';
import { gpuResource, gpuVendor } from './gpu-resource.js';
import type { LeaseNamespace } from './lease-workload.js';
import { namespacePartMetadata } from './metadata.js';
import { byteQuantity, countQuantity, cpuQuantity } from './quantity.js';
import { clusterStorageClass, ephemeralLimit, splitStorage, totalBytes } from './storage-split.js';

/** Sums by resource name; bytes, devices or milli-CPU by the resource. */
type Sums = Map<string, bigint>;

const add = (sums: Sums, resource: string, amount: bigint): void => {
  sums.set(resource, (sums.get(resource) ?? 0n) + amount);
};

const addUnit = (sums: Sums, { resources, count }: ResourceUnit): void => {
  const replicas = BigInt(count);
  const storage = splitStorage(resources.storage);
  add(sums, 'pods', replicas);
  add(sums, 'limits.cpu', resources.cpu.milliCpu * replicas);
  add(sums, 'limits.memory', (resources.memory.quantityBytes + totalBytes(storage.ram)) * replicas);
  add(sums, 'limits.ephemeral-storage', ephemeralLimit(storage) * replicas);
  const { gpu } = resources;
  if (gpu.units > 0n)
    add(sums, `requests.${gpuResource(gpuVendor(gpu.attributes))}`, gpu.units * replicas);
  for (const volume of storage.persistent) {
    const bytes = volume.quantityBytes * replicas;
    const storageClass = clusterStorageClass(volume);
    add(sums, 'persistentvolumeclaims', replicas);
    add(sums, 'requests.storage', bytes);
    if (storageClass !== undefined)
      add(sums, `${storageClass}.storageclass.storage.k8s.io/requests.storage`, bytes);
  }
  const endpoints = (kind: string): bigint =>
    BigInt(resources.endpoints.filter((endpoint) => endpoint.kind === kind).length);
  add(sums, 'services.loadbalancers', endpoints('LEASED_IP'));
  add(sums, 'services.nodeports', endpoints('RANDOM_PORT'));
};

const COUNTED = /^(pods|persistentvolumeclaims|services\..*|requests\..*\.com\/gpu)$/;

const toQuantity = (resource: string, amount: bigint): k8s.Quantity => {
  if (resource === 'limits.cpu') return cpuQuantity(amount);
  return COUNTED.test(resource) ? countQuantity(amount) : byteQuantity(amount);
};

/** What a group may use of its namespace, by resource name of a ResourceQuota. */
export const leaseQuota = (
  units: readonly ResourceUnit[],
): Readonly<Record<string, k8s.Quantity>> => {
  // Named even when nothing was bought: what a quota does not name is unlimited.
  const sums: Sums = new Map([
    ['persistentvolumeclaims', 0n],
    ['requests.nvidia.com/gpu', 0n],
    ['requests.amd.com/gpu', 0n],
  ]);
  for (const unit of units) addUnit(sums, unit);
  return Object.fromEntries([...sums].map(([name, sum]) => [name, toQuantity(name, sum)]));
};

/** Adds the quota. */
export const addResourceQuota = (scope: Construct, input: LeaseNamespace): void => {
  new k8s.KubeResourceQuota(scope, 'resource-quota', {
    metadata: namespacePartMetadata(input, 'berth-lease'),
    spec: { hard: leaseQuota(input.group.units) },
  });
};
