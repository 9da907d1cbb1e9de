/** What the gateway learns from the cluster when it starts: the provider it serves, and its certificates. */
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ComputeProvider } from '../crds/generated/types.js';
import type { KubeApi } from '../kube/api.js';
import { COMPUTE_PROVIDERS, SECRETS } from '../kube/resources.js';
import type { GatewayConfig } from './config.js';
import type { KeyPair } from './tls/https-servers.js';

/** Who we are and which chain we read. */
export interface ProviderSettings {
  readonly address: string;
  readonly hostname: string;
  readonly staticHosts: boolean;
  readonly chainId: string | undefined;
  readonly endpoints: readonly { readonly url: string; readonly trusted: boolean }[];
}

/** Something the gateway cannot start without is not there yet; the message says what. */
export class NotReadyError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'NotReadyError';
  }
}

export const isNotReady = (error: unknown): error is NotReadyError =>
  error instanceof NotReadyError;

const fromObject = ({ spec }: ComputeProvider): ProviderSettings => ({
  address: spec.address,
  hostname: new URL(spec.hostUri).hostname,
  staticHosts: spec.ingress.staticHosts,
  chainId: spec.chain.chainId,
  endpoints: spec.chain.endpoints,
});

const strangers = (urls: readonly string[]): ProviderSettings['endpoints'] =>
  urls.map((url) => ({ url, trusted: false }));

/** Settings of the configuration file, completed from the ComputeProvider. @throws NotReadyError */
export const readProviderSettings = async (
  config: GatewayConfig,
  api: KubeApi,
): Promise<ProviderSettings> => {
  const { provider, chain } = config;
  if (provider !== undefined && chain !== undefined) {
    return { ...provider, chainId: chain.chainId, endpoints: strangers(chain.endpoints) };
  }
  const object = await api.get(COMPUTE_PROVIDERS, { name: config.computeProvider });
  if (object === undefined) {
    throw new NotReadyError(`there is no ComputeProvider "${config.computeProvider}" yet`);
  }
  return {
    ...fromObject(object),
    ...provider,
    ...(chain === undefined
      ? {}
      : { chainId: chain.chainId, endpoints: strangers(chain.endpoints) }),
  };
};

/** The pair, once it is proven to be one. @throws NotReadyError naming `source` */
const checked = (pair: KeyPair, source: string): KeyPair => {
  try {
    const certificate = new X509Certificate(pair.certPem);
    if (certificate.checkPrivateKey(createPrivateKey(pair.keyPem))) return pair;
  } catch (cause) {
    throw new NotReadyError(`${source} is not a certificate with an unencrypted key in PEM`, {
      cause,
    });
  }
  throw new NotReadyError(`${source}: the key does not belong to the certificate`);
};

const readPair = async (files: {
  readonly certFile: string;
  readonly keyFile: string;
}): Promise<KeyPair> => {
  const read = (path: string): Promise<string> =>
    readFile(path, 'utf8').catch((cause: unknown) => {
      throw new NotReadyError(`cannot read ${path}`, { cause });
    });
  return checked(
    { certPem: await read(files.certFile), keyPem: await read(files.keyFile) },
    `${files.certFile} with ${files.keyFile}`,
  );
};

const secretPair = async (config: GatewayConfig, api: KubeApi): Promise<KeyPair> => {
  const { namespace, certificateSecret: name } = config;
  const secret = await api.get(SECRETS, { name, namespace });
  const cert = secret?.data?.['tls.crt'];
  const key = secret?.data?.['tls.key'];
  if (cert === undefined || key === undefined) {
    throw new NotReadyError(
      `Secret ${namespace}/${name} holds no certificate yet (tls.crt, tls.key)`,
    );
  }
  const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
  return checked({ certPem: decode(cert), keyPem: decode(key) }, `Secret ${namespace}/${name}`);
};

/** Both certificates as they are now. @throws NotReadyError */
export const readCertificates = async (
  config: GatewayConfig,
  api: KubeApi,
): Promise<{ readonly publicPair: KeyPair | undefined; readonly providerPair: KeyPair }> => {
  const { provider, public: open } = config.tls;
  return {
    providerPair: provider === undefined ? await secretPair(config, api) : await readPair(provider),
    publicPair: open === undefined ? undefined : await readPair(open),
  };
};
