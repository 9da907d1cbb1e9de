/** What the API server tells. */
import { isPricingPolicyError } from '../../../../bidengine/parse-fields.js';
import { parsePricingPolicy } from '../../../../bidengine/parse-pricing-policy.js';
import { buildSnapshot } from '../../../../bidengine/inventory.js';
import { podFactsOf, toNodeFacts } from '../../../../bidengine/kube-facts.js';
import { OBSERVE_DEFAULTS } from '../../../../bidengine/observe-node.js';
import { isQuantityFormatError, parseQuantity } from '../../../../bidengine/kube-quantity.js';
import type { InventorySnapshot } from '../../../../bidengine/snapshot.js';
import type { ComputeProvider, PricingPolicy } from '../../../../crds/generated/types.js';
import type { KubeApi } from '../../../../kube/api.js';
import type { CsiStorageCapacity, Node, Pod, StorageClass } from '../../../../kube/core-objects.js';
import {
  ADMISSION_POLICY_BINDINGS,
  COMPUTE_PROVIDERS,
  COORDINATION_LEASES,
  CSI_STORAGE_CAPACITIES,
  CUSTOM_RESOURCE_DEFINITIONS,
  INGRESS_CLASSES,
  matchLabels,
  NAMESPACES,
  NODES,
  PODS,
  PRICING_POLICIES,
  RUNTIME_CLASSES,
  STORAGE_CLASSES,
} from '../../../../kube/resources.js';
import type { Resource } from '../../../../kube/resources.js';
import { GROUP, OPERATOR_LEASE } from '../../../../crds/constants.js';
import type { KubeObject } from '../../../../crds/object.js';
import { fieldsOf } from '../crd-fields.js';
import type {
  DoctorFacts,
  Installation,
  Known,
  PodPeer,
  PriceBook,
  StorageClassFact,
} from '../facts.js';
import { attempt } from './attempt.js';

type Reader = Pick<KubeApi, 'get' | 'list'>;

const all = <T extends KubeObject>(
  api: Reader,
  resource: Resource<T>,
): Promise<Known<readonly T[]>> => attempt(async () => (await api.list(resource)).items);

const names = async (api: Reader, resource: Resource): Promise<Known<readonly string[]>> => {
  const objects = await all(api, resource);
  return objects.known
    ? { known: true, value: objects.value.map((o) => o.metadata.name) }
    : objects;
};

const findProvider = (api: Reader, name: string): Promise<Known<ComputeProvider | undefined>> =>
  attempt(() => api.get(COMPUTE_PROVIDERS, { name }));

const priceBook = ({ metadata, spec }: PricingPolicy): PriceBook => {
  const { name, labels = {} } = metadata;
  try {
    return { name, labels, policy: parsePricingPolicy(name, spec), fault: undefined };
  } catch (error) {
    if (!isPricingPolicyError(error)) throw error;
    return { name, labels, policy: undefined, fault: error.message };
  }
};

const bytesOf = (quantity: string | undefined): bigint | undefined => {
  if (quantity === undefined) return undefined;
  try {
    return parseQuantity(quantity, 0, 'down');
  } catch (error) {
    if (isQuantityFormatError(error)) return undefined;
    throw error;
  }
};

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

const storageFacts = (
  classes: readonly StorageClass[],
  capacities: readonly CsiStorageCapacity[],
): readonly StorageClassFact[] =>
  classes.map(({ metadata }) => {
    const sizes = capacities
      .filter((c) => c.storageClassName === metadata.name && c.nodeTopology !== undefined)
      .map((c) => bytesOf(c.capacity));
    const told = sizes.filter((s) => s !== undefined);
    return {
      name: metadata.name,
      isDefault: metadata.annotations?.[DEFAULT_CLASS] === 'true',
      availableBytes: told.length === 0 ? undefined : told.reduce((sum, s) => sum + s, 0n),
    };
  });

