/** Puts simulated machines and classes into a cluster whose nodes kwok plays. */
import { join } from 'node:path';
import {
  CoreV1Api,
  type KubeConfig,
  NodeV1Api,
  StorageV1Api,
  type V1Node,
  type V1PersistentVolume,
} from '@kubernetes/client-node';
import { waitFor, type WaitOptions } from '../wait.js';
import { nodeObjects } from './node-objects.js';
import type { NodesFile } from './nodes-file.js';

/** What kwok does to nodes and pods: its Stages. */
export const STAGES_FILE = join(import.meta.dirname, '../../../hack/cluster/stages.yaml');

const isReady = (node: V1Node): boolean =>
  node.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;

/** The scheduler passes over nodes that bear a taint of the node controller, also when they are Ready already. */
const isSettled = (node: V1Node): boolean =>
  isReady(node) && !node.spec?.taints?.some((t) => t.key.startsWith('node.kubernetes.io/'));

/** No provisioner runs here, so volumes lie ready; the controller manager binds claims to them as to any others. */
const VOLUMES_PER_CLASS = 12;

const volumeObject = (storageClass: string, i: number): V1PersistentVolume => ({
  metadata: { name: `${storageClass}-${i}` },
  spec: {
    storageClassName: storageClass,
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '2Ti' },
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: `/var/lib/berth-simulated/${storageClass}-${i}` },
  },
});

/** Creates the machines, classes and volumes of `file`, and waits until pods can be scheduled on all of them. */
export const simulateNodes = async (
  config: KubeConfig,
  file: NodesFile,
  wait: WaitOptions,
): Promise<void> => {
  const core = config.makeApiClient(CoreV1Api);
  const nodes = nodeObjects(file.nodes);
  await Promise.all([
    ...nodes.map((body) => core.createNode({ body })),
    ...file.runtimeClasses.map((name) =>
      config.makeApiClient(NodeV1Api).createRuntimeClass({
        body: { metadata: { name }, handler: name },
      }),
    ),
    ...file.storageClasses.map((name) =>
      config.makeApiClient(StorageV1Api).createStorageClass({
        // The label says that tenants may use the class (provider-wire 2.2).
        body: {
          metadata: { name, labels: { 'akash.network': 'true' } },
          provisioner: 'kubernetes.io/no-provisioner',
        },
      }),
    ),
    ...file.storageClasses.flatMap((storageClass) =>
      Array.from({ length: VOLUMES_PER_CLASS }, (_, i) =>
        core.createPersistentVolume({ body: volumeObject(storageClass, i) }),
      ),
    ),
  ]);
  const names = new Set(nodes.map((node) => node.metadata?.name));
  await waitFor(
    `${nodes.length} nodes to be Ready`,
    async () => {
      const { items } = await core.listNode();
      const settled = items.filter((n) => names.has(n.metadata?.name) && isSettled(n));
      return settled.length === nodes.length || undefined;
    },
    wait,
  );
  // Pods are refused in a namespace whose service account is not there yet.
  await waitFor(
    'the default service account',
    () => core.readNamespacedServiceAccount({ name: 'default', namespace: 'default' }),
    wait,
  );
};

/** One line per kind of machine, for people. */
export const describeNodes = (file: NodesFile): readonly string[] =>
  file.nodes.map(({ count, name, gpu, cpu, memory }) => {
    const machines = `${count} ${count === 1 ? 'node' : 'nodes'} ${name}-…`;
    const has =
      gpu === undefined ? 'no GPU' : `${gpu.count} ${gpu.product} (${gpu.memoryMiB} MiB) each`;
    return `${machines}: ${has}, ${cpu} CPUs, ${memory} memory; simulated by kwok`;
  });
