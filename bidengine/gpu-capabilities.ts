/** The attributes by which a provider's record on chain names its GPU models. */
import type { Attribute } from '../market/attributes.js';
import { formatGpu } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import type { InventorySnapshot } from './snapshot.js';

/** Every way an order may name the model: with and without memory and interface. */
const spellings = (gpu: GpuModel): readonly string[] => {
  const { vendor, model, ram, interface: iface } = gpu;
  const bare = { vendor, model, ram: undefined, interface: undefined };
  return [
    formatGpu(bare),
    ...(ram === undefined ? [] : [formatGpu({ ...bare, ram })]),
    ...(iface === undefined ? [] : [formatGpu({ ...bare, interface: iface })]),
    ...(ram === undefined || iface === undefined ? [] : [formatGpu(gpu)]),
  ];
};

/** `capabilities/gpu/vendor/…` = "true" for every GPU model of the cluster, sellable at this moment or not. */
export const gpuCapabilities = (snapshot: InventorySnapshot): readonly Attribute[] => {
  const keys = snapshot.nodes.flatMap(({ gpu, slices }) =>
    [...(gpu === undefined ? [] : [gpu]), ...slices].flatMap(({ model }) => spellings(model)),
  );
  return [...new Set(keys)]
    .sort()
    .map((key) => ({ key: `capabilities/gpu/${key}`, value: 'true' }));
};
