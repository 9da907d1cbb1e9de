/** Tells tenants that a node of theirs is being emptied, where they look: Events on their own pods. */
import { createHash } from 'node:crypto';
import type { KubeApi } from '../../../kube/api.js';
import { eventObject, referenceTo } from '../../../kube/event-record.js';
import { EVENTS } from '../../../kube/resources.js';
import type { Drain, LeaseOnNode } from './plan.js';

/** The same Event however often the command runs: named after the pod and what is told. */
const nameOf = (uid: string, note: string): string =>
  `berth-drain-${createHash('sha256').update(`${uid} ${note}`).digest('hex').slice(0, 16)}`;

/** @throws KubeError */
export const tellTenants = async (
  api: Pick<KubeApi, 'apply'>,
  node: string,
  { since, until, reason }: Drain,
  leases: readonly LeaseOnNode[],
): Promise<void> => {
  const why = reason === '' ? '' : ` (${reason})`;
  const note = `Node ${node} is to be empty by ${until}${why}. What runs goes on; deploy anew elsewhere before then.`;
  const atMs = Date.parse(since);
  for (const pod of leases.flatMap((l) => l.pods)) {
    const happening = {
      ...{ regarding: referenceTo(pod), type: 'Warning' as const, note },
      ...{ reason: 'NodeDraining', action: 'Drain' },
    };
    const name = nameOf(pod.metadata.uid ?? pod.metadata.name, note);
    const occurrence = { happening, name, firstMs: atMs, lastMs: atMs, count: 1 };
    await api.apply(
      EVENTS,
      eventObject(occurrence, { controller: 'berth.dev/drain', instance: 'berth' }),
    );
  }
};
