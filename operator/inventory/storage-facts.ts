/** Copies out of storage objects what the bid engine reads. */
import type {
  LabelSelectorFacts,
  StorageClassFacts,
  StorageSegmentFacts,
} from '../../bidengine/cluster-facts.js';
import { isQuantityFormatError, parseQuantity } from '../../bidengine/kube-quantity.js';
import type { Rounding } from '../../bidengine/kube-quantity.js';
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

const toSelector = (
  term: NonNullable<StorageClass['allowedTopologies']>[number],
): LabelSelectorFacts => ({
  matchExpressions: (term.matchLabelExpressions ?? []).map(({ key, values }) => ({
    ...{ key, operator: 'In', values },
  })),
});

export const toStorageClass = (object: StorageClass): StorageClassFacts => {
  const { metadata, allowedTopologies = [], volumeBindingMode = 'Immediate' } = object;
  return {
    name: metadata.name,
    availableBytes: undefined,
    everywhere: metadata.labels?.[STORAGE_NODES] !== 'labelled',
    immediate: volumeBindingMode === 'Immediate',
    ...(allowedTopologies.length === 0 ? {} : { topologies: allowedTopologies.map(toSelector) }),
  };
};

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

/** A claim of storage: what it has of its class once it is bound, what it asks for before. */
export interface ClaimFacts {
  readonly namespace: string;
  readonly className: string;
  readonly bytes: bigint;
  /** Bound claims are missing from what a driver reports as free; others are not yet. */
  readonly bound: boolean;
}

/** `undefined` for a claim of no class, or whose amount cannot be read. */
export const toClaim = ({
  metadata,
  spec,
  status,
}: PersistentVolumeClaim): ClaimFacts | undefined => {
  const className = spec.storageClassName;
  const bound = status?.phase === 'Bound';
  const size = (bound ? status.capacity : undefined) ?? spec.resources?.requests;
  const bytes = tryBytes(size?.['storage'] ?? '', 'up');
  // Its reservation then stays whole: better held twice than sold twice.
  if (className === undefined || bytes === undefined) return undefined;
  return { namespace: metadata.namespace ?? '', className, bytes, bound };
};

const tryBytes = (quantity: string, rounding: Rounding): bigint | undefined => {
  try {
    return parseQuantity(quantity, 0, rounding);
  } catch (error) {
    if (isQuantityFormatError(error)) return undefined;
    throw error;
  }
};

/** Whether a configured capacity can be read. */
export const isBytes = (quantity: string): boolean => tryBytes(quantity, 'down') !== undefined;

/** Capacities that the operator states, by class; those that cannot be read are left out (`isBytes`). */
export const statedCapacities = (
  texts: Readonly<Record<string, string>>,
): ReadonlyMap<string, bigint> =>
  new Map(
    Object.entries(texts).flatMap(([name, text]) => {
      const bytes = tryBytes(text, 'down');
      return bytes === undefined ? [] : [[name, bytes] as const];
    }),
  );

/** By class; the same amounts give the same object again, so that no node has to be read again. */
const knownStated = new WeakMap<StorageClassFacts, StorageClassFacts>();

/** Classes with what the operator states of them, less every claim of the cluster. */
export const withStated = (
  classes: readonly StorageClassFacts[],
  capacities: ReadonlyMap<string, bigint>,
  claims: readonly ClaimFacts[],
): readonly StorageClassFacts[] =>
  classes.map((storageClass) => {
    const capacityBytes = capacities.get(storageClass.name);
    if (capacityBytes === undefined) return storageClass;
    const claimedBytes = claims.reduce(
      (sum, c) => (c.className === storageClass.name ? sum + c.bytes : sum),
      0n,
    );
    const before = knownStated.get(storageClass);
    if (
      before?.stated?.capacityBytes === capacityBytes &&
      before.stated.claimedBytes === claimedBytes
    )
      return before;
    const now = { ...storageClass, stated: { capacityBytes, claimedBytes } };
    knownStated.set(storageClass, now);
    return now;
  });

/** Claims that no reservation needs to hold any more: those that are bound, and those that a stated capacity counts already. */
export const countedClaims = (
  classes: readonly StorageClassFacts[],
  claims: readonly ClaimFacts[],
): readonly ClaimFacts[] => {
  const stated = new Set(
    classes.flatMap(({ name, stated: own, segments = [] }) =>
      own === undefined || segments.length > 0 ? [] : [name],
    ),
  );
  return claims.filter((c) => c.bound || stated.has(c.className));
};

/** By class; a class with the very segments it had is the same object again, so that no node has to be read again. */
const known = new WeakMap<StorageClassFacts, StorageClassFacts>();

const sameSegments = (
  a: readonly StorageSegmentFacts[] = [],
  b: readonly StorageSegmentFacts[],
): boolean => a.length === b.length && a.every((segment, i) => segment === b[i]);

/** Classes with the free space that their drivers report. */
export const withCapacities = (
  classes: readonly StorageClassFacts[],
  capacities: readonly CapacityFacts[],
): readonly StorageClassFacts[] => {
  const byClass = new Map<string, StorageSegmentFacts[]>();
  for (const { className, segment } of capacities) {
    const segments = byClass.get(className);
    if (segments === undefined) byClass.set(className, [segment]);
    else segments.push(segment);
  }
  return classes.map((storageClass) => {
    const segments = byClass.get(storageClass.name);
    if (segments === undefined) return storageClass;
    const before = known.get(storageClass);
    if (before !== undefined && sameSegments(before.segments, segments)) return before;
    const now = { ...storageClass, segments };
    known.set(storageClass, now);
    return now;
  });
};