const snapshotOf = (
  nodes: readonly Node[],
  pods: readonly Pod[],
  classes: readonly StorageClassFact[],
  { nodeSelector }: Installation,
  nowMs: number,
): InventorySnapshot =>
  buildSnapshot(
    {
      nodes: nodes.map(toNodeFacts),
      pods: pods.map((p) => podFactsOf(p, undefined)),
      storageClasses: classes.map(({ name, availableBytes }) => ({
        ...{ name, availableBytes, everywhere: true },
      })),
      volumes: [],
      leasedIps: { available: 0, assigned: [] },
    },
    [],
    nowMs,
    { ...OBSERVE_DEFAULTS, requiredLabels: nodeSelector },
  );

const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;

/** Pods that a peer's labels select. */
export const podsOf = async (
  api: Reader,
  { namespaceLabels, podLabels }: PodPeer,
): Promise<readonly Pod[]> => {
  const { items } = await api.list(NAMESPACES, { labelSelector: matchLabels(namespaceLabels) });
  const pods = await Promise.all(
    items.map(({ metadata }) =>
      api.list(PODS, { namespace: metadata.name, labelSelector: matchLabels(podLabels) }),
    ),
  );
  return pods.flatMap((p) => p.items);
};

/** kubelets renew their node's Lease here. */
const NODE_LEASES = 'kube-node-lease';

type ClusterFacts = Pick<
  DoctorFacts,
  | 'provider'
  | 'crds'
  | 'nodes'
  | 'snapshot'
  | 'runtimeClasses'
  | 'ingressClasses'
  | 'storageClasses'
  | 'dnsPodsReady'
  | 'heartbeats'
  | 'admissionPolicies'
  | 'priceBooks'
  | 'leaderLease'
>;

export const gatherCluster = async (
  api: Reader,
  installation: Installation,
  providerName: string,
  nowMs: number,
): Promise<ClusterFacts> => {
  const [nodes, pods, classes, capacities] = await Promise.all([
    all(api, NODES),
    all(api, PODS),
    all(api, STORAGE_CLASSES),
    all(api, CSI_STORAGE_CAPACITIES),
  ]);
  const storageClasses: ClusterFacts['storageClasses'] = !classes.known
    ? classes
    : { known: true, value: storageFacts(classes.value, capacities.known ? capacities.value : []) };
  const snapshot: ClusterFacts['snapshot'] = !nodes.known
    ? nodes
    : !pods.known
      ? pods
      : !storageClasses.known
        ? storageClasses
        : {
            known: true,
            value: snapshotOf(nodes.value, pods.value, storageClasses.value, installation, nowMs),
          };
  return {
    ...{ nodes, snapshot, storageClasses },
    provider: await findProvider(api, providerName),
    crds: await attempt(async () =>
      (await api.list(CUSTOM_RESOURCE_DEFINITIONS)).items
        .filter((c) => c.metadata.name.endsWith(`.${GROUP}`))
        .map(({ metadata, spec }) => ({
          name: metadata.name,
          versions: spec.versions
            .filter((v) => v.served)
            .map((v) => ({ name: v.name, fields: fieldsOf(v.schema?.openAPIV3Schema ?? {}) })),
        })),
    ),
    runtimeClasses: await names(api, RUNTIME_CLASSES),
    ingressClasses: await names(api, INGRESS_CLASSES),
    dnsPodsReady: await attempt(
      async () => (await podsOf(api, installation.dnsPods)).filter(isReady).length,
    ),
    heartbeats: await attempt(async () =>
      (await api.list(COORDINATION_LEASES, { namespace: NODE_LEASES })).items.flatMap(
        ({ metadata, spec }) =>
          spec?.renewTime === undefined
            ? []
            : [{ node: metadata.name, atMs: Date.parse(spec.renewTime) }],
      ),
    ),
    admissionPolicies: await attempt(async () =>
      (await api.list(ADMISSION_POLICY_BINDINGS)).items.map((b) => b.spec.policyName),
    ),
    priceBooks: await attempt(async () => (await api.list(PRICING_POLICIES)).items.map(priceBook)),
    leaderLease: await attempt(() =>
      api.get(COORDINATION_LEASES, {
        ...{ name: OPERATOR_LEASE, namespace: installation.stateNamespace },
      }),
    ),
  };
};
