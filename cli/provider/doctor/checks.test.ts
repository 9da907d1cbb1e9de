import { describe, expect, it } from '@jest/globals';
import {
  aDeployment,
  aGpuNode,
  aPolicy,
  aProvider,
  NOW_MS,
  snapshotOf,
  wellFacts,
} from '../testing/facts.js';
import { CHECKS } from './checks.js';
import { DOCTOR_CODES } from './codes.js';
import { diagnose, repairsOf } from './diagnose.js';
import { known, unknown } from './facts.js';
import type { CertificateInCluster, DoctorFacts, EndpointLook } from './facts.js';

type Change = Partial<DoctorFacts>;

const withNodes = (...nodes: ReturnType<typeof aGpuNode>[]): Change => ({
  nodes: known(nodes),
  snapshot: known(snapshotOf(nodes)),
});

const withoutLabels = (node: ReturnType<typeof aGpuNode>, ...labels: readonly string[]) => ({
  ...node,
  metadata: {
    ...node.metadata,
    labels: Object.fromEntries(
      Object.entries(node.metadata.labels ?? {}).filter(([key]) => !labels.includes(key)),
    ),
  },
});

const look = (label: string, change: Partial<NonNullable<EndpointLook['answer']>> = {}) => ({
  label,
  answer: {
    ...{ chainId: 'devnet', height: 100n, timeMs: NOW_MS - 3_000 },
    ...{ catchingUp: false, latencyMs: 20, ...change },
  },
});

const certificate = (change: object): Change => {
  const there = wellFacts().certificate;
  return {
    certificate: known({ ...(there.known ? there.value : {}), ...change } as CertificateInCluster),
  };
};

