/** The container of a service: the tenant's image within the lease's limits and without powers over the node. */
import type { k8s } from 'cdk8s-plus-34';
import { environment } from './environment.js';
import { exposes } from './expose.js';
import { gpuResource, gpuVendor } from './gpu-resource.js';
import type { LeaseWorkload } from './lease-workload.js';
import type { ManifestService } from './manifest.js';
import { byteQuantity, committed, countQuantity, cpuQuantity } from './quantity.js';
import { serviceResources } from './service-resources.js';
import { ephemeralLimit, splitStorage, totalBytes } from './storage-split.js';
import { volumeMounts } from './volumes.js';

/**
 * What ordinary images need of root: container runtimes grant these by default. NET_RAW and MKNOD, which runtimes grant
 * too, are not among them: the first lets a pod forge packets, the second is of use only to break out.
 */
const CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** Limits are what the tenant bought; requests are the same unless the provider commits less. */
const containerResources = (
  { settings, placement }: LeaseWorkload,
  service: ManifestService,
): k8s.ResourceRequirements => {
  const { milliCpu, memoryBytes, gpus, gpuAttributes, storage } = serviceResources(service);
  const levels = settings.commitLevels ?? { cpu: 1, memory: 1, storage: 1 };
  const split = splitStorage(storage);
  const ram = totalBytes(split.ram);
  const disk = ephemeralLimit(split);
  const resource = placement[service.name]?.gpuResource ?? gpuResource(gpuVendor(gpuAttributes));
  const gpu = gpus === 0n ? {} : { [resource]: countQuantity(gpus) };
  return {
    limits: {
      cpu: cpuQuantity(milliCpu),
      // What a pod writes to a volume in memory counts as its memory.
      memory: byteQuantity(memoryBytes + ram),
      'ephemeral-storage': byteQuantity(disk),
      ...gpu,
    },
    requests: {
      cpu: cpuQuantity(committed(milliCpu, levels.cpu)),
      memory: byteQuantity(committed(memoryBytes, levels.memory) + ram),
      // Without a volume on disk the limit is only a guard: nothing was sold that could be requested.
      'ephemeral-storage': byteQuantity(
        split.ephemeral.length === 0 ? 0n : committed(disk, levels.storage),
      ),
      ...gpu,
    },
  };
};

const containerPorts = (service: ManifestService): k8s.ContainerPort[] => [
  ...new Map(
    exposes(service).map(({ port, proto }) => [
      `${port}/${proto}`,
      { containerPort: port, protocol: proto },
    ]),
  ).values(),
];

/** Absent rather than empty: an empty list would be an owned field that says nothing. */
const unlessEmpty = <K extends string, T>(key: K, list: readonly T[] | null): { [P in K]?: T[] } =>
  (list === null || list.length === 0 ? {} : { [key]: [...list] }) as { [P in K]?: T[] };

/** Builds the container. @throws GpuAttributeError */
export const container = (input: LeaseWorkload, service: ManifestService): k8s.Container => ({
  name: service.name,
  image: service.image,
  imagePullPolicy: input.settings.imagePullPolicy ?? 'IfNotPresent',
  ...unlessEmpty('command', service.command),
  ...unlessEmpty('args', service.args),
  env: environment(input, service),
  ...unlessEmpty('ports', containerPorts(service)),
  resources: containerResources(input, service),
  ...unlessEmpty('volumeMounts', volumeMounts(service)),
  securityContext: {
    runAsNonRoot: false,
    privileged: false,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'], add: CAPABILITIES },
  },
});
