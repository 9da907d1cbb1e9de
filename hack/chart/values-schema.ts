/** What `values.yaml` may say. Helm checks it on install, upgrade, lint and template; an unknown key is an error. */
import { z } from 'zod';
import { configSchema as gatewayConfig } from '../../gateway/config.js';
import { configSchema as operatorConfig } from '../../operator/config.js';
import { configSchema as signerConfig } from '../../signer/config.js';

const dnsName = (max: number): z.ZodString =>
  z
    .string()
    .max(max)
    .regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$/);
const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
const dnsLabel = dnsName(63).min(1);
const dnsSubdomain = objectName;
const texts = z.record(z.string(), z.string());
const port = z.number().int().min(1).max(65_535);
/** Passed through to Kubernetes, which checks it itself. */
const objects = z.array(z.record(z.string(), z.unknown()));
const anything = z.record(z.string(), z.unknown());

/** The settings of a process that the chart does not set itself, from the schema that the process checks them with. */
const settings = <S extends z.ZodRawShape>(
  schema: z.ZodObject<S>,
  setByChart: readonly (keyof S & string)[],
): z.ZodObject =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(schema.shape)
        .filter(([key]) => !(setByChart as readonly string[]).includes(key))
        .map(([key, field]) => [key, z.optional(field)]),
    ),
  );

const quantities = z.record(z.string(), z.union([z.string(), z.number()]));
const pod = {
  replicas: z.number().int().min(0),
  metricsPort: port,
  resources: z.strictObject({ requests: quantities.optional(), limits: quantities.optional() }),
  podAnnotations: texts,
  podLabels: texts,
  nodeSelector: texts,
  tolerations: objects,
  affinity: anything,
  priorityClassName: z.string(),
};

/** Always one of it, or one per node. */
const { replicas: _fixed, ...podOfFixedCount } = pod;
const hostFile = z.string().regex(/^\/[^\s:]+$/);

const replicated = { ...pod, topologySpreadConstraints: objects };
const ports = z.array(port).min(1);
const cidr = z.string().regex(/^[0-9a-fA-F.:]+\/\d{1,3}$/);
const peerLabels = z.strictObject({ namespaceLabels: texts, podLabels: texts });
const duration = z.string().regex(/^\d+(ms|s|m|h)$/);
const monitor = z.strictObject({ enabled: z.boolean(), interval: duration, labels: texts });

const values = z.strictObject({
  /** Helm hands it to every chart. */
  global: anything.optional(),
  nameOverride: dnsName(40),
  fullnameOverride: dnsName(40),
  crds: z.strictObject({ enabled: z.boolean(), keep: z.boolean() }),
  rbac: z.strictObject({ create: z.boolean() }),
  admissionPolicies: z.strictObject({ enabled: z.boolean() }),
  image: z.strictObject({
    repository: z.string().min(1),
    tag: z.string(),
    digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
    pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
    pullSecrets: z.array(objectName),
  }),
  operator: z.strictObject({
    ...replicated,
    namespace: dnsName(63),
    createNamespace: z.boolean(),
    key: z.strictObject({
      secretName: objectName,
      secretKey: z.string().regex(/^[-._a-zA-Z0-9]+$/),
    }),
    screening: z.strictObject({
      enabled: z.boolean(),
      port,
      tokenSecret: z.union([objectName, z.literal('')]),
    }),
    config: settings(operatorConfig, [
      'screening',
      'kubeconfig',
      'namespace',
      'keyFile',
      'signer',
      'certificateSecret',
      'http',
    ]),
  }),
  signer: z.strictObject({
    ...podOfFixedCount,
    enabled: z.boolean(),
    namespace: dnsName(63),
    createNamespace: z.boolean(),
    key: z.strictObject({
      secretName: objectName,
      secretKey: z.string().regex(/^[-._a-zA-Z0-9]+$/),
      passphraseKey: z.string().regex(/^[-._a-zA-Z0-9]*$/),
      remote: z.strictObject({
        url: z.union([z.literal(''), z.url({ protocol: /^https$/ })]),
        clientCertificate: z.boolean(),
      }),
    }),
    policy: signerConfig.shape.policy.partial(),
    logLevel: signerConfig.shape.logLevel,
  }),
  gateway: z.strictObject({
    ...replicated,
    certificateSecret: objectName,
    publicCertificateSecret: z.union([objectName, z.literal('')]),
    config: settings(gatewayConfig, [
      'kubeconfig',
      'context',
      'namespace',
      'computeProvider',
      'certificateSecret',
      'listen',
      'grpc',
      'screening',
      'http',
      'tls',
    ]),
    service: z.strictObject({
      type: z.enum(['LoadBalancer', 'NodePort', 'ClusterIP']),
      port,
      grpcPort: port,
      nodePort: z.number().int().min(0).max(65_535),
      grpcNodePort: z.number().int().min(0).max(65_535),
      externalTrafficPolicy: z.enum(['', 'Cluster', 'Local']),
      loadBalancerClass: z.string(),
      annotations: texts,
    }),
    gatewayApi: z.strictObject({
      enabled: z.boolean(),
      kind: z.enum(['TLSRoute', 'TCPRoute']),
      hostnames: z.array(dnsSubdomain),
      parentRefs: objects,
      gatewayClassName: z.union([objectName, z.literal('')]),
      listeners: z.strictObject({ https: dnsLabel, grpc: dnsLabel }),
      annotations: texts,
    }),
  }),
  agent: z.strictObject({
    ...podOfFixedCount,
    enabled: z.boolean(),
    namespace: dnsName(63),
    createNamespace: z.boolean(),
    driver: z.strictObject({
      mode: z.enum(['runtime', 'host']),
      runtimeClassName: z.union([objectName, z.literal('')]),
      nvidiaSmi: hostFile,
      nvidiaMl: hostFile,
    }),
    /** `$(NODE_IP)` is put in by the kubelet. */
    dcgmUrl: z.string().regex(/^(https?:\/\/\S+)?$/),
    periodSeconds: z.number().int().min(1).max(3_600),
    timeoutSeconds: z.number().int().min(1).max(3_600),
    logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']),
  }),
  podDisruptionBudgets: z.strictObject({ enabled: z.boolean() }),
  networkPolicies: z.strictObject({
    enabled: z.boolean(),
    apiServer: z.strictObject({ cidrs: z.array(cidr), ports }),
    chain: z.strictObject({
      addresses: z.array(z.strictObject({ cidr, except: z.array(cidr).optional() })),
      ports,
    }),
    dns: peerLabels.extend({ cidrs: z.array(cidr) }),
    metricsFrom: z.array(peerLabels),
    extraEgress: z.strictObject({
      operator: objects,
      gateway: objects,
      signer: objects,
      agent: objects,
    }),
  }),
  metrics: z.strictObject({ podMonitor: monitor, serviceMonitor: monitor }),
  alerts: z.strictObject({ enabled: z.boolean(), labels: texts }),
  dashboard: z.strictObject({ enabled: z.boolean(), labels: texts, annotations: texts }),
});

/** Helm matches patterns with RE2, which has no look-around; the process itself still checks such a field. */
const dropLookAround = ({ jsonSchema }: { jsonSchema: { pattern?: string } }): void => {
  if (/\(\?[=!<]/.test(jsonSchema.pattern ?? '')) delete jsonSchema.pattern;
};

/** The JSON Schema (draft 7, which every Helm reads); defaults are those of values.yaml and of the processes. */
export const valuesSchema = (): object =>
  z.toJSONSchema(values, { target: 'draft-7', io: 'input', override: dropLookAround });
