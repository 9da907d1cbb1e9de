/**
 * Keeps on each node the labels that tenants' pods are scheduled by (`akash.network`, GPU model, memory, interface), as the
 * node's own GPU-feature-discovery labels say. The counts follow what is allocatable; a tainted node gets none.
 */
import type { InventorySnapshot, NodeSnapshot } from '../../bidengine/snapshot.js';
import { NODE_LABEL_MANAGER } from '../../crds/constants.js';
import type { KubeApi } from '../../kube/api.js';
import { isKubeConflict, isKubeNotFound } from '../../kube/errors.js';
import { NODES } from '../../kube/resources.js';
import { LEASE_NODE_PREFIX, MANAGED, nodeLabels } from '../../manifests/labels.js';
import type { GpuModel } from '../../market/gpu.js';
import type { WatchedNode } from './node-facts.js';

export type Labels = Readonly<Record<string, string>>;

const times = (count: bigint, model: GpuModel): readonly GpuModel[] =>
  Array.from({ length: Number(count) }, () => model);

/** The labels that a node should bear; GPUs that may not be sold are not counted. */
export const wantedLabels = (
  node: NodeSnapshot,
  openFor: ReadonlySet<string> = new Set(),
): Labels => {
  const { gpu } = node;
  const whole = gpu === undefined ? [] : times(node.allocatable.gpus, gpu.model);
  const parts = node.slices.flatMap(({ resourceName, model }) =>
    times(node.allocatable.slices?.[resourceName] ?? 0n, model),
  );
  return {
    ...nodeLabels({ gpus: [...whole, ...parts], storageClasses: node.storageClasses }),
    ...Object.fromEntries(
      [...openFor].sort().map((space) => [`${LEASE_NODE_PREFIX}${space}`, 'true']),
    ),
  };
};

/** Labels for one very node. */
export interface PlannedLabels {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Nodes whose labels differ from the wanted ones. Cordoned or sick nodes keep theirs: their leases go on. A node that the
 * operator's selector leaves out loses ours, so that no new pod is placed on it; those that run there are not touched.
 */
export const planNodeLabels = (
  snapshot: InventorySnapshot,
  nodes: readonly WatchedNode[],
  open: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): readonly PlannedLabels[] => {
  const present = new Map(nodes.map((n) => [n.facts.name, n]));
  return snapshot.nodes.flatMap((node) => {
    const now = present.get(node.name);
    if (now === undefined) return [];
    const has = (code: string): boolean => node.unsellable.some((r) => r.code === code);
    if (has('NodeNotSelected'))
      return now.facts.labels[MANAGED] === undefined
        ? []
        : [{ name: node.name, uid: now.uid, labels: {} }];
    if (has('NodeTainted')) return [];
    const labels = wantedLabels(node, open.get(node.name));
    const isClosed = Object.keys(now.facts.labels).every(
      (key) => !key.startsWith(LEASE_NODE_PREFIX) || key in labels,
    );
    return isClosed && Object.entries(labels).every(([k, v]) => now.facts.labels[k] === v)
      ? []
      : [{ name: node.name, uid: now.uid, labels }];
  });
};

/** Applies what `planNodeLabels` found, to those very nodes: applying to one that is gone would bring it back. @throws KubeError */
export const applyNodeLabels = async (
  api: Pick<KubeApi, 'apply'>,
  plan: readonly PlannedLabels[],
): Promise<void> => {
  for (const { name, uid, labels } of plan) {
    try {
      await api.apply(
        NODES,
        { apiVersion: 'v1', kind: 'Node', metadata: { name, uid, labels } },
        { fieldManager: NODE_LABEL_MANAGER },
      );
    } catch (error) {
      if (!isKubeConflict(error) && !isKubeNotFound(error)) throw error;
    }
  }
};
