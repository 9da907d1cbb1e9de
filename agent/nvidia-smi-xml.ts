/**
 * What `nvidia-smi -q -x` says of each GPU (nvsmi_device DTD v12 and later, older names where they differ). Nothing is
 * guessed: a field that is missing or `N/A` counts as no fault.
 */
import { XMLParser } from 'fast-xml-parser';
import type { DeviceReading } from '../bidengine/device-health.js';

/** Thrown for text that is no such document. */
export class NvidiaSmiFormatError extends Error {
  constructor(cause?: unknown) {
    super('the answer of nvidia-smi is no nvidia_smi_log document', { cause });
    this.name = 'NvidiaSmiFormatError';
  }
}

type Node = { readonly [name: string]: unknown };

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** The text at a path; empty where there is none. */
const textAt = (node: unknown, ...path: readonly string[]): string => {
  let at: unknown = node;
  for (const name of path) at = isNode(at) ? at[name] : undefined;
  return typeof at === 'string' ? at.trim() : '';
};

/** `16x`, `3 MiB`, `7`: the number at its beginning. */
const numberOf = (text: string): number | undefined => {
  const match = /^\d+/.exec(text);
  return match === null ? undefined : Number(match[0]);
};

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  isArray: (name) => name === 'gpu' || name === 'process_info',
});

/** Memory that a driver takes for itself, MiB; more than this in use means that somebody works on the GPU. */
const IDLE_MIB = 1_024;

const isInUse = (gpu: Node): boolean => {
  const processes = isNode(gpu['processes']) ? gpu['processes']['process_info'] : undefined;
  const used = numberOf(textAt(gpu, 'fb_memory_usage', 'used')) ?? 0;
  // Without the host's process names an agent sees no processes of others, but their memory.
  return (Array.isArray(processes) && processes.length > 0) || used > IDLE_MIB;
};

const UNCORRECTED = [
  'sram_uncorrectable',
  'sram_uncorrectable_parity',
  'sram_uncorrectable_secded',
  'dram_uncorrectable',
] as const;

const SLOWDOWNS = ['hw_slowdown', 'hw_thermal_slowdown', 'hw_power_brake_slowdown'] as const;

const isSlowedDown = (gpu: Node): boolean =>
  ['event', 'throttle'].some((word) =>
    SLOWDOWNS.some(
      (name) => textAt(gpu, `clocks_${word}_reasons`, `clocks_${word}_reason_${name}`) === 'Active',
    ),
  );

const readGpu = (gpu: Node, index: number, readAtMs: number): DeviceReading => {
  const width = (which: string): number | undefined =>
    numberOf(textAt(gpu, 'pci', 'pci_gpu_link_info', 'link_widths', which));
  const yes = (name: string): boolean => textAt(gpu, 'remapped_rows', name) === 'Yes';
  const recoveryAction = textAt(gpu, 'gpu_recovery_action');
  const [current, most] = [width('current_link_width'), width('max_link_width')];
  return {
    uuid: textAt(gpu, 'uuid'),
    index: numberOf(textAt(gpu, 'minor_number')) ?? index,
    readAtMs,
    xids: [],
    reachable: !JSON.stringify(gpu).includes('GPU is lost'),
    uncorrectedErrors: UNCORRECTED.reduce(
      (sum, name) => sum + (numberOf(textAt(gpu, 'ecc_errors', 'volatile', name)) ?? 0),
      0,
    ),
    rowRemapFailed: yes('remapped_row_failure'),
    rowRemapPending: yes('remapped_row_pending'),
    hardwareSlowdown: isSlowedDown(gpu),
    ...(current === undefined ? {} : { pcieWidth: current }),
    ...(most === undefined ? {} : { pcieWidthMost: most }),
    ...(recoveryAction === '' ? {} : { recoveryAction }),
    inUse: isInUse(gpu),
  };
};

/** One reading per GPU that has a UUID. @throws NvidiaSmiFormatError */
export const parseNvidiaSmi = (xml: string, readAtMs: number): readonly DeviceReading[] => {
  let document: unknown;
  try {
    document = parser.parse(xml);
  } catch (cause) {
    throw new NvidiaSmiFormatError(cause);
  }
  const log = isNode(document) ? document['nvidia_smi_log'] : undefined;
  if (!isNode(log)) throw new NvidiaSmiFormatError();
  const gpus: readonly unknown[] = Array.isArray(log['gpu']) ? log['gpu'] : [];
  return gpus
    .filter(isNode)
    .map((gpu, index) => readGpu(gpu, index, readAtMs))
    .filter((r) => r.uuid !== '');
};
