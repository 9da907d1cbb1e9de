/** The tenant's manifest as the gateway left it: a Secret in the operator's namespace, named after the lease's namespace. */
import { ANNOTATIONS } from '../../crds/constants.js';
import type { KubeApi } from '../../kube/api.js';
import { SECRETS } from '../../kube/resources.js';

/** Data key of the manifest's bytes. */
const KEY = 'manifest.json';

export interface ReceivedManifest {
  readonly bytes: Uint8Array;
  /** Hex SHA-256 that the gateway checked against the chain. */
  readonly hash: string;
}

/** `undefined` when the tenant has sent none. */
export const readManifest = async (
  api: KubeApi,
  namespace: string,
  name: string,
): Promise<ReceivedManifest | undefined> => {
  const secret = await api.get(SECRETS, { name, namespace });
  const data = secret?.data?.[KEY];
  const hash = secret?.metadata.annotations?.[ANNOTATIONS.manifestHash];
  if (data === undefined || hash === undefined) return undefined;
  return { bytes: Buffer.from(data, 'base64'), hash };
};
