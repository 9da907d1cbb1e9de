/** Facts of a provider that is well, for tests of checks: each test plants one fault. */
import { parsePricingPolicy } from '../../../bidengine/parse-pricing-policy.js';
import type { PricingPolicy } from '../../../bidengine/pricing-policy.js';
import type { InventorySnapshot } from '../../../bidengine/snapshot.js';
import { buildSnapshot } from '../../../bidengine/inventory.js';
import { toNodeFacts } from '../../../bidengine/kube-facts.js';
import { API_VERSION, GROUP, RESOURCES, VERSION } from '../../../crds/constants.js';
import type { ComputeProvider } from '../../../crds/generated/types.js';
import { DEFINITIONS } from '../../../crds/kinds.js';
import type { Deployment, Node } from '../../../kube/core-objects.js';
import { fieldsOf } from '../doctor/crd-fields.js';
import { known } from '../doctor/facts.js';
import type { DoctorFacts } from '../doctor/facts.js';
import { CHART_ADMISSION_POLICIES } from '../doctor/generated/chart-rights.js';

export const NOW_MS = Date.parse('2026-06-01T12:00:00Z');
export const ADDRESS = 'akash13xj0mcl935mrfnq7quxawqhaqp9p4ry3y952wj';

export const aProvider = (change: Partial<ComputeProvider['spec']> = {}): ComputeProvider => ({
  apiVersion: API_VERSION,
  kind: 'ComputeProvider',
  metadata: { name: 'provider' },
  spec: {
    address: ADDRESS,
    chain: { chainId: 'devnet', endpoints: [{ url: 'http://node-a:26657', trusted: true }] },
    hostUri: 'https://provider.example.com:8443',
    domain: 'provider.example.com',
    attributes: [
      { key: 'capabilities/storage/1/class', value: 'beta3' },
      { key: 'capabilities/storage/1/persistent', value: 'true' },
    ],
    info: {},
    ingress: { className: 'nginx', domain: 'ingress.example.com', staticHosts: true },
    runtimeClassName: 'nvidia',
    bidding: { paused: false, deposit: '500000uakt', timeoutSeconds: 300 },
    leases: {
      ...{ manifestTimeoutSeconds: 300, withdrawalPeriodSeconds: 3600, minWithdrawUact: '1' },
      ...{ capitalPercentPerYear: 15, runOutMarginBlocks: 5, fundsWarningSeconds: 3600 },
    },
    budgets: { reserveUakt: '1000000', warnHours: 12 },
    record: { mode: 'Apply', quietSeconds: 0, dropAfterSeconds: 86_400, updatesPerDay: 1_000 },
    ...change,
  },
  status: {
    conditions: [
      {
        ...{ type: 'Ready', status: 'True', reason: 'Ready', message: 'The provider serves.' },
        ...{ observedGeneration: 1, lastTransitionTime: '2026-06-01T11:00:00Z' },
      },
    ],
  },
});

/** Eight H100 of which `offered` are allocatable. */
export const aGpuNode = (
  name: string,
  labels: Readonly<Record<string, string>> = {},
  offered = '8',
): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    uid: `uid-${name}`,
    labels: {
      'akash.network': 'true',
      'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3',
      'nvidia.com/gpu.memory': '81559',
      'nvidia.com/gpu.count': '8',
      'nvidia.com/cuda.driver-version.full': '580.65.06',
      ...labels,
    },
  },
  spec: {},
  status: {
    conditions: [{ type: 'Ready', status: 'True' }],
    capacity: {
      cpu: '64',
      memory: '512Gi',
      pods: '110',
      'ephemeral-storage': '1Ti',
      'nvidia.com/gpu': '8',
    },
    allocatable: {
      cpu: '64',
      memory: '512Gi',
      pods: '110',
      'ephemeral-storage': '1Ti',
      'nvidia.com/gpu': offered,
    },
    addresses: [{ type: 'ExternalIP', address: '203.0.113.7' }],
  },
});

export const aPolicy = (models: readonly string[] = ['h100']): PricingPolicy =>
  parsePricingPolicy('standard', {
    ...{ denom: 'uact', floorUsdPerHour: '0.01', tenants: { allow: [], deny: [] } },
    rates: {
      ...{ cpuUsdPerHour: '0.004', memoryGibUsdPerHour: '0.001' },
      storageGibUsdPerHour: { ephemeral: '0.00003', '*': '0.00006' },
      ...{ endpointUsdPerHour: '0', leasedIpUsdPerHour: '0.007' },
      gpus: models.map((model) => ({
        ...{ vendor: 'nvidia', model, ram: '*', interface: '*', usdPerHour: '2.5' },
      })),
    },
  });

