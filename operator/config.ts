/** The operator's process configuration: a YAML file, checked at the edge. Market policy lives in the ComputeProvider. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { exchangeSchema, pricingSchema } from './pricing/config.js';
import { isAddressRange } from './inventory/address-pool.js';
import { isBytes } from './inventory/storage-facts.js';

const periodMs = (def: number): z.ZodDefault<z.ZodNumber> => z.number().int().min(10).default(def);

const labels = z.strictObject({
  namespaceLabels: z.record(z.string(), z.string()),
  podLabels: z.record(z.string(), z.string()),
});

const podPeer = (
  namespaceLabels: Record<string, string>,
  podLabels: Record<string, string>,
): z.ZodDefault<typeof labels> => labels.default({ namespaceLabels, podLabels });

/** What the file may say, field by field; the chart's values schema is made from it too. */
export const configSchema = z.strictObject({
  /** Path of a kubeconfig; left out inside a pod. */
  kubeconfig: z.string().min(1).optional(),
  /** The operator's own namespace: intents, manifest Secrets, its leader-election Lease. */
  namespace: z.string().min(1).default('berth-system'),
  /** Name of the ComputeProvider object this process serves. */
  computeProvider: z.string().min(1).default('provider'),
  /** File that holds the signing key (mnemonic or hex); never inline. Left out where `signer` holds the key. */
  keyFile: z.string().min(1).optional(),
  /** The process that holds the key instead of this one. Every file is read again when it is renewed. */
  signer: z
    .strictObject({
      /** For example https://berth-signer.berth-signer:8446. */
      url: z.url({ protocol: /^https$/ }),
      /** Who signed the signer's certificate. */
      caFile: z.string().min(1),
      certFile: z.string().min(1),
      keyFile: z.string().min(1),
      /** A projected service-account token made for the signer. */
      tokenFile: z.string().min(1),
      timeoutMs: periodMs(5_000),
    })
    .optional(),
  /** Gas price offered for every transaction, for example 0.025uakt. */
  gasPrice: z
    .string()
    .regex(/^\d+(\.\d+)?uakt$/, 'must be an amount of uakt such as 0.025uakt')
    .default('0.025uakt'),
  /** Secret (own namespace) that keeps the gateway's on-chain certificate and key. */
  certificateSecret: z.string().min(1).default('berth-gateway-certificate'),
  http: z
    .strictObject({
      host: z.string().default('0.0.0.0'),
      port: z.number().int().min(0).max(65535).default(9090),
    })
    .prefault({}),
  /** Who names prices: `strategy: policy` (PricingPolicy objects), `script` or `scale` (docs/pricing.md). */
  pricing: pricingSchema,
  /** What coins are worth in US dollars. */
  exchange: exchangeSchema,
  /** Answers explanations to the gateway and `berth explain`; left out, nothing listens. */
  screening: z
    .strictObject({
      host: z.string().default('0.0.0.0'),
      port: z.number().int().min(0).max(65535).default(9091),
      /** File with the token that who asks must show; never inline. */
      tokenFile: z.string().min(1),
    })
    .optional(),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
  leaderElection: z
    .strictObject({
      /** Off only where there is exactly one replica, ever. */
      enabled: z.boolean().default(true),
      /** How long a silent leader keeps the lead. */
      leaseDurationMs: periodMs(15_000),
      /** A leader that could not renew for so long ends itself. */
      renewDeadlineMs: periodMs(10_000),
      /** How often the lead is renewed or tried for. */
      retryPeriodMs: periodMs(2_000),
    })
    .prefault({}),
  /** Denied to tenants beside the private ranges: the cluster's own pod, service and node ranges. */
  clusterCidrs: z.array(z.string()).default([]),
  /** The ingress controller's pods, which may reach every tenant's. */
  ingressController: podPeer(
    { 'app.kubernetes.io/name': 'ingress-nginx' },
    { 'app.kubernetes.io/name': 'ingress-nginx' },
  ),
  /** The cluster's DNS, which every tenant may ask. */
  clusterDns: podPeer({ 'kubernetes.io/metadata.name': 'kube-system' }, { 'k8s-app': 'kube-dns' }),
  /** Where the API server listens, for services that may read their own logs and events. */
  apiServerEndpoints: z
    .array(z.strictObject({ ip: z.string().min(1), port: z.number().int().min(1).max(65535) }))
    .default([]),
  /** Past decisions with their inputs, for `berth why`: ConfigMaps in the operator's namespace. */
  history: z
    .strictObject({
      /** How long a decision is kept, hours. */
      keepHours: z.number().int().min(1).max(168).default(25),
      /** All segments together, bytes after compression; beyond it the oldest go. */
      maxBytes: z.number().int().min(1_048_576).default(33_554_432),
    })
    .prefault({}),
  /** What of the cluster is for sale. */
  inventory: z
    .strictObject({
      /** Labels that a node must bear for tenants' pods to be placed on it. */
      nodeSelector: z.record(z.string(), z.string()).default({}),
      /** Addresses that may be leased, as in a MetalLB IPAddressPool: 203.0.113.0/28 or 203.0.113.40-203.0.113.50. */
      leasedIpAddresses: z
        .array(
          z.string().refine(isAddressRange, {
            message:
              'must be a network such as 203.0.113.0/28 or a range such as 10.0.0.5-10.0.0.9',
          }),
        )
        .default([]),
      /** Persistent storage of which the driver does not tell what is free (no CSIStorageCapacity). */
      storage: z
        .strictObject({
          /** What a class holds in all, by its name: 10Ti. Every claim of the class in the cluster counts against it. */
          capacities: z
            .record(
              z.string(),
              z.string().refine(isBytes, { message: 'must be a quantity of bytes such as 10Ti' }),
            )
            .default({}),
          /** Whether a class is sold of which nobody tells: `sell` promises space that may not be there. */
          unknown: z.enum(['refuse', 'sell']).default('refuse'),
        })
        .prefault({}),
    })
    .prefault({}),
  timings: z
    .strictObject({
      /** Full recount of open orders, own bids and own leases. */
      recountMs: periodMs(15_000),
      /** Three-way comparison of chain leases, ComputeLeases and namespaces. */
      compareMs: periodMs(60_000),
      /** How long the scheduler finds no node for a lease's pod before another node is opened to the lease. */
      strandedMs: periodMs(30_000),
      /** Reconcile of a healthy lease without any event. */
      leaseResyncMs: periodMs(30_000),
      /** Reading of every escrow account; what is about to run dry is looked at with each block. */
      fundsMs: periodMs(30_000),
      /** Status of the ComputeProvider. */
      statusMs: periodMs(2_000),
      /** A chain view older than this stops new bids and every teardown. */
      staleAfterMs: periodMs(20_000),
      /** Silence of the API server after which what is free counts as unknown; its bookmarks come about once a minute. */
      inventorySilentMs: periodMs(150_000),
      /** Validity of a bid transaction in block time, before it can never land any more. */
      txTimeoutMs: periodMs(60_000),
      /** Decisions not yet written to the history at most, by age: what a crash loses. */
      historyMs: periodMs(5_000),
      /** Assumed until measured. */
      assumedBlockTimeMs: periodMs(5_900),
    })
    .prefault({}),
});

