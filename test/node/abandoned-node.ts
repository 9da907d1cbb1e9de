/** `tsx abandoned-node.ts DIR`: a cluster, a node and a pod, until somebody kills this process. Says `running` then. */
import { join } from 'node:path';
import { setInterval } from 'node:timers';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { imageReference } from '../../hack/images/images.js';
import { startCluster } from '../peers/cluster/start-cluster.js';
import { startRealNode } from '../peers/node/start-real-node.js';
import { waitFor } from '../peers/wait.js';
import { NODES_BESIDE_REAL } from '../stack/on-real-node.js';

const dir = process.argv[2] ?? '';
const cluster = await startCluster({
  dir: join(dir, 'cluster'),
  flavour: 'local',
  nodesFile: NODES_BESIDE_REAL,
});
await startRealNode({ cluster, dir: join(dir, 'node') });
const config = new KubeConfig();
config.loadFromFile(cluster.kubeconfigPath);
const core = config.makeApiClient(CoreV1Api);
const pod = { name: 'left-behind', namespace: 'default' };
await core.createNamespacedPod({
  namespace: pod.namespace,
  body: {
    metadata: { name: pod.name },
    spec: { containers: [{ name: 'web', image: imageReference('web') }] },
  },
});
await waitFor(
  'the pod to run',
  async () => (await core.readNamespacedPod(pod)).status?.phase === 'Running' || undefined,
  { timeoutMs: 60_000 },
);
console.log('running');
setInterval(() => undefined, 60_000);
