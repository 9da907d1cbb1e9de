/**
 * `berth provider doctor` on a real API server, a real chain and running operator and gateway: clean when all is well, and
 * thirteen planted faults found at once, each with its fix; `--fix` mends those that are safe.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { generateCertificate } from '../../../chain/certificate.js';
import { connectChain } from '../../../chain/client.js';
import { systemClock } from '../../../chain/clock.js';
import { ScriptedRpc } from '../../../chain/testing/scripted-rpc.js';
import { signerFromMnemonic } from '../../../chain/wallet.js';
import { isCliFailure } from '../../../cli/failure.js';
import { doctor } from '../../../cli/provider/doctor/command.js';
import type { DoctorRequest } from '../../../cli/provider/doctor/command.js';
import { createOutput } from '../../../cli/terminal.js';
import { COMPUTE_PROVIDERS, NODES, PRICING_POLICIES, SECRETS } from '../../../kube/resources.js';
import { Decimal } from '../../../market/money.js';
import { applyObjects, kubectl } from '../../../hack/apply-chart.js';
import { renderChart } from '../../../hack/render-chart.js';
import { afterTests } from '../../after-tests.js';
import { waitFor } from '../../peers/wait.js';
import { aPricingPolicy } from '../../stack/policies.js';
import { startStack } from '../../stack/stack.js';
import type { Stack } from '../../stack/stack.js';
import { startDns } from './dns-server.js';
import type { DnsServer } from './dns-server.js';

jest.setTimeout(900_000);

/** For an operator that starts, registers and publishes while other suites have the machine. */
const PATIENCE_MS = 400_000;

const RIGHT_ADDRESS = '203.0.113.7';
const WRONG_ADDRESS = '198.51.100.99';
const GAS = { gasPrice: { denom: 'uakt', amount: new Decimal('0.025') } };
const CERTIFICATE = { name: 'berth-gateway-certificate', namespace: 'berth-system' };

interface Row {
  readonly check: string;
  readonly level: string;
  readonly code: string;
  readonly message: string;
  readonly subject?: string;
  readonly fix?: string;
}

interface Report {
  readonly exit: 0 | 1;
  readonly findings: readonly Row[];
  readonly repaired: readonly string[];
}

let stack: Stack;
let dns: DnsServer;
let stranger: ScriptedRpc;
let vantageUrl: string;
const closedPorts = new Set<number>();
let skewMs = 0;

const atEnd = afterTests();
const admin = (...args: readonly string[]): Promise<string> =>
  kubectl(stack.cluster.kubeconfigPath, args);

