/**
 * What fault monitors say about a node. NVSentinel (docs.nvidia.com/nvsentinel) taints and cordons a bad node, names its state
 * in a label and its faults in conditions; a condition without cordon means that somebody decided to keep the node, but not
 * that the GPUs it names are well.
 */
import type { Reason } from '../market/reasons.js';
import type { NodeFacts } from './cluster-facts.js';
import { reason } from './reasons.js';

const STATE_LABEL = 'dgxc.nvidia.com/nvsentinel-state';

/** Conditions about GPUs and their links: DCGM's checks begin with `Gpu`, those of the kernel log with `SysLogs`. */
const GPU_CONDITION = /^(Gpu|SysLogs)/;

/** Entities in a message: `GPU:3`, `GPU: 3`, `GPU_UUID:GPU-…`. */
const GPU_INDEX = /\bGPU:\s?(\d{1,3})\b/g;
const GPU_UUID = /\bGPU-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

/** Whether a node condition tells of a fault that concerns the inventory; all others are left out of the facts. */
export const isFaultCondition = (type: string): boolean => GPU_CONDITION.test(type);

/** Why the whole node is not for sale, by NVSentinel's label. */
export const quarantine = (node: NodeFacts): readonly Reason[] => {
  const state = node.labels[STATE_LABEL];
  if (state === undefined || state === '') return [];
  return [reason('NodeQuarantined', `NVSentinel has the node as ${state}`, STATE_LABEL)];
};

export interface ConditionFaults {
  /** GPUs that conditions name; `all` when one names none. */
  readonly gpus: number | 'all';
  readonly reasons: readonly Reason[];
}

/** What the node's conditions say of its GPUs. An index and a UUID in one message are taken for one device. */
export const conditionFaults = (node: NodeFacts): ConditionFaults => {
  const named = new Set<string>();
  let all = false;
  for (const { message } of node.faults) {
    const indices = [...message.matchAll(GPU_INDEX)].map((m) => m[1] ?? '');
    const uuids = indices.length > 0 ? [] : [...message.matchAll(GPU_UUID)].map((m) => m[0]);
    for (const device of [...indices, ...uuids]) named.add(device);
    all ||= indices.length + uuids.length === 0;
  }
  const reasons = node.faults.map(({ type, message }) =>
    reason('GpuFaultReported', `condition ${type}: ${message}`.slice(0, 500), type),
  );
  return { gpus: all ? 'all' : named.size, reasons };
};
