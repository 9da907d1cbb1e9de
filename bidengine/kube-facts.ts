/** Copies out of Node and Pod objects what the bid engine reads; nothing is interpreted here. The objects' shapes are Kubernetes' own. */
import type { NodeFacts, PodFacts, ResourceList, TaintFacts } from './cluster-facts.js';
import { isFaultCondition } from './node-faults.js';

/**
 * Annotation of a node that is being emptied by `berth provider drain`: JSON `{"since","until","reason"}`, times in RFC 3339,
 * the last two may be missing. It counts whether or not the node is also cordoned.
 */
export const DRAIN_ANNOTATION = 'berth.dev/drain';

/** What follows "the node is being emptied". An annotation that cannot be read empties the node all the same. */
const drainWords = (annotation: string): string => {
  let drain: unknown;
  try {
    drain = JSON.parse(annotation);
  } catch {
    return '';
  }
  if (typeof drain !== 'object' || drain === null) return '';
  const { until, reason } = drain as Readonly<Record<string, unknown>>;
  return [
    typeof until === 'string' ? ` until ${until}` : '',
    typeof reason === 'string' && reason !== '' ? ` (${reason})` : '',
  ]
    .join('')
    .slice(0, 300);
};

/** A v1 Node as far as it is read. */
export interface NodeObject {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly TaintFacts[] };
  readonly status?: {
    readonly capacity?: ResourceList;
    readonly allocatable?: ResourceList;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

const drainingOf = (annotation: string | undefined): Pick<NodeFacts, 'draining'> =>
  annotation === undefined ? {} : { draining: drainWords(annotation) };

export const toNodeFacts = ({ metadata, spec, status }: NodeObject): NodeFacts => ({
  name: metadata.name,
  labels: metadata.labels ?? {},
  taints: spec?.taints ?? [],
  unschedulable: spec?.unschedulable ?? false,
  ...drainingOf(metadata.annotations?.[DRAIN_ANNOTATION]),
  ready: status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false,
  faults: (status?.conditions ?? [])
    .filter((c) => c.status === 'True' && isFaultCondition(c.type))
    .map(({ type, message = '' }) => ({ type, message })),
  capacity: status?.capacity ?? {},
  allocatable: status?.allocatable ?? {},
});

interface ContainerObject {
  readonly resources?: { readonly requests?: ResourceList };
  readonly restartPolicy?: string;
}

/** A v1 Pod as far as it is read. */
export interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly ContainerObject[];
    readonly initContainers?: readonly ContainerObject[];
    readonly overhead?: ResourceList;
    readonly resources?: { readonly requests?: ResourceList };
  };
  readonly status?: { readonly phase?: string };
}

/** @param leasePath `owner/dseq/gseq/oseq/provider` for a tenant's pod */
export const podFactsOf = (
  { metadata, spec, status }: PodObject,
  leasePath: string | undefined,
): PodFacts => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid ?? '',
  nodeName: spec.nodeName,
  phase: status?.phase ?? 'Pending',
  containers: spec.containers.map((c) => ({ requests: c.resources?.requests ?? {} })),
  initContainers: (spec.initContainers ?? []).map((c) => ({
    requests: c.resources?.requests ?? {},
    sidecar: c.restartPolicy === 'Always',
  })),
  overhead: spec.overhead ?? {},
  podRequests: spec.resources?.requests,
  leasePath,
});
