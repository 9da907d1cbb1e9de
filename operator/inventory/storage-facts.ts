/** Copies out of storage objects what the bid engine reads. */
import type { StorageClassFacts, StorageSegmentFacts } from '../../bidengine/cluster-facts.js';
import { isQuantityFormatError, parseQuantity } from '../../bidengine/kube-quantity.js';
import type {
  CsiStorageCapacity,
  PersistentVolumeClaim,
  StorageClass,
} from '../../kube/core-objects.js';

/**
 * Label of a StorageClass: `labelled` when only nodes that say so (`akash.network/capabilities.storage.class.<name>`, set by
 * the operator of the cluster) can mount its volumes; without it every node can.
 */
const STORAGE_NODES = 'berth.dev/storage-nodes';

export const toStorageClass = ({ metadata }: StorageClass): StorageClassFacts => ({
  name: metadata.name,
  availableBytes: undefined,
  everywhere: metadata.labels?.[STORAGE_NODES] !== 'labelled',
});

/** Free space of one class for the nodes of one topology. */
export interface CapacityFacts {
  readonly className: string;
  readonly segment: StorageSegmentFacts;
}

/** `undefined` where no node reaches it: without a topology the API means none at all. */
export const toCapacity = (object: CsiStorageCapacity): CapacityFacts | undefined => {
  const { storageClassName, nodeTopology, capacity, maximumVolumeSize } = object;
  if (nodeTopology === undefined) return undefined;
  return {
    className: storageClassName,
    segment: { nodes: nodeTopology, capacity, maximumVolumeSize },
  };
};

/** A claim's volume, once it is bound: its space is no longer part of what is free. */
export interface VolumeOfNamespace {
  readonly namespace: string;
  readonly className: string;
  readonly bytes: bigint;
}

export const toVolume = (claim: PersistentVolumeClaim): VolumeOfNamespace | undefined => {
  const className = claim.spec.storageClassName;
  const size = claim.status?.capacity?.['storage'];
  if (claim.status?.phase !== 'Bound' || className === undefined || size === undefined)
    return undefined;
  try {
    return {
      namespace: claim.metadata.namespace ?? '',
      className,
      bytes: parseQuantity(size, 0, 'up'),
    };
  } catch (error) {
    // Its reservation then stays whole: better held twice than sold twice.
    if (isQuantityFormatError(error)) return undefined;
    throw error;
  }
};

/** Classes with the free space that their drivers report. */
export const withCapacities = (
  classes: readonly StorageClassFacts[],
  capacities: readonly CapacityFacts[],
): readonly StorageClassFacts[] =>
  classes.map((storageClass) => {
    const segments = capacities
      .filter((c) => c.className === storageClass.name)
      .map((c) => c.segment);
    return segments.length === 0 ? storageClass : { ...storageClass, segments };
  });