/** A machine elsewhere, in the vantage's protocol: what it sees is the test's to say. */
const startVantage = async (): Promise<string> => {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { ports } = JSON.parse(text) as { readonly ports: readonly number[] };
      const results = ports.map((port) => ({
        port,
        outcome: closedPorts.has(port) ? 'timeout' : 'open',
      }));
      response.end(JSON.stringify({ results }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => server.close());
  return `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
};

/** One run, with the table for people on the console. */
const run = async (change: Partial<DoctorRequest> = {}): Promise<Report> => {
  let text = '';
  const output = createOutput({ write: (t) => (text += t) }, 'json');
  const result: typeof output.result = (value, table) => {
    console.log(table);
    output.result(value, table);
  };
  const terminal = {
    ...{ canAsk: false, redraws: false },
    ...{ say: () => undefined, live: () => undefined, settle: () => undefined },
    ask: () => Promise.reject(new Error('nobody answers')),
    style: (_: unknown, words: string) => words,
  };
  let exit: Report['exit'] = 0;
  try {
    await doctor(
      {
        ...{ terminal, clock: systemClock, cluster: stack.api },
        output: { ...output, result },
        signal: new AbortController().signal,
        serverTime: async () => ({ known: true, value: Date.now() + skewMs }),
      },
      {
        ...{ providerName: 'provider', namespace: undefined, fix: false, yes: true },
        ...{ dnsServers: [dns.address], ingressAddresses: [RIGHT_ADDRESS] },
        ...{ vantage: { url: vantageUrl, token: 'x' }, desk: undefined, ...change },
      },
    );
  } catch (error) {
    if (!isCliFailure(error) || error.code !== 'FaultsFound') throw error;
    exit = 1;
  }
  return { ...(JSON.parse(text) as Report), exit };
};

const wrong = ({ findings }: Report): readonly string[] =>
  findings.filter((f) => f.level === 'fault').map((f) => `${f.code} ${f.message}`);

const changeChain = async (urls: readonly string[]): Promise<void> => {
  const provider = await stack.api.get(COMPUTE_PROVIDERS, { name: 'provider' });
  const endpoints = urls.map((url) => ({ url, trusted: true }));
  const patch = { spec: { chain: { ...provider?.spec.chain, endpoints } } };
  await admin('patch', 'computeprovider', 'provider', '--type=merge', '-p', JSON.stringify(patch));
};

/** Moves all but 0.9 AKT, less than the reserve. */
const send = async (from: 'provider' | 'tenant', to: 'provider' | 'tenant', left: bigint) => {
  const chain = connectChain({ endpoints: [stack.chain.rpcUrl] });
  try {
    const signer = await signerFromMnemonic(stack.chain.account(from).mnemonic);
    const balances = await chain.reader.balances(signer.address);
    const held = balances.find((b) => b.denom === 'uakt')?.amount ?? 0n;
    const amount = [{ denom: 'uakt', amount: held - left }];
    const outcome = await chain
      .laneFor(signer, GAS)
      .submit([
        { type: 'send', from: signer.address, to: stack.chain.account(to).address, amount },
      ]);
    expect(outcome).toMatchObject({ status: 'included', code: 0 });
  } finally {
    chain.close();
  }
};

const store = async (pems: { readonly certPem: string; readonly keyPem: string }) => {
  const secret = await stack.api.get(SECRETS, CERTIFICATE);
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  await stack.api.apply(SECRETS, {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: CERTIFICATE },
    data: { ...secret?.data, 'tls.crt': base64(pems.certPem), 'tls.key': base64(pems.keyPem) },
  });
};

const expiredCertificate = () =>
  generateCertificate({
    ...{ address: stack.chain.account('provider').address, hosts: ['localhost'], serial: 4_711n },
    notBefore: new Date(Date.now() - 400 * 86_400_000),
    notAfter: new Date(Date.now() - 35 * 86_400_000),
  });

const gpusOffered = (node: string, count: string): Promise<string> => {
  const gpus = { 'nvidia.com/gpu': count };
  const patch = JSON.stringify({ status: { capacity: gpus, allocatable: gpus } });
  return admin('patch', 'node', node, '--subresource=status', '--type=merge', '-p', patch);
};

const priceOnly = async (models: readonly string[]): Promise<void> => {
  const policy = aPricingPolicy();
  const { rates } = policy.spec;
  const gpus = rates.gpus.filter((g) => models.includes(g.model));
  await stack.api.apply(PRICING_POLICIES, {
    ...policy,
    spec: { ...policy.spec, rates: { ...rates, gpus } },
  });
};

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-doctor-'));
  atEnd(() => rmSync(dir, { recursive: true, force: true }));
  stack = await startStack({ dir, blockTimeMs: 500 });
  atEnd(() => stack.stop());
  // The Deployments as well: kwok plays their pods, and the processes that really run stand beside them.
  await applyObjects(
    stack.cluster.kubeconfigPath,
    (await renderChart()).filter((o) => ['Deployment', 'ConfigMap'].includes(o.kind)),
  );
  await applyObjects(stack.cluster.kubeconfigPath, [
    {
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: { name: 'dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
      spec: { containers: [{ name: 'dns', image: 'coredns' }] },
    },
    {
      ...{ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' } },
      spec: { controller: 'k8s.io/ingress-nginx' },
    },
  ]);
  dns = await startDns(RIGHT_ADDRESS);
  atEnd(() => dns.close());
  stranger = await ScriptedRpc.start();
  stranger.addBlock();
  atEnd(() => stranger.stop());
  vantageUrl = await startVantage();
});

/** Planted together. What is planted; the code, what it is about, and what mends it. */
const PLANTED: readonly (readonly [string, string, RegExp, RegExp])[] = [
  [
    'missing runtime class',
    'RuntimeClassMissing',
    /^runtimeclass\/nvidia$/,
    /RuntimeClass "nvidia"/,
  ],
  ['a device plugin that reports none', 'DevicePluginSilent', /^node\/h100-2$/, /nodeName=h100-2/],
  ['an unlabelled node', 'NodeNotLabelled', /^node\/h100-1$/, /kubectl label node h100-1/],
  [
    'a missing storage class',
    'StorageClassMissing',
    /^storageclass\/beta3$/,
    /Create StorageClass/,
  ],
  ['a wrong wildcard record', 'WildcardDnsElsewhere', /^$/, /record A \*\.ingress\.example\.com/],
  ['a dead RPC endpoint', 'EndpointDead', /^endpoint\/127\.0\.0\.1:9$/, /spec\.chain\.endpoints/],
  ['an endpoint of another chain', 'EndpointWrongChain', /^endpoint\/127/, /another endpoint/],
  ['an empty wallet', 'WalletEmpty', /^$/, /Send uakt to akash1/],
  ['an expired certificate', 'CertificateExpired', /^secret\//, /kubectl delete secret/],
  ['a removed RBAC binding', 'RightMissing', /berth-operator$/, /helm upgrade/],
  ['a GPU model without a price', 'GpuModelUnpriced', /^gpu\/rtx4090$/, /model: rtx4090/],
  ['a skewed clock', 'ClockSkewed', /^$/, /timedatectl/],
  ['a closed port', 'PortClosed', /^port\/8444$/, /TCP 8444/],
];

describe('berth provider doctor', () => {
  let certificate: { readonly certPem: string; readonly keyPem: string };
  let sick: Report;

  it('finds no fault on a provider that serves orders, and its sample order gets a bid', async () => {
    const report = await waitFor(
      'a clean report',
      async () => {
        const now = await run();
        return now.exit === 0 ? now : undefined;
      },
      { timeoutMs: PATIENCE_MS },
    );
    expect(wrong(report)).toEqual([]);
    const last = report.findings.at(-1);
    expect(last).toMatchObject({ check: 'simulated order', level: 'ok' });
    expect(last?.message).toMatch(
      /^1 h100, 4 vCPU, 16 GiB: would bid 2\.\d+ USD per hour .* on h100-/,
    );
  });

  it('gets thirteen faults planted', async () => {
    const secret = await stack.api.get(SECRETS, CERTIFICATE);
    const text = (key: string): string =>
      Buffer.from(secret?.data?.[key] ?? '', 'base64').toString('utf8');
    certificate = { certPem: text('tls.crt'), keyPem: text('tls.key') };
    // A running operator would mend some of it before anybody looks.
    await stack.operator.terminate({ hold: true });
    await admin('delete', 'runtimeclass', 'nvidia');
    await gpusOffered('h100-2', '0');
    await admin('label', 'node', 'h100-1', 'akash.network-');
    await admin('delete', 'storageclass', 'beta3');
    dns.say(WRONG_ADDRESS);
    await changeChain([stack.chain.rpcUrl, 'http://127.0.0.1:9', stranger.url]);
    await send('provider', 'tenant', 900_000n);
    await store(await expiredCertificate());
    await admin('delete', 'clusterrolebinding', 'berth-operator');
    await priceOnly(['h100']);
    skewMs = -120_000;
    closedPorts.add(8444);
    sick = await run();
    expect(sick.exit).toBe(1);
  });

  it.each(PLANTED)('finds %s with its fix', (_name, code, subject, fix) => {
    const found = sick.findings.filter((f) => f.code === code && subject.test(f.subject ?? ''));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ level: 'fault' });
    expect(found[0]?.fix).toMatch(fix);
  });

  it('mends what is safe, and asks the operator of the cluster for the rest', async () => {
    const { repaired, findings } = await run({ fix: true });
    expect(repaired).toEqual(
      expect.arrayContaining([
        'label node h100-1 akash.network=true',
        'create RuntimeClass nvidia (handler nvidia)',
      ]),
    );
    const codes = findings.map((f) => f.code);
    expect(codes).not.toContain('RuntimeClassMissing');
    expect(codes).not.toContain('NodeNotLabelled');
    expect(codes).toContain('StorageClassMissing');
    const node = await stack.api.get(NODES, { name: 'h100-1' });
    expect(node?.metadata.labels?.['akash.network']).toBe('true');
  });

  it('is clean again when the rest is mended by its advice', async () => {
    await gpusOffered('h100-2', '8');
    await applyObjects(stack.cluster.kubeconfigPath, [
      {
        ...{ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'beta3' } },
        provisioner: 'kubernetes.io/no-provisioner',
      },
      ...(await renderChart({ only: 'rbac' })),
    ]);
    dns.say(RIGHT_ADDRESS);
    await changeChain([stack.chain.rpcUrl]);
    await send('tenant', 'provider', 50_000_000n);
    await store(certificate);
    await priceOnly(['h100', 'rtx4090']);
    skewMs = 0;
    closedPorts.clear();
    stack.operator.release();
    const report = await waitFor(
      'a clean report',
      async () => {
        const now = await run();
        return now.exit === 0 ? now : undefined;
      },
      { timeoutMs: PATIENCE_MS },
    );
    expect(wrong(report)).toEqual([]);
  });
});
