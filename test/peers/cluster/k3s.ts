/** The `k3s` flavour: a K3s server in a container, without its agent; the nodes are kwok's, as in the local flavour. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Health, KubeConfig } from '@kubernetes/client-node';
import type { ContainerRuntimeClient } from 'testcontainers';
import { freePorts } from '../ports.js';
import { type Program, startProgram } from '../process.js';
import { toolsDir } from '../tools.js';
import { waitFor } from '../wait.js';
import { kwok } from './components.js';
import { readNodesFile } from './nodes-file.js';
import { accountKubeconfig, caPemOf } from './service-account.js';
import { describeNodes, simulateNodes } from './simulate.js';
import type { Cluster, StartClusterOptions } from './types.js';

/** The same Kubernetes version as the local binaries. */
export const K3S_IMAGE = 'rancher/k3s:v1.36.3-k3s1';

const PROBE_TIMEOUT_MS = 4000;
const READY_TIMEOUT_MS = 120_000;
const API_PORT = 6443;

const within = async <T>(timeoutMs: number, work: Promise<T>, otherwise: T): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, otherwise);
  });
  try {
    return await Promise.race([work, late]);
  } catch {
    return otherwise; // no daemon, no registry, no such image: all mean "not here"
  } finally {
    clearTimeout(timer);
  }
};

const runtime = async (): Promise<ContainerRuntimeClient> => {
  const { getContainerRuntimeClient } = await import('testcontainers'); // half a second: only when asked for
  return getContainerRuntimeClient();
};

/** Whether a container runtime is here and has the image or can reach its registry; answers within four seconds. */
export const canPullK3s = (): Promise<boolean> =>
  within(
    PROBE_TIMEOUT_MS,
    (async () => {
      const { dockerode } = (await runtime()).container;
      const image = dockerode.getImage(K3S_IMAGE);
      const isHere = image.inspect().then(() => true);
      // The daemon asks the registry for the manifest only: no layer is transferred.
      return await isHere.catch(() => image.distribution().then(() => true));
    })(),
    false,
  );

/** Starts K3s and kwok, and waits until the nodes are Ready. Stopping the API server stops all of K3s: it is one process. */
export const startK3sCluster = async (
  options: Required<Pick<StartClusterOptions, 'dir' | 'nodesFile' | 'signal' | 'log'>>,
): Promise<Cluster> => {
  const { dir, signal, log } = options;
  const nodes = readNodesFile(options.nodesFile);
  const bin = await toolsDir(['kwok'], ['kwok'], signal);
  mkdirSync(join(dir, 'logs'), { recursive: true });
  const { GenericContainer, Wait } = await import('testcontainers');
  const client = await runtime();
  const host = client.info.containerRuntime.host;
  const [port = 0, kwokPort = 0] = await freePorts(2);

  log(`K3s (${K3S_IMAGE}); the first time its image is pulled`);
  const container = await new GenericContainer(K3S_IMAGE)
    .withCommand([
      ...['server', '--disable-agent', `--tls-san=${host}`, `--https-listen-port=${API_PORT}`],
      '--disable=traefik,servicelb,metrics-server,local-storage,coredns',
      '--disable-cloud-controller', // it knows nothing of kwok's nodes
    ])
    .withExposedPorts({ container: API_PORT, host: port })
    .withWaitStrategy(Wait.forLogMessage(/k3s is up and running/))
    .withStartupTimeout(READY_TIMEOUT_MS)
    .start();
  let player: Program | undefined;
  const stop = async (): Promise<void> => {
    await player?.stop(0);
    await container.stop({ remove: true });
  };
  const kubeconfigPath = join(dir, 'admin.kubeconfig');
  const server = `https://${host}:${port}`;
  const admin = (): KubeConfig => {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfigPath);
    return config;
  };
  const ready = (): Promise<true> =>
    waitFor('K3s to be ready', async () => (await new Health(admin()).readyz({})) || undefined, {
      timeoutMs: READY_TIMEOUT_MS,
      signal,
    });
  try {
    const { output } = await container.exec(['cat', '/etc/rancher/k3s/k3s.yaml']);
    writeFileSync(kubeconfigPath, output.replace(/server: .*/, `server: ${server}`), {
      mode: 0o600,
    });
    await ready();
    player = await startProgram(kwok({ bin, dir }, { kubeconfig: kubeconfigPath, port: kwokPort }));
    await simulateNodes(admin(), nodes, { timeoutMs: READY_TIMEOUT_MS, signal });
  } catch (error) {
    await stop();
    throw error;
  }
  const docker = client.container.getById(container.getId());
  let stopped: Promise<void> | undefined;
  return {
    flavour: 'k3s',
    kubeconfigPath,
    server,
    caPem: caPemOf(admin()),
    auditLogPath: undefined,
    kubeconfigFor: (account, lifetimeSeconds) =>
      accountKubeconfig(admin(), join(dir, 'accounts'), account, lifetimeSeconds),
    stopApiServer: async () => {
      await docker.kill();
    },
    startApiServer: async () => {
      await docker.start();
      await ready();
    },
    stop: () => (stopped ??= stop()),
    describe: () => [`K3s (${K3S_IMAGE}) in a container at ${server}`, ...describeNodes(nodes)],
  };
};
