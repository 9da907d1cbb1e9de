/**
 * The way into a lease's namespace. In the whole cluster the operator may do nothing in namespaces but bind its ClusterRole to
 * itself, and an admission policy allows that only in namespaces that it made or may adopt (docs/adr/0004). Rights count a moment
 * after they are given, so the API server is asked whether they do before they are used.
 */
import { ANNOTATIONS } from '../../crds/constants.js';
import type { KubeObject } from '../../crds/object.js';
import type { KubeApi } from '../../kube/api.js';
import { isKubeAlreadyExists, isKubeForbidden } from '../../kube/errors.js';
import { NAMESPACES, resourceOf, SELF_SUBJECT_ACCESS_REVIEWS } from '../../kube/resources.js';
import type { Reason } from '../../market/reasons.js';
import type { Clock } from '../clock.js';

/** Pauses between the questions whether rights count, milliseconds; an API server takes a few to notice. */
const PAUSES_MS = [5, 10, 20, 50, 100, 200] as const;

export interface EntryDeps {
  readonly api: KubeApi;
  readonly clock: Pick<Clock, 'sleep'>;
  /** The operator's own user name. */
  readonly user: string;
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const notOurs = (name: string, user: string, error: unknown): Reason => ({
  code: 'NamespaceNotOurs',
  message:
    `Namespace ${name} was not made by this operator, so it may not enter; what runs is left as it is. ` +
    `Set rbac.adoptLeasesOf to the provider's address, or: kubectl annotate namespace ${name} ${ANNOTATIONS.createdBy}=${user}. ` +
    `The API server says: ${words(error)}`.slice(0, 500),
});

/** The API server's refusal, as the reason why a lease's namespace cannot be looked into. */
export const notLetIn = (name: string, error?: unknown): Reason => ({
  code: 'NamespaceRightsPending',
  message: `The rights in namespace ${name} do not count yet, or are gone; they are given again.${
    error === undefined ? '' : ` The API server says: ${words(error)}`
  }`.slice(0, 900),
});

/** Makes the namespace unless it is there. It is created and not applied: changing one needs rights in it. */
const make = async (api: KubeApi, namespace: KubeObject): Promise<Reason | undefined> => {
  try {
    await api.create(NAMESPACES, namespace);
  } catch (error) {
    if (isKubeAlreadyExists(error)) return undefined;
    if (!isKubeForbidden(error)) throw error;
    const message = `The API server refuses Namespace ${namespace.metadata.name}: ${words(error)}`;
    return { code: 'ObjectRefused', message: message.slice(0, 900) };
  }
  return undefined;
};

const count = async ({ api, clock }: EntryDeps, name: string, signal: AbortSignal) => {
  for (const pauseMs of [0, ...PAUSES_MS]) {
    if (pauseMs > 0) await clock.sleep(pauseMs, signal);
    const { status } = await api.create(SELF_SUBJECT_ACCESS_REVIEWS, {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: { name: '' },
      spec: {
        // Any right of the role tells of all of them.
        resourceAttributes: { namespace: name, verb: 'delete', group: '', resource: 'namespaces' },
      },
    });
    if (status?.allowed === true) return true;
  }
  return false;
};

/**
 * Applies the bindings and waits, for less than half a second, until they count. Resolves to why the operator is not let in.
 * @throws KubeError when the API server does not answer
 */
export const bindRights = async (
  deps: EntryDeps,
  name: string,
  bindings: readonly KubeObject[],
  signal: AbortSignal,
): Promise<Reason | undefined> => {
  for (const binding of bindings) {
    try {
      await deps.api.apply(resourceOf(binding), binding);
    } catch (error) {
      if (!isKubeForbidden(error)) throw error;
      return notOurs(name, deps.user, error);
    }
  }
  return (await count(deps, name, signal)) ? undefined : notLetIn(name);
};

/**
 * Namespace, bindings, then everything else that lives as long as the lease, as manifests' `buildNamespace` lists it. Resolves
 * to why the operator is not let in. @throws KubeError when the API server does not answer
 */
export const enterNamespace = async (
  deps: EntryDeps,
  [namespace, ...others]: readonly KubeObject[],
  exists: boolean,
  signal: AbortSignal,
): Promise<Reason | undefined> => {
  if (namespace === undefined) return undefined;
  const { api } = deps;
  const { name } = namespace.metadata;
  const bindings = others.filter((o) => o.kind === 'RoleBinding');
  const fault =
    (exists ? undefined : await make(api, namespace)) ??
    (await bindRights(deps, name, bindings, signal));
  if (fault !== undefined) return fault;
  try {
    await api.apply(NAMESPACES, namespace);
    for (const object of others)
      if (object.kind !== 'RoleBinding') await api.apply(resourceOf(object), object);
  } catch (error) {
    if (!isKubeForbidden(error)) throw error;
    return notLetIn(name, error);
  }
  return undefined;
};
