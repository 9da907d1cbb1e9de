/** What a test or the demo may know about a real node. */
import type { Cluster, Log } from '../cluster/types.js';
import type { GpuControl } from './device-plugin/control.js';

/** How to start a node. */
export interface StartRealNodeOptions {
  /** The cluster that it joins; must be of the `local` flavour. */
  readonly cluster: Cluster;
  /** A folder of this node's own; everything it writes lies below. Removed when the node stops, except for its logs. */
  readonly dir: string;
  /** Name of the Node object; default `real`. */
  readonly name?: string;
  /** Which GPUs it claims to have; default `hack/node/devices.yaml`. */
  readonly devicesFile?: string;
  readonly signal?: AbortSignal;
  readonly log?: Log;
}

/** A running node: containerd, kubelet, kube-proxy, CoreDNS and the device plugin. */
export interface RealNode {
  readonly nodeName: string;
  /** The node's address; kubelet and node ports answer there. */
  readonly address: string;
  /** The GPUs: turn one ill, well again, restart the plugin, take devices away. */
  readonly gpus: GpuControl;
  /** Ends the kubelet as an upgrade would and starts it again; containers go on meanwhile. Resolves when Ready. */
  readonly restartKubelet: () => Promise<void>;
  /** Pulls the plug and boots again: every process dies, the disk stays. Resolves when Ready. */
  readonly reboot: () => Promise<void>;
  /**
   * Lets the kubelet believe that its disk is full, and no longer so. While it does, it throws away every image that no
   * container uses and taints the node; afterwards the images of hack/images are loaded anew. Resolves when the node says so.
   */
  readonly setDiskFull: (full: boolean) => Promise<void>;
  /** Where the cluster's HTTP ingress answers, for example `http://10.213.0.2`; the Host header chooses. */
  readonly ingressUrl: string;
  /** Loads a docker-archive tar into the node's image store. */
  readonly importImage: (tarPath: string) => Promise<void>;
  /**
   * Sends a signal to the first process of a container, behind the kubelet's back: SIGKILL is a crash, SIGSTOP a machine that
   * hangs until SIGCONT. @throws NodeError when containerd knows no such task
   */
  readonly signal: (
    containerId: string,
    signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT',
  ) => Promise<void>;
  /** What is on the node now, as the kernel and containerd have it, for proving that a lease left nothing. */
  readonly inventory: () => Promise<NodeInventory>;
  /** Ends everything of it; nothing is left on the machine but its logs. May be called twice. */
  readonly stop: () => Promise<void>;
  /** For people, one line each. */
  readonly describe: () => readonly string[];
}

/** Everything that a pod leaves on a node while it lives; ids and names, sorted. */
export interface NodeInventory {
  /** containerd's containers, sandboxes included. */
  readonly containers: readonly string[];
  /** Mount points of pods: volumes, root file systems, shared memory, network namespaces. */
  readonly mounts: readonly string[];
  /** The host's ends of the pods' network interfaces. */
  readonly interfaces: readonly string[];
  /** Addresses that the CNI has given out. */
  readonly addresses: readonly string[];
  /** Folders of pods below the kubelet's. */
  readonly podFolders: readonly string[];
  /** Control groups of pods. */
  readonly cgroups: readonly string[];
  /** References of images, and their content. */
  readonly images: readonly string[];
  /** Layers of images and the writable ones of containers, by containerd's name. */
  readonly snapshots: readonly string[];
  /** Services that kube-proxy's rules name, `namespace/name`; the cluster's own ones left out. */
  readonly services: readonly string[];
}

/** Why a node could not start or do what was asked. */
export class NodeError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NodeError';
  }
}

export const isNodeError = (error: unknown): error is NodeError => error instanceof NodeError;
