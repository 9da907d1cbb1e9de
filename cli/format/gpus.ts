/** GPUs of a bid or an order: models and how many. */
import { parseGpuRequirements } from '../../market/gpu.js';
import type { GpuRequirement } from '../../market/gpu.js';
import type { Resources } from '../../market/resources.js';

/** Some GPUs of one model; a part that is not told is `null`. */
export interface GpuCount {
  readonly vendor: string;
  readonly model: string | null;
  /** For example `80Gi`. */
  readonly ram: string | null;
  readonly interface: string | null;
  readonly count: number;
}

const acceptable = (resources: Resources): readonly GpuRequirement[] => {
  try {
    return parseGpuRequirements(resources.gpu.attributes);
  } catch {
    return parseGpuRequirements([]);
  }
};

/** Counts by model. A unit that would take any of several models counts as its first, which is what providers offer. */
export const countGpus = (
  units: readonly { readonly resources: Resources; readonly count: number }[],
): readonly GpuCount[] => {
  const counts = new Map<string, GpuCount>();
  for (const { resources, count } of units) {
    if (resources.gpu.units === 0n) continue;
    const [gpu] = acceptable(resources);
    if (gpu === undefined) continue;
    const key = [gpu.vendor, gpu.model, gpu.ram, gpu.interface].join('/');
    const before = counts.get(key)?.count ?? 0;
    counts.set(key, {
      vendor: gpu.vendor,
      model: gpu.model ?? null,
      ram: gpu.ram ?? null,
      interface: gpu.interface ?? null,
      count: before + Number(resources.gpu.units) * count,
    });
  }
  return [...counts.values()];
};

/** `8 x h100 80Gi sxm`; `-` for none. */
export const formatGpus = (gpus: readonly GpuCount[]): string =>
  gpus.length === 0
    ? '-'
    : gpus
        .map((g) =>
          [`${g.count} x ${g.model ?? `any ${g.vendor}`}`, g.ram, g.interface]
            .filter((part) => part !== null)
            .join(' '),
        )
        .join(', ');
