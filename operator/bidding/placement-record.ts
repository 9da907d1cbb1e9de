/** A placement as Kubernetes objects carry it: small numbers and strings only. */
import type { Placement } from '../../bidengine/input.js';
import { formatGpu, parseGpuAttribute } from '../../market/gpu.js';

/** One replica's place. `model` is a GPU attribute such as `vendor/nvidia/model/h100/ram/80Gi/interface/sxm`. */
export interface PlacementEntry {
  readonly unitId: number;
  readonly replica: number;
  readonly node: string;
  readonly gpus: number;
  readonly model?: string;
  /** What the pod asks for where that is not `nvidia.com/gpu`, for example `nvidia.com/mig-1g.10gb`. */
  readonly resource?: string;
}

export const toPlacementEntries = (placement: Placement): readonly PlacementEntry[] =>
  placement.map((p) => ({
    unitId: p.unitId,
    replica: p.replica,
    node: p.node,
    gpus: Number(p.gpus),
    ...(p.model === undefined ? {} : { model: formatGpu(p.model) }),
    ...(p.resource === undefined ? {} : { resource: p.resource }),
  }));

/** Inverse of {@link toPlacementEntries}. @throws GpuAttributeError for a model that is no GPU attribute */
export const fromPlacementEntries = (entries: readonly PlacementEntry[]): Placement =>
  entries.map((e) => {
    if (e.model === undefined)
      return { unitId: e.unitId, replica: e.replica, node: e.node, gpus: BigInt(e.gpus) };
    const gpu = parseGpuAttribute(e.model);
    return {
      unitId: e.unitId,
      replica: e.replica,
      node: e.node,
      gpus: BigInt(e.gpus),
      model: { ...gpu, model: gpu.model ?? '*' },
      ...(e.resource === undefined ? {} : { resource: e.resource }),
    };
  });

/** The distinct GPU models of a placement, for a column: `h100` or `a100,h100`; empty without GPUs. */
export const modelNames = (entries: readonly PlacementEntry[]): string =>
  [
    ...new Set(
      entries.flatMap((e) =>
        e.model === undefined ? [] : [parseGpuAttribute(e.model).model ?? '*'],
      ),
    ),
  ]
    .sort()
    .join(',');
