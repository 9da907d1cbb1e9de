/** The resources Berth speaks of, and where the API server keeps them. */
import { GROUP, RESOURCES, VERSION } from '../crds/constants.js';
import type { Bid, ComputeLease, ComputeProvider, PricingPolicy } from '../crds/generated/types.js';
import type { KubeObject } from '../crds/object.js';
import type {
  AdmissionPolicyBinding,
  ConfigMap,
  CoordinationLease,
  CsiStorageCapacity,
  CustomResourceDefinition,
  Deployment,
  DeviceClass,
  KubeEvent,
  Namespace,
  Node,
  PersistentVolumeClaim,
  Pod,
  ResourceClaim,
  ResourceSlice,
  Secret,
  Service,
  StatefulSet,
  StorageClass,
  SubjectAccessReview,
  TokenReview,
} from './core-objects.js';

/** A kind of object and its place in the API; `T` is what reading it yields. */
export interface Resource<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Never set: carries the type only. */
  readonly type?: T;
}

const define = <T extends KubeObject = KubeObject>(
  apiVersion: string,
  kind: string,
  plural: string,
  namespaced = true,
): Resource<T> => {
  const [group = '', version = ''] = apiVersion.includes('/')
    ? apiVersion.split('/')
    : ['', apiVersion];
  return { group, version, kind, plural, namespaced };
};

const ours = <T extends KubeObject>(kind: keyof typeof RESOURCES): Resource<T> => ({
  group: GROUP,
  version: VERSION,
  kind,
  plural: RESOURCES[kind],
  namespaced: false,
});

export const COMPUTE_PROVIDERS = ours<ComputeProvider>('ComputeProvider');
export const PRICING_POLICIES = ours<PricingPolicy>('PricingPolicy');
export const BIDS = ours<Bid>('Bid');
export const COMPUTE_LEASES = ours<ComputeLease>('ComputeLease');

export const NAMESPACES = define<Namespace>('v1', 'Namespace', 'namespaces', false);
export const NODES = define<Node>('v1', 'Node', 'nodes', false);
export const PODS = define<Pod>('v1', 'Pod', 'pods');
export const SECRETS = define<Secret>('v1', 'Secret', 'secrets');
export const CONFIG_MAPS = define<ConfigMap>('v1', 'ConfigMap', 'configmaps');
export const SERVICES = define<Service>('v1', 'Service', 'services');
export const SERVICE_ACCOUNTS = define('v1', 'ServiceAccount', 'serviceaccounts');
export const PERSISTENT_VOLUME_CLAIMS = define<PersistentVolumeClaim>(
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
);
export const RESOURCE_QUOTAS = define('v1', 'ResourceQuota', 'resourcequotas');
export const LIMIT_RANGES = define('v1', 'LimitRange', 'limitranges');
export const DEPLOYMENTS = define<Deployment>('apps/v1', 'Deployment', 'deployments');
export const STATEFUL_SETS = define<StatefulSet>('apps/v1', 'StatefulSet', 'statefulsets');
export const INGRESSES = define('networking.k8s.io/v1', 'Ingress', 'ingresses');
export const INGRESS_CLASSES = define(
  'networking.k8s.io/v1',
  'IngressClass',
  'ingressclasses',
  false,
);
export const NETWORK_POLICIES = define('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies');
export const ROLES = define('rbac.authorization.k8s.io/v1', 'Role', 'roles');
export const ROLE_BINDINGS = define('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings');
export const RUNTIME_CLASSES = define('node.k8s.io/v1', 'RuntimeClass', 'runtimeclasses', false);
export const STORAGE_CLASSES = define<StorageClass>(
  'storage.k8s.io/v1',
  'StorageClass',
  'storageclasses',
  false,
);
export const CSI_STORAGE_CAPACITIES = define<CsiStorageCapacity>(
  'storage.k8s.io/v1',
  'CSIStorageCapacity',
  'csistoragecapacities',
);
export const RESOURCE_SLICES = define<ResourceSlice>(
  'resource.k8s.io/v1',
  'ResourceSlice',
  'resourceslices',
  false,
);
export const RESOURCE_CLAIMS = define<ResourceClaim>(
  'resource.k8s.io/v1',
  'ResourceClaim',
  'resourceclaims',
);
export const DEVICE_CLASSES = define<DeviceClass>(
  'resource.k8s.io/v1',
  'DeviceClass',
  'deviceclasses',
  false,
);
export const EVENTS = define<KubeEvent>('events.k8s.io/v1', 'Event', 'events');
export const COORDINATION_LEASES = define<CoordinationLease>(
  'coordination.k8s.io/v1',
  'Lease',
  'leases',
);
export const TOKEN_REVIEWS = define<TokenReview>(
  'authentication.k8s.io/v1',
  'TokenReview',
  'tokenreviews',
  false,
);
export const SUBJECT_ACCESS_REVIEWS = define<SubjectAccessReview>(
  'authorization.k8s.io/v1',
  'SubjectAccessReview',
  'subjectaccessreviews',
  false,
);
export const ADMISSION_POLICY_BINDINGS = define<AdmissionPolicyBinding>(
  'admissionregistration.k8s.io/v1',
  'ValidatingAdmissionPolicyBinding',
  'validatingadmissionpolicybindings',
  false,
);
export const CUSTOM_RESOURCE_DEFINITIONS = define<CustomResourceDefinition>(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  false,
);

