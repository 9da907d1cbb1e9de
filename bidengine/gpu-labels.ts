/**
 * GPU model of a node from its labels: GPU-feature-discovery's product and memory where present, else the Akash provider's
 * own labels. Labels only name the model; how many GPUs there are always comes from `status`, so nothing counts twice.
 * Label catalogue: NVIDIA/k8s-device-plugin, docs/gpu-feature-discovery. Names: akash-network/provider-configs, devices.
 */
import { isSlice } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import { profileInProduct, sliceOf } from './mig.js';

export type Labels = Readonly<Record<string, string>>;

export type GpuLabels =
  | { readonly kind: 'none' }
  | { readonly kind: 'model'; readonly model: GpuModel }
  /** The labels name several models, and nothing tells which device is which. */
  | { readonly kind: 'mixed'; readonly models: readonly string[] };

/** Sizes in GiB under which GPUs are sold; drivers report a little less (reserved memory, ECC). */
const MARKETED_GIB = [
  1, 2, 3, 4, 5, 6, 8, 10, 11, 12, 16, 20, 24, 32, 40, 48, 64, 80, 94, 96, 141, 144, 180, 192, 288,
];
/** A report may exceed the marketed size by rounding only. */
const TOLERANCE_GIB = 0.25;

/** `81559` MiB is a card of `80Gi`: the smallest marketed size that holds what is reported. */
export const marketedRam = (memoryMib: number): string => {
  const gib = memoryMib / 1024;
  const size = MARKETED_GIB.find((s) => s + TOLERANCE_GIB >= gib);
  return `${size ?? Math.ceil(gib)}Gi`;
};

/** Brand words and editions that Akash's names leave out. */
const DROPPED = new Set([
  'nvidia',
  'tesla',
  'geforce',
  'quadro',
  'generation',
  'edition',
  'gpu',
  'ac',
  'nvl',
]);
const MEMORY_TYPE = /^hbm\d?e?$/;
const MEMORY_SIZE = /^(\d+)gb$/;
const SXM = /^(sxm\d?|dgxs)$/;
const PCIE = /^(pcie|nvl|fhhl)$/;

/** Models sold on SXM boards only, where the product name does not say so; H100 and H800 say PCIe when they are. */
const SXM_ONLY = /^(h100|h800|h20|h200|b100|b200|b300|gb200|gb300)$/;
/** Families that exist as PCIe cards only. */
const PCIE_ONLY =
  /^(rtx|gtx|gt|mx|titan)|^(t4|t4g|t10|l2|l4|l20|l40|l40s|l40g|a2|a10|a10g|a16|a30|a40|p4|p40|m4|m40|m60|k80)$|^[kmp]\d{4}$/;

const interfaceOf = (words: readonly string[], model: string): string | undefined => {
  if (words.some((w) => PCIE.test(w))) return 'pcie';
  if (words.some((w) => SXM.test(w))) return 'sxm';
  if (SXM_ONLY.test(model)) return 'sxm';
  return PCIE_ONLY.test(model) ? 'pcie' : undefined;
};

/** A Grace superchip's product names the size of the CPU's memory, not the GPU's. */
const namesCpuMemory = (model: string): boolean => model.startsWith('gh');

/** Product text such as `NVIDIA-A100-SXM4-80GB`, without `-SHARED` and `-MIG-…`, as words. */
const wordsOf = (product: string): readonly string[] =>
  product
    .toLowerCase()
    .replace(/-shared$/, '')
    .replace(/-mig-.*$/, '')
    .split(/[\s-]+/)
    .filter((w) => w !== '');

/**
 * The model that a product text names, with the memory that is reported; `undefined` when no word is left. A MIG product
 * gives the model of its slices.
 */
export const modelOfProduct = (
  product: string,
  memoryMib: string | undefined,
): GpuModel | undefined => {
  const profile = profileInProduct(product);
  const whole = wholeOfProduct(product, profile === undefined ? memoryMib : undefined);
  return whole === undefined || profile === undefined ? whole : sliceOf(whole, profile);
};

const wholeOfProduct = (product: string, memory: string | undefined): GpuModel | undefined => {
  const words = wordsOf(product);
  const isPart = (w: string): boolean =>
    !DROPPED.has(w) && ![MEMORY_TYPE, MEMORY_SIZE, SXM, PCIE].some((form) => form.test(w));
  const model = words
    .filter(isPart)
    .join('')
    .replace(/[^a-z0-9]/g, '');
  if (model === '') return undefined;
  const named = words.map((w) => MEMORY_SIZE.exec(w)?.[1]).find((m) => m !== undefined);
  const reported = memory !== undefined && /^\d{1,9}$/.test(memory) ? Number(memory) : 0;
  const ofName = named === undefined || namesCpuMemory(model) ? undefined : `${named}Gi`;
  return {
    vendor: 'nvidia',
    model,
    ram: reported > 0 ? marketedRam(reported) : ofName,
    interface: interfaceOf(words, model),
  };
};

const AKASH =
  /^akash\.network\/capabilities\.gpu\.vendor\.nvidia\.model\.([^.]+)(?:\.ram\.([^.]+))?(?:\.interface\.([^.]+))?$/;

const only = (values: ReadonlySet<string>): string | undefined =>
  values.size === 1 ? [...values][0] : undefined;

/** The Akash provider writes up to four labels for one model (with and without ram and interface): they are one. */
const fromAkash = (labels: Labels): GpuLabels => {
  const models = new Map<string, { rams: Set<string>; interfaces: Set<string> }>();
  for (const [label, value] of Object.entries(labels)) {
    const match = AKASH.exec(label);
    if (match === null || ['', '0', 'false'].includes(value)) continue;
    const [, model = '', ram, iface] = match;
    const parts = models.get(model) ?? { rams: new Set(), interfaces: new Set() };
    if (ram !== undefined) parts.rams.add(ram);
    if (iface !== undefined) parts.interfaces.add(iface.toLowerCase().replace(/^sxm.*$/, 'sxm'));
    models.set(model, parts);
  }
  // Labels of our own name slices beside the GPU they are cut from; that is one model, not two.
  const whole = [...models].filter(([model]) => !isSlice({ model }));
  const [first, ...others] = whole.length > 0 ? whole : [...models];
  if (first === undefined) return { kind: 'none' };
  if (others.length > 0) return { kind: 'mixed', models: [...models.keys()].sort() };
  const [model, { rams, interfaces }] = first;
  return {
    kind: 'model',
    model: { vendor: 'nvidia', model, ram: only(rams), interface: only(interfaces) },
  };
};

/** What the labels say about the GPUs of a node; an unknown product gets a name derived from its words. */
export const gpuOfLabels = (labels: Labels): GpuLabels => {
  const product = labels['nvidia.com/gpu.product'];
  if (product !== undefined) {
    const model = modelOfProduct(product, labels['nvidia.com/gpu.memory']);
    if (model !== undefined) return { kind: 'model', model };
  }
  return fromAkash(labels);
};

/** Whether several pods get the same GPU: a time slice or an MPS share is never a whole GPU. */
export const isShared = (labels: Labels): boolean => {
  const strategy = labels['nvidia.com/gpu.sharing-strategy'] ?? 'none';
  const replicas = labels['nvidia.com/gpu.replicas'] ?? '1';
  const product = labels['nvidia.com/gpu.product'] ?? '';
  return strategy !== 'none' || !['', '0', '1'].includes(replicas) || product.endsWith('-SHARED');
};
