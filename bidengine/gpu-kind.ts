/** Finds what a price book says about a GPU: the entry that says most about it wins. */
import type { GpuModel } from '../market/gpu.js';
import type { GpuKind } from './pricing-policy.js';

const holds = (part: string | undefined, have: string | undefined): boolean =>
  part === undefined || part === have;

/** Whether `gpu` is of this kind; a part that the GPU does not tell meets only entries that leave it open. */
export const isOfKind = (kind: GpuKind, gpu: GpuModel): boolean =>
  (kind.vendor === '*' || kind.vendor === gpu.vendor) &&
  (kind.model === '*' || kind.model === gpu.model) &&
  holds(kind.ram, gpu.ram) &&
  holds(kind.interface, gpu.interface);

/** Model counts most, then memory, then interface, then vendor: exact, model+ram, model+interface, model, … `*`. */
const precision = (kind: GpuKind): number =>
  (kind.model === '*' ? 0 : 8) +
  (kind.ram === undefined ? 0 : 4) +
  (kind.interface === undefined ? 0 : 2) +
  (kind.vendor === '*' ? 0 : 1);

/** The most exact entry that holds for `gpu`; of equal entries the first. */
export const mostExact = <T extends GpuKind>(
  entries: readonly T[],
  gpu: GpuModel,
): T | undefined => {
  let best: T | undefined;
  for (const entry of entries) {
    if (!isOfKind(entry, gpu)) continue;
    if (best === undefined || precision(entry) > precision(best)) best = entry;
  }
  return best;
};

/** `nvidia h100 80Gi sxm`, `*` parts left out; `any GPU` for the widest. */
export const kindWords = (kind: GpuKind): string => {
  const parts = [kind.vendor, kind.model, kind.ram, kind.interface].filter(
    (p) => p !== undefined && p !== '*',
  );
  return parts.length === 0 ? 'any GPU' : parts.join(' ');
};
