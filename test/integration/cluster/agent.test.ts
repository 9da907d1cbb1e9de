/** The node agent under its chart's rights, on a real API server: what it tells, and what an agent that was taken over cannot. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiException, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { Agent } from '../../../agent/agent.js';
import { NvidiaSmi, nvidiaSmiAt } from '../../../agent/nvidia-smi.js';
import { gpuXml, logXml } from '../../../agent/testing/smi.js';
import { GPU_READINGS } from '../../../crds/constants.js';
import { applyChart } from '../../../hack/apply-chart.js';
import { kubeconfigAccess } from '../../../kube/access/kubeconfig.js';
import { HttpKubeApi } from '../../../kube/http-api.js';
import { HttpsTransport } from '../../../kube/https-transport.js';
import { afterTests } from '../../after-tests.js';
import { writeKubeconfig } from '../../peers/cluster/kubeconfig.js';
import { startCluster } from '../../peers/cluster/start-cluster.js';
import type { Cluster } from '../../peers/cluster/types.js';
import { waitFor } from '../../peers/wait.js';

jest.setTimeout(180_000);
const PLACE = 'berth-system';
const AGENT = { namespace: 'berth-system-agent', name: 'berth-agent' };

const refusalOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'allowed';
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    expect(error.code).toBe(403);
    return (JSON.parse(error.body as string) as { readonly message: string }).message;
  }
};

const readings = (name: string, extra: object = {}): object => ({
  metadata: { name, labels: { [GPU_READINGS.label]: 'true' } },
  data: { [GPU_READINGS.key]: '{}' },
  ...extra,
});

describe("the node agent under the chart's rights", () => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-agent-'));
  let cluster: Cluster;
  let admin: KubeConfig;
  let kubeconfig: string;
  let core: CoreV1Api;

  /** A kubeconfig with a token as the kubelet would ask for it, for a pod on `node`; without one, bound to nothing. */
  const kubeconfigOn = async (node: string | undefined): Promise<string> => {
    const api = admin.makeApiClient(CoreV1Api);
    const { namespace, name } = AGENT;
    const pod =
      node === undefined
        ? undefined
        : await api.createNamespacedPod({
            namespace,
            body: {
              metadata: { name: `agent-${node}` },
              spec: {
                serviceAccountName: name,
                nodeName: node,
                securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
                containers: [
                  {
                    name: 'agent',
                    image: 'berth',
                    securityContext: {
                      allowPrivilegeEscalation: false,
                      capabilities: { drop: ['ALL'] },
                    },
                  },
                ],
              },
            },
          });
    const boundObjectRef = {
      ...{ apiVersion: 'v1', kind: 'Pod' },
      ...{ name: pod?.metadata?.name ?? '', uid: pod?.metadata?.uid ?? '' },
    };
    const spec = { audiences: [], ...(pod === undefined ? {} : { boundObjectRef }) };
    const answer = await api.createNamespacedServiceAccountToken({
      ...{ namespace, name, body: { spec } },
    });
    return writeKubeconfig(join(dir, `agent-${node ?? 'nowhere'}.kubeconfig`), {
      ...{ server: cluster.server, caPem: cluster.caPem, user: name, namespace },
      credentials: { kind: 'token', token: answer.status?.token ?? '' },
    });
  };
  const coreOf = (path: string): CoreV1Api => {
    const config = new KubeConfig();
    config.loadFromFile(path);
    return config.makeApiClient(CoreV1Api);
  };
  const write = (api: CoreV1Api, body: object): Promise<string> =>
    refusalOf(api.createNamespacedConfigMap({ namespace: PLACE, body }));

  const atEnd = afterTests();
  beforeAll(async () => {
    atEnd(() => {
      rmSync(dir, { recursive: true, force: true });
    });
    cluster = await startCluster({ dir: join(dir, 'cluster'), flavour: 'local' });
    atEnd(() => cluster.stop());
    admin = new KubeConfig();
    admin.loadFromFile(cluster.kubeconfigPath);
    await applyChart(cluster.kubeconfigPath, { values: { agent: { enabled: true } } });
    kubeconfig = await kubeconfigOn('h100-0');
    core = coreOf(kubeconfig);
    // A policy counts from the moment the API server has compiled it, a little after it is stored.
    let tried = 0;
    await waitFor(
      'the admission policy to count',
      async () => (await write(core, readings(`probe-${(tried += 1)}`))) !== 'allowed' || undefined,
      { timeoutMs: 60_000 },
    );
  });

  it('tells what nvidia-smi said of its own node, again and again', async () => {
    const smi = join(dir, 'nvidia-smi');
    writeFileSync(smi, `#!/bin/sh\ncat <<'END'\n${logXml(gpuXml(), gpuXml('GPU-b', 1))}\nEND\n`);
    chmodSync(smi, 0o755);
    const clock = { now: Date.now, monotonic: () => performance.now() };
    const transport = new HttpsTransport(
      await kubeconfigAccess({ path: kubeconfig, clock, env: {} }),
    );
    atEnd(() => transport.close());
    const agent = new Agent({
      ...{ api: new HttpKubeApi(transport), node: 'h100-0', namespace: PLACE },
      smi: new NvidiaSmi(nvidiaSmiAt(smi), (ms) => AbortSignal.timeout(ms)),
      ...{ timeoutMs: 20_000, dcgm: () => Promise.resolve(undefined), nowMs: () => 42 },
    });
    expect(await agent.round()).toEqual({ told: true, gpus: 2, lost: 0 });
    expect(await agent.round()).toEqual({ told: true, gpus: 2, lost: 0 });
    const map = await admin
      .makeApiClient(CoreV1Api)
      .readNamespacedConfigMap({ namespace: PLACE, name: 'berth-gpu-h100-0' });
    expect(JSON.parse(map.data?.[GPU_READINGS.key] ?? '')).toMatchObject({
      node: 'h100-0',
      readings: [{ uuid: 'GPU-a' }, { uuid: 'GPU-b' }],
    });
  });

  const OWN_ONLY = "Berth's node agent on h100-0 may write only ConfigMap berth-gpu-h100-0";

  it.each<[string, object, string]>([
    ["another node's readings", readings('berth-gpu-h100-1'), OWN_ONLY],
    ['a bid intent', readings('berth-intent-1'), OWN_ONLY],
    [
      'readings without their label',
      readings('berth-gpu-h100-0', { metadata: { name: 'berth-gpu-h100-0' } }),
      'labelled berth.dev/gpu-readings=true',
    ],
    [
      'anything beside readings',
      readings('berth-gpu-h100-0', { data: { more: 'x' } }),
      'nothing but readings.json',
    ],
  ])('cannot write %s', async (_name, body, why) => {
    expect(await write(core, body)).toContain(why);
  });

  it("cannot change or look at the operator's ConfigMaps by a patch", async () => {
    await admin.makeApiClient(CoreV1Api).createNamespacedConfigMap({
      namespace: PLACE,
      body: { metadata: { name: 'berth-intent-7' }, data: { 'bids.json': '[]' } },
    });
    const at = { namespace: PLACE, name: 'berth-intent-7' };
    const patch = core.patchNamespacedConfigMap({ ...at, body: [] });
    expect(await refusalOf(patch)).toContain(OWN_ONLY);
    expect(await refusalOf(core.readNamespacedConfigMap(at))).toContain('forbidden');
    expect(await refusalOf(core.deleteNamespacedConfigMap(at))).toContain('forbidden');
    expect(await refusalOf(core.listNamespacedSecret({ namespace: PLACE }))).toContain('forbidden');
  });

  it('cannot write with a token that is of no node', async () => {
    const nowhere = coreOf(await kubeconfigOn(undefined));
    expect(await write(nowhere, readings('berth-gpu-h100-0'))).toContain(
      'must use the token of its pod',
    );
  });
});