export const aDeployment = (component: string, ready = 1): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: `berth-${component}`,
    namespace: 'berth-system',
    labels: { 'app.kubernetes.io/component': component, 'helm.sh/chart': 'berth-0.1.0' },
  },
  spec: { replicas: 1 },
  status: { readyReplicas: ready },
});

/** What buildSnapshot makes of these nodes. */
export const snapshotOf = (nodes: readonly Node[]): InventorySnapshot =>
  buildSnapshot(
    {
      nodes: nodes.map(toNodeFacts),
      ...{ pods: [], storageClasses: [], volumes: [] },
      leasedIps: { available: 0, assigned: [] },
    },
    [],
    NOW_MS,
  );

export const wellFacts = (change: Partial<DoctorFacts> = {}): DoctorFacts => {
  const nodes = [aGpuNode('gpu-1'), aGpuNode('gpu-2')];
  return {
    nowMs: NOW_MS,
    providerName: 'provider',
    provider: known(aProvider()),
    installation: {
      ...{ stateNamespace: 'berth-system', operatorNamespace: 'berth-system-operator' },
      ...{ certificateSecret: 'berth-gateway-certificate', nodeSelector: {} },
      gasPrice: '0.025uakt',
      dnsPods: { namespaceLabels: {}, podLabels: { 'k8s-app': 'kube-dns' } },
      ingressPods: { namespaceLabels: {}, podLabels: {} },
    },
    crds: known(
      DEFINITIONS.map((d) => ({
        name: `${RESOURCES[d.kind]}.${GROUP}`,
        versions: [{ name: VERSION, fields: fieldsOf(d.schema) }],
      })),
    ),
    nodes: known(nodes),
    snapshot: known(snapshotOf(nodes)),
    runtimeClasses: known(['nvidia']),
    ingressClasses: known(['nginx']),
    storageClasses: known([{ name: 'beta3', isDefault: true, availableBytes: 10n ** 12n }]),
    dnsPodsReady: known(2),
    host: known({ name: 'provider.example.com', addresses: ['203.0.113.7'] }),
    wildcard: known({ name: 'berth-doctor.ingress.example.com', addresses: ['203.0.113.7'] }),
    ingressAddresses: known({ addresses: ['203.0.113.7'], stated: false }),
    ports: known([
      { host: 'provider.example.com', port: 8443, outcome: 'open' },
      { host: 'berth-doctor.ingress.example.com', port: 443, outcome: 'open' },
    ]),
    apiServerAheadMs: known(300),
    heartbeats: known([{ node: 'gpu-1', atMs: NOW_MS - 4_000 }]),
    endpoints: known([
      {
        label: 'node-a:26657',
        answer: {
          ...{ chainId: 'devnet', height: 100n, timeMs: NOW_MS - 3_000 },
          ...{ catchingUp: false, latencyMs: 20 },
        },
      },
    ]),
    balances: known([{ denom: 'uakt', amount: 100_000_000n }]),
    record: known({
      ...{ owner: ADDRESS, hostUri: 'https://provider.example.com:8443', attributes: [] },
      info: { email: '', website: '' },
    }),
    marketParams: known({
      orderMaxBids: 20,
      bidMinDeposits: [{ denom: 'uakt', amount: 500_000n }],
    }),
    certificate: known({
      ...{ state: 'there', secret: 'berth-system/berth-gateway-certificate', serial: '77' },
      ...{ notAfterMs: NOW_MS + 300 * 86_400_000, keyMatches: true },
      hosts: ['provider.example.com'],
    }),
    published: known([{ serial: '77', state: 'valid' }]),
    deniedRights: known([]),
    admissionPolicies: known(CHART_ADMISSION_POLICIES.map((name) => `berth-${name}`)),
    priceBooks: known([
      { name: 'standard', labels: {}, policy: aPolicy(['h100', '*']), fault: undefined },
    ]),
    deployments: known([aDeployment('operator'), aDeployment('gateway')]),
    leaderLease: known({
      ...{
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'berth-operator' },
      },
      spec: {
        ...{ holderIdentity: 'berth-operator-0', leaseDurationSeconds: 15 },
        renewTime: new Date(NOW_MS - 2_000).toISOString(),
      },
    }),
    ...change,
  };
};
