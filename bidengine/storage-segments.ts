/**
 * Free space by topology (storage.k8s.io/v1 CSIStorageCapacity): one segment for all nodes is an ordinary pool; several mean
 * that a volume has to be where its node is. A node then offers a class only as far as its own segment reaches.
 */
import type { LabelSelectorFacts, NodeFacts, StorageClassFacts } from './cluster-facts.js';
import type { StorageSegmentFacts } from './cluster-facts.js';
import type { SegmentRoom } from './snapshot.js';
import { isQuantityFormatError, parseQuantity } from './kube-quantity.js';

const CLASS_LABEL = 'akash.network/capabilities.storage.class.';

type Labels = NodeFacts['labels'];
type Expression = NonNullable<LabelSelectorFacts['matchExpressions']>[number];

const holds = (labels: Labels, { key, operator, values = [] }: Expression): boolean => {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
};

/** Whether a label selector takes a node (metav1.LabelSelector); an operator that is not known takes none. */
export const selects = (selector: LabelSelectorFacts, labels: Labels): boolean =>
  Object.entries(selector.matchLabels ?? {}).every(([k, v]) => labels[k] === v) &&
  (selector.matchExpressions ?? []).every((e) => holds(labels, e));

const bytes = (quantity: string | undefined): bigint | undefined => {
  if (quantity === undefined) return undefined;
  try {
    return parseQuantity(quantity, 0, 'down');
  } catch (error) {
    if (isQuantityFormatError(error)) return undefined;
    throw error;
  }
};

/** Free bytes of a segment, `undefined` when it does not tell. */
export const segmentBytes = (segment: StorageSegmentFacts): bigint | undefined =>
  bytes(segment.capacity);

const less = (a: bigint, b: bigint): bigint => (a > b ? a - b : 0n);

/** What one class has free in all, `undefined` when any part of it does not tell. */
export const classBytes = (storageClass: StorageClassFacts): bigint | undefined => {
  const { availableBytes, stated, segments } = storageClass;
  if (segments === undefined || segments.length === 0)
    return stated === undefined ? availableBytes : less(stated.capacityBytes, stated.claimedBytes);
  let sum = 0n;
  for (const segment of segments) {
    const free = segmentBytes(segment);
    if (free === undefined) return undefined;
    sum += free;
  }
  return sum;
};

/** A segment with its room, read once; without one it does not tell. */
interface IndexedSegment {
  readonly segment: StorageSegmentFacts;
  readonly room: SegmentRoom | undefined;
}

const readSegment = (segment: StorageSegmentFacts): IndexedSegment => {
  const freeBytes = segmentBytes(segment);
  if (freeBytes === undefined) return { segment, room: undefined };
  const largestVolumeBytes = bytes(segment.maximumVolumeSize);
  const room = { segment: JSON.stringify(segment.nodes), freeBytes };
  return {
    segment,
    room: largestVolumeBytes === undefined ? room : { ...room, largestVolumeBytes },
  };
};

/** Segments by one label that their nodes must bear, so that a node asks about its own instead of every node's. */
interface SegmentIndex {
  readonly byLabel: ReadonlyMap<string, ReadonlyMap<string, readonly IndexedSegment[]>>;
  /** Without such a label. */
  readonly others: readonly IndexedSegment[];
}

const indexes = new WeakMap<readonly StorageSegmentFacts[], SegmentIndex>();

const indexOf = (segments: readonly StorageSegmentFacts[]): SegmentIndex => {
  const known = indexes.get(segments);
  if (known !== undefined) return known;
  const byLabel = new Map<string, Map<string, IndexedSegment[]>>();
  const others: IndexedSegment[] = [];
  for (const segment of segments) {
    const [label] = Object.entries(segment.nodes.matchLabels ?? {});
    if (label === undefined) {
      others.push(readSegment(segment));
      continue;
    }
    const [key, value] = label;
    const values = byLabel.get(key) ?? new Map<string, IndexedSegment[]>();
    const same = values.get(value);
    if (same === undefined) values.set(value, [readSegment(segment)]);
    else same.push(readSegment(segment));
    byLabel.set(key, values);
  }
  const index = { byLabel, others };
  indexes.set(segments, index);
  return index;
};

/** The part with most room that reaches the node; `undefined` when none of them tells, `none` when none reaches it. */
const roomAt = (
  node: NodeFacts,
  segments: readonly StorageSegmentFacts[],
): SegmentRoom | undefined | 'none' => {
  const { byLabel, others } = indexOf(segments);
  const near = [...byLabel].flatMap(([key, values]) => values.get(node.labels[key] ?? '') ?? []);
  const reaching = [...near, ...others].filter((s) => selects(s.segment.nodes, node.labels));
  if (reaching.length === 0) return 'none';
  let most: SegmentRoom | undefined;
  for (const { room } of reaching)
    if (room !== undefined && (most === undefined || room.freeBytes > most.freeBytes)) most = room;
  return most;
};

export interface NodeStorage {
  readonly storageClasses: readonly string[];
  readonly storageRoom?: Readonly<Record<string, SegmentRoom>>;
}

const isNamed = (node: NodeFacts, name: string): boolean =>
  !['', '0', 'false'].includes(node.labels[`${CLASS_LABEL}${name}`] ?? '');

/** Whether volumes of the class can be made for, and mounted on, the node at all. */
const reaches = (node: NodeFacts, { name, everywhere, topologies }: StorageClassFacts): boolean =>
  (everywhere || isNamed(node, name)) &&
  (topologies === undefined || topologies.some((t) => selects(t, node.labels)));

/**
 * Classes that a pod on this node can mount, and how much of those whose space differs by topology. A class that makes its
 * volumes before a node is chosen is offered only where every node reaches them.
 */
export const storageOfNode = (
  node: NodeFacts,
  classes: readonly StorageClassFacts[],
): NodeStorage => {
  const names: string[] = [];
  const room: Record<string, SegmentRoom> = {};
  for (const storageClass of classes) {
    const { name, segments = [] } = storageClass;
    if (bindsBlindly(storageClass) || !reaches(node, storageClass)) continue;
    const here = segments.length === 0 ? undefined : roomAt(node, segments);
    if (here === 'none') continue;
    names.push(name);
    if (here !== undefined) room[name] = here;
  }
  return Object.keys(room).length === 0
    ? { storageClasses: names }
    : { storageClasses: names, storageRoom: room };
};

const takesAll = ({ matchLabels = {}, matchExpressions = [] }: LabelSelectorFacts): boolean =>
  Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;

/** Whether a volume may be made where the pod's node cannot reach it: bound at once, and not mountable everywhere. */
export const bindsBlindly = ({
  immediate = false,
  everywhere,
  topologies,
  segments = [],
}: StorageClassFacts): boolean =>
  immediate &&
  (!everywhere || topologies !== undefined || segments.some(({ nodes }) => !takesAll(nodes)));
