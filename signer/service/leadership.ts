/** Which leadership is the latest, from the object that the operators compete for. */
import type { KubeApi } from '../../kube/api.js';
import { COORDINATION_LEASES } from '../../kube/resources.js';

/** The count of one Lease object. An object that was deleted and made anew counts from zero, so a number alone says nothing. */
export interface Leadership {
  /** The Lease's uid; empty while there is none. Operators may not delete it, so another uid is an administrator's doing. */
  readonly lease: string;
  /** How often it has changed hands: the highest fencing token that anybody can hold; -1 while there is no Lease. */
  readonly changes: number;
}

export const latestLeadershipOf =
  (api: Pick<KubeApi, 'get'>, lease: { readonly namespace: string; readonly name: string }) =>
  async (): Promise<Leadership> => {
    const found = await api.get(COORDINATION_LEASES, lease);
    return found === undefined
      ? { lease: '', changes: -1 }
      : { lease: found.metadata.uid ?? '', changes: found.spec?.leaseTransitions ?? 0 };
  };