/** The key is in exactly one place. */
const wholeSchema = configSchema.refine(
  ({ keyFile, signer }) => (keyFile === undefined) !== (signer === undefined),
  { path: ['keyFile'], message: 'set either keyFile or signer, and not both' },
);

export type OperatorConfig = z.infer<typeof configSchema>;

/** The file is missing, is no YAML, or a field is wrong; the message names every field. */
export class ConfigError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ConfigError';
  }
}

/** @throws ConfigError naming the fields at fault */
export const parseConfig = (text: string, source: string): OperatorConfig => {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (cause) {
    throw new ConfigError(`${source} is not valid YAML`, { cause });
  }
  const result = wholeSchema.safeParse(raw ?? {});
  if (result.success) return result.data;
  const faults = result.error.issues.map(
    (i) => `${i.path.join('.') || '(top level)'}: ${i.message}`,
  );
  throw new ConfigError(`${source}: ${faults.join('; ')}`);
};

/** @throws ConfigError */
export const readConfig = (path: string): OperatorConfig => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`cannot read the configuration file ${path}`, { cause });
  }
  return parseConfig(text, path);
};

/** A secret from a file, white space around it aside. @throws ConfigError naming the field */
export const readSecret = (path: string, field: string): string => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new ConfigError(`${field}: cannot read ${path}`, { cause });
  }
  if (text === '') throw new ConfigError(`${field}: ${path} is empty`);
  return text;
};
