/** The gateway as a process, with nothing but the chart's rights, on a real API server; the chain is down throughout. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { stringify } from 'yaml';
import { createAsk } from '../../../gateway/adapters/asking.js';
import { createKubeManifestStore } from '../../../gateway/adapters/kube-manifest-store.js';
import { makeCertificate } from '../../../gateway/testing/certificates.js';
import { aTenant } from '../../../gateway/testing/tenants.js';
import { send } from '../../../gateway/testing/tls-client.js';
import { applyChart } from '../../../hack/apply-chart.js';
import type { AppliedChart } from '../../../hack/apply-chart.js';
import type { KubeApi } from '../../../kube/api.js';
import { COMPUTE_PROVIDERS, SECRETS } from '../../../kube/resources.js';
import { leaseNamespace } from '../../../manifests/names.js';
import type { LeaseId } from '../../../market/ids.js';
import { systemClock } from '../../../operator/clock.js';
import { connectCluster } from '../../../operator/connect-cluster.js';
import { afterTests } from '../../after-tests.js';
import { startCluster } from '../../peers/cluster/start-cluster.js';
import type { Cluster } from '../../peers/cluster/types.js';
import { freePorts } from '../../peers/ports.js';
import { logTail, startProgram } from '../../peers/process.js';
import type { Program } from '../../peers/process.js';
import { waitFor } from '../../peers/wait.js';
import { aComputeProvider } from '../../stack/policies.js';

jest.setTimeout(60_000);

const PROVIDER = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';
const ROOT = join(import.meta.dirname, '../../..');

let dir: string;
let cluster: Cluster;
let chart: AppliedChart;
let admin: { readonly api: KubeApi; close(): void };
let own: { readonly api: KubeApi; close(): void };
let gateway: Program;
let port: number;
let httpPort: number;
let deadPort: number;

const atEnd = afterTests();
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'berth-gateway-'));
  atEnd(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  cluster = await startCluster({ dir: join(dir, 'cluster') });
  atEnd(() => cluster.stop());
  chart = await applyChart(cluster.kubeconfigPath);
  const kubeconfig = await cluster.kubeconfigFor(chart.gateway);
  admin = await connectCluster(cluster.kubeconfigPath, process.env, systemClock);
  atEnd(() => {
    admin.close();
  });
  own = await connectCluster(kubeconfig, process.env, systemClock);
  atEnd(() => {
    own.close();
  });
  [port = 0, httpPort = 0, deadPort = 0] = await freePorts(3);
  const config = join(dir, 'gateway.yaml');
  writeFileSync(
    config,
    stringify({
      kubeconfig,
      namespace: chart.namespace,
      listen: { host: '127.0.0.1', port },
      grpc: { host: '127.0.0.1', port: 0 },
      http: { host: '127.0.0.1', port: httpPort },
      tls: { reloadSeconds: 0.2 },
    }),
  );
  gateway = await startProgram({
    name: 'gateway',
    command: process.execPath,
    args: ['--import', 'tsx', join(ROOT, 'gateway/main.ts'), '--config', config],
    logPath: join(dir, 'gateway.log'),
    env: { NODE_OPTIONS: '' },
  });
  atEnd(() => gateway.stop(5000));
}, 180_000);

const readyz = async (): Promise<string> =>
  (await (await fetch(`http://127.0.0.1:${httpPort}/readyz`)).text()).trim();
const untilReady = (want: string | RegExp): Promise<string> =>
  waitFor(
    `the gateway's readiness to be ${String(want)}`,
    async () => {
      const said = await readyz();
      if (typeof want === 'string' ? said === want : want.test(said)) return said;
      throw new Error(`it is "${said}"; ${logTail(gateway.logPath, 5)}`);
    },
    { timeoutMs: 30_000 },
  );
const publishCertificate = async (commonName: string): Promise<void> => {
  const made = makeCertificate({ commonName });
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  await admin.api.apply(SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'berth-gateway-certificate', namespace: chart.namespace },
    data: { 'tls.crt': encode(made.cert), 'tls.key': encode(made.key) },
  });
};

describe('the gateway process, one step after the other', () => {
  it('waits for its ComputeProvider, then for its certificate, and says so', async () => {
    await untilReady('there is no ComputeProvider "provider" yet');
    await admin.api.apply(
      COMPUTE_PROVIDERS,
      aComputeProvider({
        address: PROVIDER,
        chainId: 'devnet-1',
        rpcUrls: [`http://127.0.0.1:${deadPort}`],
        gatewayPort: port,
      }),
    );
    await untilReady(/berth-gateway-certificate holds no certificate yet/);
    await publishCertificate(PROVIDER);
    await untilReady('ok');
  });

  it('answers what needs no chain, with the rights of its service account', async () => {
    const address = await send({ port, path: '/address' });
    expect(address).toMatchObject({ json: { address: PROVIDER }, serverCommonName: PROVIDER });
    const version = await send({ port, path: '/version' });
    expect(version.json).toMatchObject({ kube: { gitVersion: expect.stringMatching(/^v1\./) } });
    const status = await send({ port, path: '/status' });
    expect(status.json).toMatchObject({
      cluster: { leases: 0, inventory: { active: [], pending: [], error: null } },
      address: PROVIDER,
      cluster_public_hostname: 'localhost',
    });
  });

  it('answers 503 with a reason to what needs the chain', async () => {
    const tenant = await aTenant('alice');
    const answer = await send({
      port,
      method: 'PUT',
      path: '/deployment/1/manifest',
      headers: { Authorization: `Bearer ${await tenant.token()}` },
      body: '[]',
    });
    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({ code: 'ChainUnavailable' });
  });

  it('shows a renewed certificate to new connections', async () => {
    await publishCertificate('renewed');
    await waitFor(
      'the renewed certificate',
      async () =>
        (await send({ port, path: '/address' })).serverCommonName === 'renewed' ? true : undefined,
      { timeoutMs: 20_000 },
    );
  });

  it('exposes its metrics', async () => {
    const text = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
    expect(text).toContain(
      'berth_gateway_requests_total{route="/deployment/:dseq/manifest",status="503",code="ChainUnavailable"} 1',
    );
  });

  it('ends by itself on SIGTERM', async () => {
    await gateway.stop(20_000);
    expect(gateway.ending()).toBe('exit status 0');
    expect(logTail(gateway.logPath, 1)).toContain('stopped');
  });
});

describe('manifest Secrets on a real API server, with the rights of the gateway', () => {
  const lease: LeaseId = {
    owner: PROVIDER,
    dseq: 18_446_744_073_709_551_615n,
    gseq: 1,
    oseq: 1,
    provider: PROVIDER,
    bseq: 0,
  };
  const manifest = { lease, groupName: 'west', hash: 'ab'.repeat(32), json: '[{"name":"west"}]' };

  it('are written, read back, and untouched by the same again', async () => {
    const store = createKubeManifestStore(own.api, chart.namespace, createAsk('cluster', 10_000));
    const version = async (): Promise<string | undefined> =>
      (
        await admin.api.get(SECRETS, {
          name: leaseNamespace(lease),
          namespace: chart.namespace,
        })
      )?.metadata.resourceVersion;
    expect(await store.get(lease)).toBeUndefined();
    await store.put(manifest);
    const first = await version();
    await store.put(manifest);
    expect(await version()).toBe(first);
    expect(await store.get(lease)).toEqual(manifest);
    await store.put({ ...manifest, json: '[]' });
    expect((await store.get(lease))?.json).toBe('[]');
  });

  it('of the greatest size that a body may have are taken', async () => {
    const store = createKubeManifestStore(own.api, chart.namespace, createAsk('cluster', 10_000));
    const json = `["${'x'.repeat(1024 * 1024 - 4)}"]`;
    await store.put({ ...manifest, lease: { ...lease, oseq: 2 }, json });
    expect((await store.get({ ...lease, oseq: 2 }))?.json).toBe(json);
  });
});
