/** The three lives a volume can have: in memory, on the node's disk, or beyond its pod. */
import { isPersistent, type StorageRequest, storageClassOf } from '../market/resources.js';

/** A service's or unit's volumes by kind. */
export interface StorageSplit {
  readonly ram: readonly StorageRequest[];
  readonly ephemeral: readonly StorageRequest[];
  readonly persistent: readonly StorageRequest[];
}

/** Every volume falls in exactly one part. */
export const splitStorage = (storage: readonly StorageRequest[]): StorageSplit => {
  const isRam = (volume: StorageRequest): boolean =>
    !isPersistent(volume) && storageClassOf(volume) === 'ram';
  return {
    ram: storage.filter(isRam),
    ephemeral: storage.filter((volume) => !isPersistent(volume) && !isRam(volume)),
    persistent: storage.filter(isPersistent),
  };
};

/** Bytes of all of them. */
export const totalBytes = (storage: readonly StorageRequest[]): bigint =>
  storage.reduce((sum, volume) => sum + volume.quantityBytes, 0n);

/** The storage class to ask the cluster for; `undefined` for its default one. */
export const clusterStorageClass = (volume: StorageRequest): string | undefined => {
  const named = storageClassOf(volume);
  return named === 'default' || named === 'ephemeral' ? undefined : named;
};

/** What a container may write of logs and layers when its lease bought no disk: enough to start and to log. */
export const MIN_EPHEMERAL_BYTES = 512n * 1024n * 1024n;

/** The ephemeral-storage limit of one replica. */
export const ephemeralLimit = ({ ephemeral }: StorageSplit): bigint =>
  ephemeral.length === 0 ? MIN_EPHEMERAL_BYTES : totalBytes(ephemeral);
