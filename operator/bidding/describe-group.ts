/** A group's size in words for a column. */
import { groupGpus } from '../../market/resources.js';
import type { GroupSpec } from '../../market/resources.js';

const UNITS = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const;

/** The largest binary unit that divides `bytes` exactly: 1073741824 is `1Gi`, 1500 is `1500`. */
export const formatBytes = (bytes: bigint): string => {
  let value = bytes;
  let unit = 0;
  while (value > 0n && value % 1024n === 0n && unit < UNITS.length - 1) {
    value /= 1024n;
    unit += 1;
  }
  return `${value}${UNITS[unit] ?? ''}`;
};

/** Kubernetes notation: 1500 thousandths are `1500m`, 2000 are `2`. */
export const formatMilliCpu = (milliCpu: bigint): string =>
  milliCpu % 1000n === 0n ? `${milliCpu / 1000n}` : `${milliCpu}m`;

/** Sums over all replicas of all units. */
export const describeGroup = (
  group: GroupSpec,
): { readonly gpus: number; readonly cpu: string; readonly memory: string } => {
  let milliCpu = 0n;
  let memoryBytes = 0n;
  for (const { resources, count } of group.units) {
    milliCpu += resources.cpu.milliCpu * BigInt(count);
    memoryBytes += resources.memory.quantityBytes * BigInt(count);
  }
  return {
    gpus: Number(groupGpus(group)),
    cpu: formatMilliCpu(milliCpu),
    memory: formatBytes(memoryBytes),
  };
};
