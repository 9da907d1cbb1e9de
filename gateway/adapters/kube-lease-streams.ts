/** Log and events of a lease, read from its namespace. */
import { AKASH_LABELS } from '../../crds/constants.js';
import { DEPLOYMENTS, STATEFUL_SETS } from '../../kube/resources.js';
import { leaseNamespace } from '../../manifests/names.js';
import type { LeaseStreams } from '../streams.js';
import { streamEvents } from './lease-event-stream.js';
import { streamLogs } from './lease-log-stream.js';
import type { StreamAccess } from './lease-log-stream.js';

/** Needs get of pods/log, list of pods, workloads and events, and watch of events in the namespaces of leases. */
export const createKubeLeaseStreams = (access: StreamAccess): LeaseStreams => {
  const { api, ask } = access;
  const serviceNames = async (namespace: string): Promise<readonly string[]> => {
    const [deployments, statefulSets] = await ask(() =>
      Promise.all([api.list(DEPLOYMENTS, { namespace }), api.list(STATEFUL_SETS, { namespace })]),
    );
    return [...deployments.items, ...statefulSets.items].map(
      ({ metadata }) => metadata.labels?.[AKASH_LABELS.manifestService] ?? metadata.name,
    );
  };
  return {
    logs: (lease, options) => {
      const namespace = leaseNamespace(lease);
      return streamLogs(
        access,
        namespace,
        options,
        async () => (await serviceNames(namespace)).length === 0,
      );
    },
    events: (lease, options) => {
      const namespace = leaseNamespace(lease);
      return streamEvents(access, namespace, options, () => serviceNames(namespace));
    },
  };
};
