/** What a bid promises on chain: the group's units with the GPU that was really placed. */
import { formatGpu } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import type { GroupSpec, ResourceOffer } from '../market/resources.js';

/**
 * Ids and counts are the group's, as the chain demands; a unit's GPU attributes become the one exact
 * `vendor/…/model/…[/ram/…][/interface/…]` of the GPUs it was given.
 */
export const offerOf = (
  group: GroupSpec,
  models: ReadonlyMap<number, GpuModel>,
): readonly ResourceOffer[] =>
  group.units.map(({ resources, count }) => {
    const model = models.get(resources.id);
    if (model === undefined) return { resources, count };
    const attributes = [{ key: formatGpu(model), value: 'true' }];
    return { resources: { ...resources, gpu: { ...resources.gpu, attributes } }, count };
  });
