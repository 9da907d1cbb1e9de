/** Sets and takes away the marks, by server-side apply under a manager of their own. */
import { DRAIN_ANNOTATION } from '../../../bidengine/kube-facts.js';
import { API_VERSION } from '../../../crds/constants.js';
import type { ComputeProvider } from '../../../crds/generated/types.js';
import type { Applied, KubeApi } from '../../../kube/api.js';
import type { Node } from '../../../kube/core-objects.js';
import { COMPUTE_PROVIDERS, NODES } from '../../../kube/resources.js';
import { onCluster } from '../../cluster.js';
import { DRAIN_MANAGER } from './plan.js';
import type { Drain } from './plan.js';

type Api = Pick<KubeApi, 'apply'>;
const manager = { fieldManager: DRAIN_MANAGER };

/** To that very node: applying to one that is gone would make a new one. */
const nodeOf = ({ metadata: { name, uid } }: Node): Applied<Node> => ({
  ...{ apiVersion: 'v1', kind: 'Node' },
  metadata: { name, ...(uid === undefined ? {} : { uid }) },
});

export const markNode = (api: Api, node: Node, drain: Drain): Promise<Node> => {
  const { metadata, ...rest } = nodeOf(node);
  const annotations = { [DRAIN_ANNOTATION]: JSON.stringify(drain) };
  return onCluster(() =>
    api.apply(
      NODES,
      { ...rest, metadata: { ...metadata, annotations }, spec: { unschedulable: true } },
      manager,
    ),
  );
};

/** The node as it is afterwards: still cordoned when somebody else had done so too. */
export const unmarkNode = (api: Api, node: Node): Promise<Node> =>
  onCluster(() => api.apply(NODES, nodeOf(node), manager));

/** Only the fields named are ours; the rest of the object is its owners'. */
const providerPart = (name: string, bidding: object | undefined): Applied<ComputeProvider> =>
  ({
    ...{ apiVersion: API_VERSION, kind: 'ComputeProvider', metadata: { name } },
    ...(bidding === undefined ? {} : { spec: { bidding } }),
  }) as unknown as Applied<ComputeProvider>;

export const pauseBidding = (api: Api, name: string, reason: string): Promise<ComputeProvider> =>
  onCluster(() =>
    api.apply(
      COMPUTE_PROVIDERS,
      providerPart(name, { paused: true, ...(reason === '' ? {} : { pauseReason: reason }) }),
      manager,
    ),
  );

/** Says that it is not paused, then lets go of the fields: the next who sets them need not ask us. */
export const resumeBidding = async (api: Api, name: string): Promise<void> => {
  await onCluster(() =>
    api.apply(COMPUTE_PROVIDERS, providerPart(name, { paused: false }), manager),
  );
  await onCluster(() => api.apply(COMPUTE_PROVIDERS, providerPart(name, undefined), manager));
};
