/** Copies out of the resource.k8s.io/v1 objects what the bid engine reads; nothing is interpreted here. */
import type {
  DraClaimFacts,
  DraDeviceFacts,
  DraSliceFacts,
} from '../../bidengine/cluster-facts.js';
import type { DeviceAttribute, ResourceClaim, ResourceSlice } from '../../kube/core-objects.js';

/** Marks a claim that the scheduler made for a pod's extended resource (k8s.io/api/resource/v1). */
const OF_EXTENDED_RESOURCE = 'resource.kubernetes.io/extended-resource-claim';

const textOf = (attribute: DeviceAttribute | undefined): string | undefined =>
  attribute?.string ?? attribute?.version;

const toDevice = (
  device: NonNullable<ResourceSlice['spec']['devices']>[number],
): DraDeviceFacts => {
  const { attributes = {}, capacity = {}, taints = [] } = device;
  return {
    name: device.name,
    type: textOf(attributes['type']) ?? '',
    uuid: textOf(attributes['uuid']),
    parentUuid: textOf(attributes['parentUUID']),
    productName: textOf(attributes['productName']),
    memory: capacity['memory']?.value,
    driverVersion: textOf(attributes['driverVersion']),
    cudaDriverVersion: textOf(attributes['cudaDriverVersion']),
    taints: taints.map(({ key, value, effect }) => ({ key, value, effect })),
  };
};

export const toDraSlice = ({ spec }: ResourceSlice): DraSliceFacts => ({
  nodeName: spec.nodeName,
  driver: spec.driver,
  pool: spec.pool.name,
  generation: spec.pool.generation,
  slicesInPool: spec.pool.resourceSliceCount,
  devices: (spec.devices ?? []).map(toDevice),
});

/** `undefined` for a claim that holds nothing. */
export const toDraClaim = ({ metadata, status }: ResourceClaim): DraClaimFacts | undefined => {
  const results = status?.allocation?.devices?.results ?? [];
  if (results.length === 0) return undefined;
  return {
    forExtendedResource: metadata.annotations?.[OF_EXTENDED_RESOURCE] === 'true',
    devices: results
      .filter((r) => r.adminAccess !== true)
      .map(({ driver, pool, device }) => ({ driver, pool, device })),
  };
};
