/** Where everything of a node lies, and its address plan. One node at a time runs on a machine, so addresses are fixed. */
import { join } from 'node:path';

/** Addresses; a lonely /30 joins the node with the machine outside, pods and Services are reached through it. */
export const ADDRESSES = {
  /** The machine outside, as the node sees it. */
  outside: '10.213.0.1',
  node: '10.213.0.2',
  prefix: 30,
  pods: '10.244.213.0/24',
  dns: '10.96.0.10',
} as const;

/** Where the cluster's HTTP ingress listens. */
export const INGRESS_LISTEN = `${ADDRESSES.node}:80`;

/** Interface of the machine outside that leads to the node (15 characters at most). */
export const OUTSIDE_INTERFACE = 'berth-node';

/** Own root of the pods' control groups, so that no other kubelet's are mistaken for ours. */
export const CGROUP_ROOT = 'berth-node';

/** Held by the node's first process for as long as it lives. */
export const LOCK_FILE = '/run/berth-node.lock';

/** Folders that kubelet, CNI and the cluster's volumes insist on; the node sees its own ones in their place. */
export const FIXED_FOLDERS = [
  '/var/lib/kubelet',
  '/var/lib/cni',
  '/var/log/pods',
  '/var/log/containers',
  '/var/lib/berth-simulated',
] as const;

/** Folders and files below the node's own. */
export interface NodeLayout {
  readonly dir: string;
  readonly logs: string;
  readonly config: string;
  /** Seen as /var/lib/kubelet inside. */
  readonly kubelet: string;
  /** Seen as /var/log/pods inside. */
  readonly podLogs: string;
  /** Seen inside where the cluster's persistent volumes lie (test/peers/cluster/simulate.ts). */
  readonly volumes: string;
  readonly containerdRoot: string;
  readonly containerdSocket: string;
  readonly nginxConf: string;
  readonly images: string;
  /** Written by the node's first process when the machine is set up. */
  readonly ready: string;
  /** The device plugins' folder as it is seen from outside. */
  readonly devicePlugins: string;
}

export const nodeLayout = (dir: string): NodeLayout => ({
  dir,
  logs: join(dir, 'logs'),
  config: join(dir, 'config'),
  kubelet: join(dir, 'kubelet'),
  podLogs: join(dir, 'pod-logs'),
  volumes: join(dir, 'volumes'),
  containerdRoot: join(dir, 'containerd'),
  containerdSocket: join(dir, 'containerd.sock'),
  nginxConf: join(dir, 'config', 'nginx.conf'),
  images: join(dir, 'images'),
  ready: join(dir, 'ready'),
  devicePlugins: join(dir, 'kubelet', 'device-plugins'),
});
