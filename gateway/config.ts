/** The gateway's configuration file (YAML), checked once at the edge. Secrets are named by file path only. */
import { parse } from 'yaml';
import { z } from 'zod';

const port = z.int().min(0).max(65_535);
const seconds = z.number().positive().max(86_400);
const count = z.int().min(1).max(1_000_000);
const hostname = z
  .string()
  .regex(
    /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be a lower-case host name',
  );
const address = z
  .string()
  .regex(/^[a-z]{1,20}1[02-9ac-hj-np-z]{38,58}$/, 'must be a bech32 account address');
const path = z.string().min(1);

const keyPair = z.strictObject({
  /** PEM file: the certificate, and for the public one the chain behind it. */
  certFile: path,
  /** PEM file: the unencrypted private key. */
  keyFile: path,
});

const listenAt = (defaultPort: number) =>
  z
    .strictObject({
      host: z.string().min(1).default('0.0.0.0'),
      port: port.default(defaultPort),
    })
    .prefault({});

const bucket = (burst: number, perSecond: number) =>
  z
    .strictObject({
      burst: count.default(burst),
      perSecond: z.number().positive().max(1_000_000).default(perSecond),
      maxKeys: count.default(20_000),
    })
    .prefault({});

const limits = z
  .strictObject({
    /** Longest body of a request. */
    maxBodyBytes: z
      .int()
      .min(1024)
      .max(1024 * 1024)
      .default(1024 * 1024),
    /** All headers of a request together. */
    maxHeaderBytes: z
      .int()
      .min(1024)
      .max(64 * 1024)
      .default(16 * 1024),
    /** Open at once, all callers together. */
    connections: count.default(4096),
    /** Open at once from one address. */
    connectionsPerAddress: count.default(128),
    /** From the connection to a whole TLS ClientHello. */
    helloSeconds: seconds.default(3),
    /** From there to the end of the handshake. */
    handshakeSeconds: seconds.default(10),
    /** To the end of a request's headers. */
    headersSeconds: seconds.default(10),
    /** To the end of a request's body. */
    requestSeconds: seconds.default(60),
    /** How long an idle connection is kept. */
    keepAliveSeconds: seconds.default(30),
    /** How often these times are looked at. */
    checkSeconds: seconds.default(1),
    /** New connections from one address. */
    newConnections: bucket(200, 50),
    /** Requests from one address. */
    perAddress: bucket(200, 50),
    /** Requests of one tenant. */
    perOwner: bucket(100, 20),
    /** Bid screenings of all clients together: each is a decision of the operator. */
    screenings: bucket(100, 50),
  })
  .prefault({});

