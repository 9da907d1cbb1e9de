/** Tells tenants whose pods have GPUs on a node that one of its GPUs is ill. A running lease is never closed for it. */
import type { DeviceHealth } from '../../bidengine/device-health.js';
import type { Observation } from '../../crds/conditions.js';
import type { OperatorEvents } from '../events.js';
import type { GpuPod } from '../inventory/inventory-view.js';
import type { DeviceChange } from './gpu-health.js';

const NOT_KNOWN =
  'Which pod has it is not known; what runs is left alone, and new pods are not placed on it.';

/** Where tenants look for Events: their own pods. */
export const tellTenants = (
  events: OperatorEvents,
  { node, before, after }: DeviceChange,
  pods: readonly GpuPod[],
): void => {
  const fell = after.state === 'draining' || after.state === 'quarantined';
  const rose = after.state === 'healthy' && before === 'back';
  if ((!fell && !rose) || before === 'quarantined') return;
  const why = after.why?.message ?? `GPU ${after.index} (${after.uuid})`;
  const event = fell
    ? { type: 'Warning' as const, reason: 'GpuIll', note: `Node ${node}: ${why}. ${NOT_KNOWN}` }
    : { type: 'Normal' as const, reason: 'GpuBack', note: `Node ${node}: ${why} is well again.` };
  for (const { namespace, name, uid } of pods) {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, uid } };
    events.record(pod, { ...event, action: 'WatchDevices' });
  }
};

/** What is known of the GPUs on one node where a lease has some. */
export interface NodeOfLease {
  readonly node: string;
  readonly ill: readonly DeviceHealth[];
  /** GPUs that the lease has there, and that the machine has. */
  readonly gpus: bigint;
  readonly gpusOfNode: bigint;
}

/**
 * Condition `GpusHealthy` of a lease. Who has all GPUs of a machine has the ill one; for others it is not known, since the
 * kubelet gives devices without telling.
 */
export const gpusHealthy = (nodes: readonly NodeOfLease[]): Observation | undefined => {
  if (nodes.length === 0) return undefined;
  const type = 'GpusHealthy';
  const ill = nodes.filter((n) => n.ill.length > 0);
  if (ill.length === 0)
    return {
      type,
      status: 'True',
      reason: 'NoneIll',
      message: 'No GPU in use is known to be ill.',
    };
  const why = ill.flatMap((n) => n.ill.map((d) => `node ${n.node}: ${d.why?.message ?? d.uuid}`));
  const sure = ill.some((n) => n.gpus >= n.gpusOfNode);
  return {
    ...{ type, status: sure ? 'False' : 'Unknown', reason: 'GpuIll' },
    message: `${why.join('; ')}. ${sure ? 'What runs is left alone.' : NOT_KNOWN}`.slice(0, 900),
  };
};
