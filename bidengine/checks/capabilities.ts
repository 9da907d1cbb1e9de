/**
 * What the chain itself demands of the provider's record before it takes a bid (akash-network/chain-sdk,
 * go/node/deployment: MatchResourcesRequirements). A bid that fails here costs a fee and can never win.
 */
import { keyMatches, missingAttributes } from '../../market/attributes.js';
import type { Attribute } from '../../market/attributes.js';
import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** `capabilities/storage/<n>/<key>` of the record, one set of attributes per `<n>`. */
const storageSets = (attributes: readonly Attribute[]): readonly (readonly Attribute[])[] => {
  const sets = new Map<string, Attribute[]>();
  for (const { key, value } of attributes) {
    const [root, kind, n, name, ...rest] = key.split('/');
    if (root !== 'capabilities' || kind !== 'storage' || n === undefined) continue;
    if (name === undefined || rest.length > 0) continue;
    const set = sets.get(n) ?? [];
    set.push({ key: name, value });
    sets.set(n, set);
  }
  return [...sets.values()];
};

/** Every volume with attributes must find all of them in one storage capability. */
export const storageCapability: Check = {
  name: 'storage capabilities on chain cover the volumes',
  run: ({ order, provider }) => {
    let sets: readonly (readonly Attribute[])[] | undefined;
    for (const unit of order.spec.units) {
      for (const volume of unit.resources.storage) {
        if (volume.attributes.length === 0) continue;
        sets ??= storageSets(provider.attributes);
        if (sets.some((set) => missingAttributes(volume.attributes, set).length === 0)) continue;
        const wanted = volume.attributes.map((a) => `${a.key}=${a.value}`).join(', ');
        return reason(
          'StorageCapabilityMissing',
          `no capabilities/storage set of the provider's record has ${wanted} (volume "${volume.name}" of unit ${unit.resources.id})`,
          'order.spec.units.storage',
        );
      }
    }
    return undefined;
  },
};

const GPU_PREFIX = 'capabilities/gpu/';

/** Of each GPU unit's attributes at least one must match a GPU capability. */
export const gpuCapability: Check = {
  name: 'GPU capabilities on chain cover the units',
  run: ({ order, provider }) => {
    for (const unit of order.spec.units) {
      const { gpu, id } = unit.resources;
      if (gpu.units <= 0n || gpu.attributes.length === 0) continue;
      const covered = gpu.attributes.some((want) =>
        provider.attributes.some(
          (have) =>
            have.value === want.value &&
            have.key.startsWith(GPU_PREFIX) &&
            keyMatches(want.key, have.key.slice(GPU_PREFIX.length)),
        ),
      );
      if (!covered) {
        return reason(
          'GpuCapabilityMissing',
          `no capabilities/gpu attribute of the provider's record matches ${gpu.attributes.map((a) => a.key).join(' or ')} (unit ${id})`,
          'order.spec.units.gpu.attributes',
        );
      }
    }
    return undefined;
  },
};
