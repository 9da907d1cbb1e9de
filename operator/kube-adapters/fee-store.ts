/** The ledger of fees as one ConfigMap in the operator's own namespace. */
import type { KubeApi } from '../../kube/api.js';
import { CONFIG_MAPS } from '../../kube/resources.js';
import type { FeeStore } from '../bidding/fee-ledger.js';

const KEY = 'fees.json';

/** @param computeProvider name of the ComputeProvider whose fees they are */
export const kubeFeeStore = (
  api: KubeApi,
  namespace: string,
  computeProvider: string,
): FeeStore => {
  const name = `berth-fees-${computeProvider}`;
  return {
    load: async () => (await api.get(CONFIG_MAPS, { name, namespace }))?.data?.[KEY],
    save: async (text) => {
      await api.apply(CONFIG_MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace },
        data: { [KEY]: text },
      });
    },
  };
};
