/** How to reach the API server and who we are to it; read anew for each request, since tokens and certificates rotate. */

export interface TlsMaterial {
  /** PEM; absent to trust the system's authorities. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Name to expect in the server's certificate, when it is not the host. */
  readonly serverName?: string | undefined;
  readonly insecureSkipVerify?: boolean | undefined;
}

export interface Credentials {
  readonly tls: TlsMaterial;
  /** For example `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ClusterAccess {
  /** https, without a trailing slash. */
  readonly server: string;
  /** An http or https proxy on the way there. */
  readonly proxyUrl?: string | undefined;
  /** Namespace of the kubeconfig's context or of our own service account. */
  readonly namespace: string;
  credentials(): Promise<Credentials>;
  /** The server refused the credentials: forget what is cached. */
  refused(): void;
}

/** The kubeconfig or service account cannot be used; `field` names what is at fault. */
export class KubeAccessError extends Error {
  readonly field: string;
  constructor(field: string, message: string, options?: ErrorOptions) {
    super(`${field}: ${message}`, options);
    this.name = 'KubeAccessError';
    this.field = field;
  }
}

export const isKubeAccessError = (error: unknown): error is KubeAccessError =>
  error instanceof KubeAccessError;

/** @throws KubeAccessError unless `server` is https: over plain http anyone on the way reads tokens. */
export const requireHttps = (server: string, field: string): string => {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url?.protocol !== 'https:') {
    throw new KubeAccessError(field, `must be an https URL, got "${server}"`);
  }
  return server.replace(/\/+$/, '');
};
