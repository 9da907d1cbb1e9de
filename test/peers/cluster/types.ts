/** What a test or the demo may know about its Kubernetes cluster, whichever kind of cluster it is. */

/**
 * `kubeconfig`: a cluster that already runs, named by KUBECONFIG. `k3s`: K3s in a container.
 * `local`: a control plane of local binaries with simulated (kwok) nodes.
 */
export type ClusterFlavour = 'kubeconfig' | 'k3s' | 'local';

/** Progress for a person: one short sentence per call, without a line end. */
export type Log = (line: string) => void;

/** How to start a cluster. */
export interface StartClusterOptions {
  /** A directory of this cluster's own (made when missing); everything it writes lies below. */
  readonly dir: string;
  /** Nodes and classes to simulate; default `hack/cluster/nodes.yaml`. Not used with `kubeconfig`. */
  readonly nodesFile?: string;
  /** Aborting it while starting ends the start with its reason; aborting it later stops the cluster. */
  readonly signal?: AbortSignal;
  readonly log?: Log;
  /** Takes this kind instead of the first one that is available. */
  readonly flavour?: ClusterFlavour;
  /** Environment to read KUBECONFIG and BERTH_CLUSTER from; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A service account by namespace and name, as in `berth-system/berth-operator`. */
export type ServiceAccountRef = `${string}/${string}`;

/** Somebody who joins a cluster from a place of its own: a node's programs. */
export interface ClientRequest {
  /** File name of key, certificate and kubeconfig. */
  readonly name: string;
  /** As openssl has it: `/O=system:nodes/CN=system:node:a`. */
  readonly subject: string;
  /** Where the API server is seen from there, `https://host:port`. */
  readonly server: string;
}

/** A running cluster. */
export interface Cluster {
  readonly flavour: ClusterFlavour;
  /** An administrator's kubeconfig; never for operator or gateway. */
  readonly kubeconfigPath: string;
  /** The API server's URL. */
  readonly server: string;
  /** The API server's certificate authority in PEM; empty when the kubeconfig trusts the system's authorities. */
  readonly caPem: string;
  /** Where requests are recorded as JSON lines (see `audit.ts`); undefined where the cluster is not ours to configure. */
  readonly auditLogPath: string | undefined;
  /**
   * Writes a kubeconfig that holds a token of this service account (TokenRequest), and nothing of the administrator.
   * @throws ClusterError when the service account does not exist
   */
  readonly kubeconfigFor: (account: ServiceAccountRef, lifetimeSeconds?: number) => Promise<string>;
  /** Writes a kubeconfig with a client certificate of this subject. Only a `local` cluster holds the key to sign it. */
  readonly clientKubeconfig?: (client: ClientRequest) => Promise<string>;
  /** Ends the API server as a crash would; everything else stays. @throws ClusterError with `kubeconfig` */
  readonly stopApiServer: () => Promise<void>;
  /** Starts it again on the same address and data, and waits until it is ready. @throws ClusterError with `kubeconfig` */
  readonly startApiServer: () => Promise<void>;
  /** Ends everything that was started; a cluster of KUBECONFIG is left alone. May be called twice. */
  readonly stop: () => Promise<void>;
  /** For people: what this cluster is, one line each. */
  readonly describe: () => readonly string[];
}

/** Why a cluster could not start or cannot do what was asked; the message quotes the log where there is one. */
export class ClusterError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ClusterError';
  }
}

export const isClusterError = (error: unknown): error is ClusterError =>
  error instanceof ClusterError;
