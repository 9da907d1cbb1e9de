/** Manifests as Secrets in the namespace shared with the operator (docs/ARCHITECTURE.md, "Manifest Secret"). */
import { ANNOTATIONS, LABELS } from '../../crds/constants.js';
import type { KubeApi } from '../../kube/api.js';
import type { Secret } from '../../kube/core-objects.js';
import { SECRETS } from '../../kube/resources.js';
import { leaseIdLabels } from '../../manifests/labels.js';
import { leaseNamespace } from '../../manifests/names.js';
import type { LeaseId } from '../../market/ids.js';
import type { ManifestStore, StoredManifest } from '../ports.js';
import type { Ask } from './asking.js';

/** Key of the Secret's data that holds the bytes the tenant sent. */
export const MANIFEST_KEY = 'manifest.json';
/** Annotation: the name of the lease's group within the manifest, so that showing it needs no question to the chain. */
export const GROUP_NAME_ANNOTATION = 'berth.dev/group-name';

const FIELD_MANAGER = 'berth-gateway';

/** The Secret of one lease's manifest. */
export const manifestSecret = (
  manifest: StoredManifest,
  namespace: string,
): Omit<Secret, 'status'> => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: leaseNamespace(manifest.lease),
    namespace,
    labels: { [LABELS.manifest]: 'true', ...leaseIdLabels(manifest.lease) },
    annotations: {
      [ANNOTATIONS.manifestHash]: manifest.hash,
      [GROUP_NAME_ANNOTATION]: manifest.groupName,
    },
  },
  type: 'Opaque',
  data: { [MANIFEST_KEY]: Buffer.from(manifest.json, 'utf8').toString('base64') },
});

const readSecret = (secret: Secret, lease: LeaseId): StoredManifest | undefined => {
  const data = secret.data?.[MANIFEST_KEY];
  // A Secret of that name which is no manifest was not written by a gateway: it says nothing about this lease.
  if (secret.metadata.labels?.[LABELS.manifest] !== 'true' || data === undefined) return undefined;
  return {
    lease,
    groupName: secret.metadata.annotations?.[GROUP_NAME_ANNOTATION] ?? '',
    hash: secret.metadata.annotations?.[ANNOTATIONS.manifestHash] ?? '',
    json: Buffer.from(data, 'base64').toString('utf8'),
  };
};

/** Keeps manifests in `namespace`; needs get, create and patch of Secrets there. */
export const createKubeManifestStore = (
  api: KubeApi,
  namespace: string,
  ask: Ask,
): ManifestStore => ({
  put: async (manifest) => {
    await ask(() =>
      api.apply(SECRETS, manifestSecret(manifest, namespace), { fieldManager: FIELD_MANAGER }),
    );
  },
  get: async (lease) => {
    const secret = await ask(() => api.get(SECRETS, { name: leaseNamespace(lease), namespace }));
    return secret === undefined ? undefined : readSecret(secret, lease);
  },
});
