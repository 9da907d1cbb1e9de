/**
 * Free space by topology (storage.k8s.io/v1 CSIStorageCapacity): one segment for all nodes is an ordinary pool; several mean
 * that a volume has to be where its node is. A node then offers a class only as far as its own segment reaches.
 */
import type { LabelSelectorFacts, NodeFacts, StorageClassFacts } from './cluster-facts.js';
import type { StorageSegmentFacts } from './cluster-facts.js';
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

/** What one class has in all, `undefined` when any part of it does not tell. */
export const classBytes = ({ availableBytes, segments }: StorageClassFacts): bigint | undefined => {
  if (segments === undefined || segments.length === 0) return availableBytes;
  let sum = 0n;
  for (const segment of segments) {
    const free = segmentBytes(segment);
    if (free === undefined) return undefined;
    sum += free;
  }
  return sum;
};

const least = (a: bigint, b: bigint | undefined): bigint => (b !== undefined && b < a ? b : a);

/** The most that the segments reaching a node hold; `undefined` when none of them tells, `none` when none reaches it. */
const roomAt = (
  node: NodeFacts,
  segments: readonly StorageSegmentFacts[],
): bigint | undefined | 'none' => {
  const reaching = segments.filter((s) => selects(s.nodes, node.labels));
  if (reaching.length === 0) return 'none';
  let room: bigint | undefined;
  for (const segment of reaching) {
    const free = segmentBytes(segment);
    if (free === undefined) continue;
    const usable = least(free, bytes(segment.maximumVolumeSize));
    if (room === undefined || usable > room) room = usable;
  }
  return room;
};

export interface NodeStorage {
  readonly storageClasses: readonly string[];
  readonly storageRoom?: Readonly<Record<string, bigint>>;
}

/** Classes that a pod on this node can mount, and how much of those whose space differs by topology. */
export const storageOfNode = (
  node: NodeFacts,
  classes: readonly StorageClassFacts[],
): NodeStorage => {
  const names: string[] = [];
  const room: Record<string, bigint> = {};
  for (const { name, everywhere, segments } of classes) {
    const isNamed = !['', '0', 'false'].includes(node.labels[`${CLASS_LABEL}${name}`] ?? '');
    if (!everywhere && !isNamed) continue;
    const here =
      segments === undefined || segments.length === 0 ? undefined : roomAt(node, segments);
    if (here === 'none') continue;
    names.push(name);
    if (here !== undefined) room[name] = here;
  }
  return Object.keys(room).length === 0
    ? { storageClasses: names }
    : { storageClasses: names, storageRoom: room };
};
