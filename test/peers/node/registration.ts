/** The Node object that the kubelet makes: waiting for it, labelling it as GPU feature discovery would, removing it. */
import {
  CoreV1Api,
  type KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1Node,
} from '@kubernetes/client-node';
import { waitFor, type WaitOptions } from '../wait.js';
import type { GpuDevice } from './device-plugin/device-set.js';

/** Reads the Node. @throws the API's error when it is not there */
export const readNode = (config: KubeConfig, name: string): Promise<V1Node> =>
  config.makeApiClient(CoreV1Api).readNode({ name });

/** Sets labels, takes those away whose value is null, and leaves the others as they are. */
export const labelNode = async (
  config: KubeConfig,
  name: string,
  labels: Readonly<Record<string, string | null>>,
): Promise<void> => {
  await config
    .makeApiClient(CoreV1Api)
    .patchNode(
      { name, body: { metadata: { labels } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
};

const condition = (node: V1Node): { readonly ready: boolean; readonly since: number } => {
  const found = node.status?.conditions?.find((c) => c.type === 'Ready');
  return {
    ready: found?.status === 'True',
    since: found?.lastHeartbeatTime?.getTime() ?? 0,
  };
};

const isTainted = (node: V1Node): boolean =>
  node.spec?.taints?.some((t) => t.key.startsWith('node.kubernetes.io/')) ?? false;

const floorToSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;

/** Resources and how many of each a node with these devices must offer. */
export const offered = (
  devices: readonly GpuDevice[],
  replicas: number,
): Readonly<Record<string, number>> => {
  const count: Record<string, number> = {};
  for (const { resource, healthy } of devices) {
    const each = resource === 'nvidia.com/gpu' ? replicas : 1;
    count[resource] = (count[resource] ?? 0) + (healthy ? each : 0);
  }
  return count;
};

/** What a node that is ready for pods must look like. */
export interface Readiness {
  /** The kubelet's heartbeat, which counts in seconds, must not be earlier than this (milliseconds since 1970). */
  readonly after: number;
  /** Extended resources that must be allocatable, by how many. */
  readonly resources: Readonly<Record<string, number>>;
}

/** Waits until a kubelet that started after `after` says Ready and offers the resources. */
export const waitForNode = (
  config: KubeConfig,
  name: string,
  want: Readiness,
  options: WaitOptions,
): Promise<V1Node> =>
  waitFor(
    `node ${name} to be Ready with its devices`,
    async () => {
      const node = await readNode(config, name);
      const { ready, since } = condition(node);
      const offers = Object.entries(want.resources).every(
        ([resource, count]) => Number(node.status?.allocatable?.[resource] ?? 0) === count,
      );
      return ready && offers && !isTainted(node) && since >= floorToSecond(want.after)
        ? node
        : undefined;
    },
    options,
  );

/** Waits until the kubelet says that its disk is full and pods are kept away for it. */
export const waitForDiskPressure = async (
  config: KubeConfig,
  name: string,
  options: WaitOptions,
): Promise<void> => {
  await waitFor(
    `node ${name} to be short of disk`,
    async () => {
      const { spec } = await readNode(config, name);
      return spec?.taints?.some((t) => t.key === 'node.kubernetes.io/disk-pressure') === true
        ? true
        : undefined;
    },
    options,
  );
};