/** Every resource above. */
export const ALL_RESOURCES: readonly Resource[] = [
  COMPUTE_PROVIDERS,
  PRICING_POLICIES,
  BIDS,
  COMPUTE_LEASES,
  NAMESPACES,
  NODES,
  PODS,
  SECRETS,
  CONFIG_MAPS,
  SERVICES,
  SERVICE_ACCOUNTS,
  PERSISTENT_VOLUME_CLAIMS,
  RESOURCE_QUOTAS,
  LIMIT_RANGES,
  DEPLOYMENTS,
  STATEFUL_SETS,
  INGRESSES,
  INGRESS_CLASSES,
  NETWORK_POLICIES,
  ROLES,
  ROLE_BINDINGS,
  RUNTIME_CLASSES,
  STORAGE_CLASSES,
  CSI_STORAGE_CAPACITIES,
  RESOURCE_SLICES,
  RESOURCE_CLAIMS,
  DEVICE_CLASSES,
  EVENTS,
  COORDINATION_LEASES,
  CUSTOM_RESOURCE_DEFINITIONS,
];

/** `apps/v1`, or `v1` for the core group. */
export const apiVersionOf = (resource: Resource): string =>
  resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;

/** The resource of an object that is about to be applied. @throws Error for a kind that is not listed here */
export const resourceOf = (object: {
  readonly apiVersion: string;
  readonly kind: string;
}): Resource => {
  const found = ALL_RESOURCES.find(
    (r) => apiVersionOf(r) === object.apiVersion && r.kind === object.kind,
  );
  if (found === undefined) {
    throw new Error(`${object.apiVersion} ${object.kind} is no resource that Berth handles`);
  }
  return found;
};

/** As RBAC and messages name it: `computeleases.berth.dev/status`, `pods`. */
export const resourceName = (resource: Resource, subresource?: string): string =>
  `${resource.plural}${resource.group === '' ? '' : `.${resource.group}`}` +
  (subresource === undefined ? '' : `/${subresource}`);

/** The URL path of a collection, an object, or a subresource of it; every part is encoded. */
export const resourcePath = (
  resource: Resource,
  at: {
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
    readonly subresource?: string | undefined;
  },
): string => {
  const root = resource.group === '' ? '/api/v1' : `/apis/${resource.group}/${resource.version}`;
  const namespace =
    resource.namespaced && at.namespace !== undefined
      ? `/namespaces/${encodeURIComponent(at.namespace)}`
      : '';
  const name = at.name === undefined ? '' : `/${encodeURIComponent(at.name)}`;
  return `${root}${namespace}/${resource.plural}${name}${at.subresource === undefined ? '' : `/${at.subresource}`}`;
};

/** `a=1,b=2`, for `labelSelector`. */
export const matchLabels = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** The object's key in stores and queues: `namespace/name`, or `name` for cluster-scoped kinds. */
export const keyOf = (object: { readonly metadata: KubeObject['metadata'] }): string =>
  object.metadata.namespace === undefined
    ? object.metadata.name
    : `${object.metadata.namespace}/${object.metadata.name}`;