/** What the file may say; the chart's values schema is made from it too. */
export const configSchema = z.strictObject({
  /** Path of a kubeconfig; left out inside a pod, where the service account is used. */
  kubeconfig: path.optional(),
  /** Context of the kubeconfig; its current one when left out. */
  context: z.string().min(1).optional(),
  /** Namespace shared with the operator: manifest Secrets, the certificate's Secret. */
  namespace: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be a namespace')
    .default('berth-system'),
  /** The ComputeProvider object that tells address, host and chain where `provider` and `chain` do not. */
  computeProvider: z.string().min(1).default('provider'),
  /** Secret with the on-chain certificate (tls.crt, tls.key), kept by the operator. */
  certificateSecret: z.string().min(1).default('berth-gateway-certificate'),
  /** Where tenants connect. */
  listen: listenAt(8443),
  /** gRPC for tenants (akash.provider.v1): status, and bid screening where `screening` says whom to ask. */
  grpc: listenAt(8444),
  /** The operator's screening service, which answers bid screening; left out, that is refused with a reason. */
  screening: z
    .strictObject({
      /** For example http://berth-operator-screening.berth-operator:9091; every address behind the name is tried. */
      url: z.url({ protocol: /^https?$/ }),
      /** File with the token the operator asks for; read again when it is renewed. */
      tokenFile: path,
    })
    .optional(),
  /** Metrics and probes; keep it inside the cluster. */
  http: listenAt(9091),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  provider: z
    .strictObject({
      /** The provider's account. */
      address,
      /** The host of the provider's on-chain URI. */
      hostname,
      /** Whether services get a hostname of their own, as the operator is configured. */
      staticHosts: z.boolean().default(true),
    })
    .optional(),
  chain: z
    .strictObject({
      /** For example akashnet-2. */
      chainId: z.string().min(1).optional(),
      /** RPC nodes in order of preference. */
      endpoints: z.array(z.url({ protocol: /^https?$/ })).min(1),
    })
    .optional(),
  tls: z
    .strictObject({
      /** Files in place of `certificateSecret`. */
      provider: keyPair.optional(),
      /** A certificate that browsers trust, shown to clients that ask for the provider's hostname. */
      public: keyPair.optional(),
      /** How often certificates are looked at for a renewed one. */
      reloadSeconds: seconds.default(60),
    })
    .prefault({}),
  /** How long chain, API server and the operator's screening may take to answer one question. */
  timeouts: z
    .strictObject({
      /** For one query of the chain. */
      chainSeconds: seconds.default(10),
      /** For one request to the API server. */
      clusterSeconds: seconds.default(10),
      /** For one bid screening by the operator. */
      screeningSeconds: seconds.default(10),
    })
    .prefault({}),
  tokens: z
    .strictObject({
      /** Longest life (exp minus iat) of a token that is accepted. */
      maxLifetimeSeconds: z
        .int()
        .min(1)
        .max(366 * 86_400)
        .default(900),
      /** How far clocks may differ. */
      skewSeconds: z.int().min(0).max(300).default(30),
    })
    .prefault({}),
  certificates: z
    .strictObject({
      /** How long a certificate counts as valid before the chain is asked again: the life of a revoked one. */
      recheckSeconds: z.number().min(0).max(60).default(10),
    })
    .prefault({}),
  manifest: z
    .strictObject({
      /** How long a manifest may be ahead of its lease on chain. */
      waitSeconds: z.number().min(0).max(110).default(30),
      /** How often the chain is asked for it meanwhile. */
      pollSeconds: z.number().min(0.01).max(30).default(1),
      /** How many manifests may wait at once. */
      maxWaiting: count.default(256),
    })
    .prefault({}),
  limits,
  stop: z
    .strictObject({
      /** How long open requests and streams may go on after SIGTERM. */
      graceSeconds: z.number().min(0).max(600).default(20),
    })
    .prefault({}),
});

export type GatewayConfig = z.infer<typeof configSchema>;

/** The file cannot be used; the message has one line per fault and names its field. */
export class ConfigError extends Error {
  readonly fields: readonly string[];
  constructor(message: string, fields: readonly string[], options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ConfigError';
    this.fields = fields;
  }
}

export const isConfigError = (error: unknown): error is ConfigError => error instanceof ConfigError;

const fieldsOf = (issue: z.core.$ZodIssue): readonly string[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => [...issue.path, key].join('.'))
    : [issue.path.length === 0 ? '(file)' : issue.path.join('.')];

/** Reads the text of the configuration file `source`, defaults filled in. @throws ConfigError */
export const parseConfig = (text: string, source: string): GatewayConfig => {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 20 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${source} is not YAML: ${why}`, ['(file)'], { cause });
  }
  const result = configSchema.safeParse(value ?? {});
  if (result.success) return result.data;
  const fields = result.error.issues.flatMap(fieldsOf);
  const lines = result.error.issues.map(
    (issue) => `${fieldsOf(issue).join(', ')}: ${issue.message}`,
  );
  throw new ConfigError(`${source} is invalid:\n  ${lines.join('\n  ')}`, fields, {
    cause: result.error,
  });
};
