/** Which leadership is the latest, from the object that the operators compete for. */
import type { KubeApi } from '../../kube/api.js';
import { COORDINATION_LEASES } from '../../kube/resources.js';

/** How often the Lease has changed hands: the highest fencing token that anybody can hold; -1 while there is no Lease. */
export const latestTokenOf =
  (api: Pick<KubeApi, 'get'>, lease: { readonly namespace: string; readonly name: string }) =>
  async (): Promise<number> => {
    const found = await api.get(COORDINATION_LEASES, lease);
    return found === undefined ? -1 : (found.spec?.leaseTransitions ?? 0);
  };