/** What is planted, and: level, code, what the sentence says, what mends it. */
const FAULTS: readonly (readonly [string, Change, string, string, RegExp, RegExp])[] = [
  [
    'no ComputeProvider',
    { provider: known(undefined) },
    'fault',
    'ProviderObjectMissing',
    /no ComputeProvider "provider"/,
    /kubectl apply/,
  ],
  [
    'no definitions',
    { crds: known([]) },
    'fault',
    'CrdMissing',
    /bids.berth.dev v1alpha1 is not served/,
    /helm upgrade/,
  ],
  [
    'old definitions',
    {
      crds: known([
        { name: 'computeproviders.berth.dev', versions: [{ name: 'v1alpha1', fields: new Set() }] },
      ]),
    },
    ...([
      'fault',
      'CrdOutdated',
      /computeproviders.berth.dev lacks spec.address/,
      /helm upgrade/,
    ] as const),
  ],
  [
    'an old driver',
    withNodes(aGpuNode('gpu-1', { 'nvidia.com/cuda.driver-version.full': '470.82.01' })),
    'fault',
    'DriverTooOld',
    /470.82.01 is older than 525.60.13/,
    /berth provider drain gpu-1/,
  ],
  [
    'a silent device plugin',
    withNodes(aGpuNode('gpu-1', {}, '0')),
    'fault',
    'DevicePluginSilent',
    /labels say 8 GPUs, and the device plugin offers none/,
    /nodeName=gpu-1/,
  ],
  [
    'an ill GPU',
    withNodes(aGpuNode('gpu-1', {}, '7')),
    'warning',
    'DevicePluginPartial',
    /7 of 8/,
    /nvidia-smi/,
  ],
  [
    'a node without GFD labels',
    withNodes(withoutLabels(aGpuNode('gpu-1'), 'nvidia.com/gpu.product')),
    'fault',
    'GpuModelUnknown',
    /no label says which model/,
    /GPU feature discovery/,
  ],
  [
    'an unlabelled node',
    withNodes(withoutLabels(aGpuNode('gpu-1'), 'akash.network')),
    'fault',
    'NodeNotLabelled',
    /lacks the label akash.network=true/,
    /kubectl label node gpu-1 akash.network=true/,
  ],
  [
    'a cordoned node',
    withNodes({ ...aGpuNode('gpu-1'), spec: { unschedulable: true } }),
    'warning',
    'NodeWithheld',
    /NodeCordoned/,
    /berth provider uncordon gpu-1/,
  ],
  [
    'no runtime class',
    { runtimeClasses: known([]) },
    'fault',
    'RuntimeClassMissing',
    /every GPU pod would be refused/,
    /kubectl create/,
  ],
  [
    'no storage class',
    { storageClasses: known([{ name: 'other', isDefault: true, availableBytes: undefined }]) },
    'fault',
    'StorageClassMissing',
    /offers class "beta3", and the cluster has other/,
    /Create StorageClass beta3/,
  ],
  [
    'a full storage class',
    { storageClasses: known([{ name: 'beta3', isDefault: true, availableBytes: 0n }]) },
    'warning',
    'StorageClassFull',
    /no free space/,
    /Add disks/,
  ],
  [
    'no default storage class',
    { storageClasses: known([{ name: 'beta3', isDefault: false, availableBytes: 1n }]) },
    'warning',
    'DefaultStorageClassMissing',
    /default/,
    /is-default-class=true/,
  ],
  [
    'no cluster DNS',
    { dnsPodsReady: known(0) },
    'fault',
    'ClusterDnsMissing',
    /k8s-app=kube-dns/,
    /CoreDNS/,
  ],
  [
    'no ingress class',
    { ingressClasses: known(['traefik']) },
    'fault',
    'IngressClassMissing',
    /no IngressClass "nginx"/,
    /one of: traefik/,
  ],
  [
    'a host that does not resolve',
    { host: known({ name: 'provider.example.com', addresses: [] }) },
    'fault',
    'HostUnresolved',
    /provider.example.com does not resolve/,
    /record A provider.example.com/,
  ],
  [
    'no wildcard record',
    { wildcard: known({ name: 'x.ingress.example.com', addresses: [] }) },
    'fault',
    'WildcardDnsMissing',
    /does not resolve/,
    /record A \*.ingress.example.com with 203.0.113.7/,
  ],
  [
    'a wrong wildcard record',
    { wildcard: known({ name: 'x.ingress.example.com', addresses: ['198.51.100.1'] }) },
    'fault',
    'WildcardDnsElsewhere',
    /is 198.51.100.1, the ingress is at 203.0.113.7/,
    /record A/,
  ],
  [
    'an ingress behind a router',
    { ingressAddresses: known({ addresses: ['192.168.1.5'], stated: false }) },
    ...([
      'warning',
      'WildcardDnsElsewhere',
      /right only behind a router/,
      /--ingress-address/,
    ] as const),
  ],
  [
    'a closed port',
    { ports: known([{ host: 'provider.example.com', port: 8443, outcome: 'timeout' }]) },
    'fault',
    'PortClosed',
    /provider.example.com:8443 does not answer/,
    /TCP 8443/,
  ],
  [
    'a skewed machine',
    { apiServerAheadMs: known(-120_000) },
    'fault',
    'ClockSkewed',
    /2m behind this machine's/,
    /timedatectl/,
  ],
  [
    'a node ahead',
    { heartbeats: known([{ node: 'gpu-1', atMs: NOW_MS + 61_000 }]) },
    'fault',
    'NodeClockSkewed',
    /1m ahead/,
    /timedatectl/,
  ],
  [
    'a node behind',
    { heartbeats: known([{ node: 'gpu-1', atMs: NOW_MS - 600_000 }]) },
    'warning',
    'NodeClockSkewed',
    /10m old/,
    /timedatectl/,
  ],
  [
    'a chain ahead of us',
    { endpoints: known([look('node-a', { timeMs: NOW_MS + 60_000 })]) },
    'fault',
    'ChainClockSkewed',
    /1m ahead/,
    /timedatectl/,
  ],
  [
    'a dead endpoint',
    { endpoints: known([look('node-a'), { label: 'node-b:1', answer: undefined }]) },
    'fault',
    'EndpointDead',
    /does not answer/,
    /spec.chain.endpoints/,
  ],
  [
    'an endpoint of another chain',
    { endpoints: known([look('node-a'), look('node-b', { chainId: 'sandbox' })]) },
    'fault',
    'EndpointWrongChain',
    /of sandbox, the provider of devnet/,
    /another endpoint/,
  ],
  [
    'an endpoint that catches up',
    { endpoints: known([look('node-a'), look('node-b', { catchingUp: true })]) },
    'warning',
    'EndpointCatchingUp',
    /catching up/,
    /Wait/,
  ],
  [
    'an endpoint behind',
    {
      endpoints: known([look('node-a'), look('node-b', { height: 10n, timeMs: NOW_MS - 60_000 })]),
    },
    'warning',
    'EndpointLagging',
    /90 blocks behind/,
    /another endpoint/,
  ],
  [
    'a slow endpoint',
    { endpoints: known([look('node-a'), look('node-b', { latencyMs: 3_000 })]) },
    'warning',
    'EndpointSlow',
    /3s/,
    /another endpoint/,
  ],
  [
    'no endpoint at all',
    { endpoints: known([{ label: 'a:1', answer: undefined }]) },
    'fault',
    'ChainSilent',
    /no endpoint can be used/,
    /another endpoint/,
  ],
  [
    'a chain that stands still',
    { endpoints: known([look('node-a', { timeMs: NOW_MS - 600_000 })]) },
    'fault',
    'ChainStale',
    /10m old/,
    /explorer/,
  ],
  [
    'one stranger as endpoint',
    {
      provider: known(
        aProvider({
          chain: { chainId: 'devnet', endpoints: [{ url: 'http://a:1', trusted: false }] },
        }),
      ),
    },
    ...(['warning', 'EndpointAlone', /nothing that ended can be proven/, /second one/] as const),
  ],
  [
    'an empty wallet',
    { balances: known([]) },
    'fault',
    'WalletEmpty',
    /0 AKT, of which 1 AKT are kept back: not one bid/,
    /Send uakt to akash13/,
  ],
  [
    'a small wallet',
    { balances: known([{ denom: 'uakt', amount: 3_000_000n }]) },
    'warning',
    'WalletLow',
    /pays 3 bids/,
    /Send uakt/,
  ],
  [
    'no record on chain',
    { record: known(undefined) },
    'fault',
    'ProviderNotRegistered',
    /no provider record/,
    /operator registers/,
  ],
  [
    'no certificate',
    { certificate: known({ state: 'missing', secret: 'n/c' }) },
    'fault',
    'CertificateMissing',
    /no Secret n\/c/,
    /operator makes/,
  ],
  [
    'a broken certificate',
    { certificate: known({ state: 'unreadable', secret: 'n/c', why: 'tls.crt: nonsense' }) },
    'fault',
    'CertificateUnreadable',
    /nonsense/,
    /kubectl delete secret -n n c/,
  ],
  [
    'an expired certificate',
    certificate({ notAfterMs: NOW_MS - 86_400_000 }),
    'fault',
    'CertificateExpired',
    /expired 1d ago/,
    /kubectl delete secret/,
  ],
  [
    'a certificate that expires',
    certificate({ notAfterMs: NOW_MS + 86_400_000 }),
    'warning',
    'CertificateExpiring',
    /in 1d/,
    /kubectl delete secret/,
  ],
  [
    'another key',
    certificate({ keyMatches: false }),
    'fault',
    'CertificateKeyMismatch',
    /not the key/,
    /kubectl delete secret/,
  ],
  [
    'another host',
    certificate({ hosts: ['old.example.com'] }),
    'warning',
    'CertificateHostMissing',
    /for old.example.com/,
    /spec.domain/,
  ],
  [
    'an unpublished certificate',
    { published: known([]) },
    'fault',
    'CertificateUnpublished',
    /77 is not on chain/,
    /operator publishes/,
  ],
  [
    'a revoked certificate',
    { published: known([{ serial: '77', state: 'revoked' as const }]) },
    'fault',
    'CertificateRevoked',
    /revoked/,
    /kubectl delete secret/,
  ],
  [
    'a missing right',
    { deniedRights: known([{ user: 'system:serviceaccount:a:b', right: 'get secrets in a' }]) },
    'fault',
    'RightMissing',
    /may not get secrets in a/,
    /helm upgrade/,
  ],
  [
    'no admission policies',
    { admissionPolicies: known([]) },
    'warning',
    'AdmissionPolicyMissing',
    /-workloads/,
    /admissionPolicies.enabled=true/,
  ],
  [
    'no price book',
    { priceBooks: known([]) },
    'fault',
    'PolicyMissing',
    /no PricingPolicy/,
    /kubectl apply/,
  ],
  [
    'a broken price book',
    {
      priceBooks: known([{ name: 'p', labels: {}, policy: undefined, fault: 'rates.x: is wrong' }]),
    },
    'fault',
    'PolicyInvalid',
    /rates.x: is wrong/,
    /kubectl edit pricingpolicy p/,
  ],
  [
    'a GPU model without a price',
    { priceBooks: known([{ name: 'p', labels: {}, policy: aPolicy(['a100']), fault: undefined }]) },
    'fault',
    'GpuModelUnpriced',
    /h100/,
    /model: h100/,
  ],
  [
    'no operator',
    { deployments: known([aDeployment('gateway')]) },
    'fault',
    'ProcessMissing',
    /Deployment of the operator/,
    /helm install/,
  ],
  [
    'an operator that is not ready',
    { deployments: known([aDeployment('operator', 0), aDeployment('gateway')]) },
    'fault',
    'ProcessNotReady',
    /0 of 1/,
    /kubectl logs/,
  ],
  [
    'no leader',
    { leaderLease: known(undefined) },
    'fault',
    'OperatorNotLeading',
    /ever led/,
    /kubectl logs/,
  ],
  [
    'paused bidding',
    {
      provider: known(
        aProvider({ bidding: { paused: true, deposit: '500000uakt', timeoutSeconds: 300 } }),
      ),
    },
    ...(['warning', 'BiddingPaused', /spec.bidding.paused/, /berth provider uncordon/] as const),
  ],
];

