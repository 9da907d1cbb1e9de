/**
 * GPU models as orders ask for them and as providers advertise them.
 * Attribute form (SDL, provider-wire 5.5): `vendor/<v>/model/<m|*>[/ram/<X>Gi][/interface/<i>]` with value "true".
 */
import type { Attribute } from './attributes.js';

/** One acceptable GPU of an order: a missing part means "any". */
export interface GpuRequirement {
  readonly vendor: string;
  /** `undefined` for `*`. */
  readonly model: string | undefined;
  /** Akash notation, for example `80Gi`. */
  readonly ram: string | undefined;
  /** `pcie` or `sxm`. */
  readonly interface: string | undefined;
}

/** A GPU model that a node really has; interface and ram are unknown when the node does not tell. */
export interface GpuModel {
  readonly vendor: string;
  readonly model: string;
  readonly ram: string | undefined;
  readonly interface: string | undefined;
}

/** Thrown for an attribute key of another form. */
export class GpuAttributeError extends Error {
  readonly key: string;
  constructor(key: string) {
    super(
      `GPU attribute "${key}" must read vendor/<vendor>/model/<model or *>, optionally /ram/<size> and /interface/<pcie or sxm>`,
    );
    this.name = 'GpuAttributeError';
    this.key = key;
  }
}

const FORM = /^vendor\/([^/]+)\/model\/([^/]+)(?:\/ram\/([^/]+))?(?:\/interface\/([^/]+))?$/;

/** Parses one GPU attribute key. @throws GpuAttributeError */
export const parseGpuAttribute = (key: string): GpuRequirement => {
  const match = FORM.exec(key);
  if (match === null) throw new GpuAttributeError(key);
  const [, vendor = '', model = '', ram, iface] = match;
  return { vendor, model: model === '*' ? undefined : model, ram, interface: iface };
};

/** What a unit's GPU attributes accept; an empty list accepts any NVIDIA GPU. @throws GpuAttributeError */
export const parseGpuRequirements = (
  attributes: readonly Attribute[],
): readonly GpuRequirement[] =>
  attributes.length === 0
    ? [{ vendor: 'nvidia', model: undefined, ram: undefined, interface: undefined }]
    : attributes.map((a) => parseGpuAttribute(a.key));

/** Inverse of {@link parseGpuAttribute}. */
export const formatGpu = (gpu: GpuRequirement | GpuModel): string =>
  `vendor/${gpu.vendor}/model/${gpu.model ?? '*'}` +
  (gpu.ram === undefined ? '' : `/ram/${gpu.ram}`) +
  (gpu.interface === undefined ? '' : `/interface/${gpu.interface}`);

/**
 * Name of a MIG slice as a model of its own: `h100` cut to `1g.10gb` is `h100-mig-1g10gb`. Without the dot, because node
 * labels separate the parts of a GPU by dots.
 */
export const sliceModelName = (model: string, profile: string): string =>
  `${model}-mig-${profile.toLowerCase().replace(/[^a-z0-9]/g, '')}`;

/** Whether a model names a part of a GPU. */
export const isSlice = (gpu: Pick<GpuModel, 'model'>): boolean => gpu.model.includes('-mig-');

/**
 * A requirement is met when every part it names is known and equal: unknown VRAM never satisfies a demand for 80Gi. Who
 * takes any model wants a whole GPU: a slice has to be asked for by its name.
 */
export const gpuSatisfies = (have: GpuModel, want: GpuRequirement): boolean =>
  have.vendor === want.vendor &&
  (want.model === undefined ? !isSlice(have) : want.model === have.model) &&
  (want.ram === undefined || want.ram === have.ram) &&
  (want.interface === undefined || want.interface === have.interface);

/** Whether any of several acceptable requirements is met. */
export const gpuSatisfiesAny = (have: GpuModel, wants: readonly GpuRequirement[]): boolean =>
  wants.some((want) => gpuSatisfies(have, want));
