/** The storage classes as the inventory shows them: what is free of each, and why one is not sold. */
import type { Reason } from '../market/reasons.js';
import type { StorageClassFacts } from './cluster-facts.js';
import { reason } from './reasons.js';
import type { StorageClassSnapshot } from './snapshot.js';
import { bindsBlindly, classBytes } from './storage-segments.js';

export const observeStorage = (
  storageClass: StorageClassFacts,
  sellUnknown: boolean,
): StorageClassSnapshot => {
  const { name } = storageClass;
  const availableBytes = classBytes(storageClass);
  const unsellable: Reason[] = [];
  if (availableBytes === undefined && !sellUnknown) {
    const message = `nobody tells how much storage class ${name} has free: neither its driver (CSIStorageCapacity) nor the operator (inventory.storage.capacities)`;
    unsellable.push(reason('StorageCapacityUnknown', message, `storage/${name}`));
  }
  if (bindsBlindly(storageClass)) {
    const message = `storage class ${name} makes its volumes before the pod has a node, and not every node reaches them; set volumeBindingMode: WaitForFirstConsumer`;
    unsellable.push(reason('StorageBoundBlindly', message, `storage/${name}`));
  }
  return { name, availableBytes, ...(unsellable.length === 0 ? {} : { unsellable }) };
};

/** An anomaly where claims take more than the operator says that there is. */
export const overClaimed = ({ name, stated, segments }: StorageClassFacts): readonly Reason[] => {
  if (stated === undefined || (segments ?? []).length > 0) return [];
  const { capacityBytes, claimedBytes } = stated;
  if (claimedBytes <= capacityBytes) return [];
  const message = `claims take ${claimedBytes} of ${capacityBytes} bytes`;
  return [reason('StorageOverAllocated', message, `storage/${name}`)];
};
