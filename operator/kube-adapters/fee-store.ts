/** The ledger of fees, and the updates of the record, as one ConfigMap each in the operator's own namespace. */
import type { KubeApi } from '../../kube/api.js';
import { CONFIG_MAPS } from '../../kube/resources.js';
import type { FeeStore } from '../bidding/fee-ledger.js';

const textStore = (api: KubeApi, namespace: string, name: string, key: string): FeeStore => {
  return {
    load: async () => (await api.get(CONFIG_MAPS, { name, namespace }))?.data?.[key],
    save: async (text) => {
      await api.apply(CONFIG_MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace },
        data: { [key]: text },
      });
    },
  };
};

/** @param computeProvider name of the ComputeProvider whose fees they are */
export const kubeFeeStore = (api: KubeApi, namespace: string, computeProvider: string): FeeStore =>
  textStore(api, namespace, `berth-fees-${computeProvider}`, 'fees.json');

/** @param computeProvider name of the ComputeProvider whose record on chain it is */
export const kubeRecordStore = (
  api: KubeApi,
  namespace: string,
  computeProvider: string,
): FeeStore => textStore(api, namespace, `berth-record-${computeProvider}`, 'record.json');
