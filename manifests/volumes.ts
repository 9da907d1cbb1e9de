/** A service's volumes: in memory and on the node's disk as emptyDir, persistent ones as claim templates. */
import type { k8s } from 'cdk8s-plus-34';
import type { StorageRequest } from '../market/resources.js';
import type { ManifestService } from './manifest.js';
import { volumeName } from './names.js';
import { byteQuantity } from './quantity.js';
import { serviceResources } from './service-resources.js';
import { clusterStorageClass, splitStorage } from './storage-split.js';

const mountsOf = (
  service: ManifestService,
): NonNullable<NonNullable<ManifestService['params']>['storage']> =>
  (service.params?.storage ?? []).filter(({ mount }) => mount !== '');

/** Where the container finds the volumes that the tenant gave a path. */
export const volumeMounts = (service: ManifestService): k8s.VolumeMount[] =>
  mountsOf(service).map(({ name, mount, readOnly }) => ({
    name: volumeName(service.name, name),
    mountPath: mount,
    readOnly,
  }));

const emptyDir = (
  service: ManifestService,
  { name, quantityBytes }: StorageRequest,
  medium?: 'Memory',
): k8s.Volume => ({
  name: volumeName(service.name, name),
  emptyDir: { ...(medium && { medium }), sizeLimit: byteQuantity(quantityBytes) },
});

/** Volumes that live and die with the pod, those that are mounted; an unmounted one is the container's own disk. */
export const podVolumes = (service: ManifestService): k8s.Volume[] => {
  const mounted = new Set(mountsOf(service).map(({ name }) => name));
  const { ram, ephemeral } = splitStorage(
    serviceResources(service).storage.filter(({ name }) => mounted.has(name)),
  );
  return [
    ...ram.map((volume) => emptyDir(service, volume, 'Memory')),
    ...ephemeral.map((volume) => emptyDir(service, volume)),
  ];
};

/** One claim template per persistent volume, mounted by one pod at a time. */
export const claimTemplates = (service: ManifestService): k8s.KubePersistentVolumeClaimProps[] =>
  splitStorage(serviceResources(service).storage).persistent.map((volume) => {
    const storageClassName = clusterStorageClass(volume);
    return {
      metadata: { name: volumeName(service.name, volume.name) },
      spec: {
        accessModes: ['ReadWriteOnce'],
        volumeMode: 'Filesystem',
        ...(storageClassName !== undefined && { storageClassName }),
        resources: { requests: { storage: byteQuantity(volume.quantityBytes) } },
      },
    };
  });

/** Whether a service keeps anything beyond its pods, and so is a StatefulSet. */
export const isStateful = (service: ManifestService): boolean =>
  splitStorage(serviceResources(service).storage).persistent.length > 0;