describe('the checks', () => {
  it('find nothing on a provider that is well', () => {
    const diagnoses = diagnose(wellFacts());
    expect(diagnoses.filter((d) => d.level !== 'ok')).toEqual([]);
    expect(new Set(diagnoses.map((d) => d.check))).toEqual(new Set(CHECKS.map((c) => c.name)));
  });

  it.each(FAULTS)('find %s', (_name, change, level, code, message, fix) => {
    const found = diagnose(wellFacts(change)).filter((d) => d.code === code);
    expect(found.length).toBeGreaterThan(0);
    const matching = found.filter((d) => message.test(d.message));
    expect(matching).toMatchObject([{ level }]);
    expect(matching[0]?.fix?.text).toMatch(fix);
  });

  it('say nothing is wrong with what they could not read', () => {
    const why = unknown('the API server is silent');
    const dark = Object.fromEntries(
      Object.entries(wellFacts()).map(([key, value]) => [
        key,
        typeof value === 'object' && 'known' in value ? why : value,
      ]),
    ) as unknown as DoctorFacts;
    const diagnoses = diagnose(dark);
    expect(diagnoses.filter((d) => d.level === 'fault' || d.level === 'warning')).toEqual([]);
    expect(diagnoses.filter((d) => d.level === 'notChecked').length).toBeGreaterThanOrEqual(
      CHECKS.length,
    );
  });

  it('takes no time from another chain', () => {
    const endpoints = known([
      look('node-a'),
      look('node-b', { chainId: 'sandbox', timeMs: NOW_MS + 10_000_000 }),
    ]);
    expect(diagnose(wellFacts({ endpoints })).map((d) => d.code)).not.toContain('ChainClockSkewed');
  });

  it('offer to mend only what takes nothing away', () => {
    const node = withoutLabels(aGpuNode('gpu-1'), 'akash.network');
    const repairs = repairsOf(
      diagnose(wellFacts({ ...withNodes(node), runtimeClasses: known([]), balances: known([]) })),
    );
    expect(repairs.map((r) => r.what)).toEqual([
      'label node gpu-1 akash.network=true',
      'create RuntimeClass nvidia (handler nvidia)',
    ]);
  });

  it('leave alone nodes that are not meant to be sold', () => {
    const node = withoutLabels(aGpuNode('gpu-1'), 'akash.network');
    const { installation } = wellFacts();
    const change = { installation: { ...installation, nodeSelector: { pool: 'berth' } } };
    expect(diagnose(wellFacts({ ...withNodes(node), ...change })).map((d) => d.code)).not.toContain(
      'NodeNotLabelled',
    );
  });
});

describe('the codes', () => {
  it('are each found by a test above, but for those told elsewhere', () => {
    const told = new Set(['Ok', 'NotChecked', 'NoBidOnSample']);
    const untested = Object.keys(DOCTOR_CODES).filter(
      (code) => !told.has(code) && !FAULTS.some((f) => f[3] === code),
    );
    expect(untested).toEqual(['HostUriDiffers', 'PolicyDoubtful', 'ConditionFalse']);
  });
});
