/** The `local` flavour: etcd, kube-apiserver, controller-manager and scheduler from binaries, kwok for the nodes. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Health, KubeConfig } from '@kubernetes/client-node';
import { freePorts } from '../ports.js';
import { assertRunning, type Program, type ProgramSpec, startProgram } from '../process.js';
import { toolsDir } from '../tools.js';
import { waitFor } from '../wait.js';
import { AUDIT_POLICY } from './audit.js';
import { clientCertificate, createPki, type KeyPairFiles } from './certificates.js';
import {
  auditLogPath,
  etcd,
  etcdUrl,
  kubeApiServer,
  kubeconfigPath,
  kubeControllerManager,
  kubeScheduler,
  kwok,
  type Layout,
  serverUrl,
} from './components.js';
import { writeKubeconfig } from './kubeconfig.js';
import { readNodesFile } from './nodes-file.js';
import { accountKubeconfig } from './service-account.js';
import { describeNodes, simulateNodes } from './simulate.js';
import type { Cluster, StartClusterOptions } from './types.js';

const GROUPS = ['etcd', 'kubernetes', 'kwok'];
const BINARIES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'];
const READY_TIMEOUT_MS = 60_000;

const prepare = async (dir: string, bin: string): Promise<Layout> => {
  // Only what an earlier cluster in this directory left: its data belongs to keys that are about to change.
  for (const left of ['etcd', 'pki', 'logs', 'accounts']) {
    rmSync(join(dir, left), { recursive: true, force: true });
  }
  mkdirSync(join(dir, 'logs'), { recursive: true });
  const pki = await createPki(join(dir, 'pki'));
  const [etcdPort = 0, etcdPeer = 0, apiServer = 0, kwokPort = 0] = await freePorts(4);
  const ports = { etcd: etcdPort, etcdPeer, apiServer, kwok: kwokPort };
  const layout = { bin, dir, pki, ports };
  const clients: [string, KeyPairFiles][] = [
    ['admin', pki.admin],
    ['controller-manager', pki.controllerManager],
    ['scheduler', pki.scheduler],
    ['kwok', pki.kwok],
  ];
  for (const [who, files] of clients) {
    writeKubeconfig(kubeconfigPath(layout, who), {
      server: serverUrl(layout),
      caPem: pki.caPem,
      user: who,
      credentials: { kind: 'certificate', files },
    });
  }
  writeFileSync(join(dir, 'audit-policy.yaml'), AUDIT_POLICY);
  return layout;
};

const isEtcdHealthy = async (layout: Layout): Promise<true | undefined> =>
  (await fetch(`${etcdUrl(layout)}/health`, { signal: AbortSignal.timeout(1000) })).ok || undefined;

const adminConfig = (layout: Layout): KubeConfig => {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigPath(layout, 'admin'));
  return config;
};

/**
 * Starts a control plane below `options.dir` and waits until its nodes are Ready.
 * @throws ProgramError, WaitTimeoutError, ToolsError, NodesFileError or ClusterError; nothing is left running then
 */
export const startLocalCluster = async (
  options: Required<Pick<StartClusterOptions, 'dir' | 'nodesFile' | 'signal' | 'log'>>,
): Promise<Cluster> => {
  const { dir, signal, log } = options;
  const nodes = readNodesFile(options.nodesFile);
  const layout = await prepare(dir, await toolsDir(GROUPS, BINARIES, signal));
  const running = new Map<string, Program>();
  const start = async (spec: ProgramSpec): Promise<Program> => {
    const program = await startProgram(spec);
    running.set(spec.name, program);
    return program;
  };
  const ready = async (program: Program, look: () => Promise<true | undefined>): Promise<void> => {
    const guard = (): void => assertRunning(program);
    await waitFor(`${program.name} to be ready`, look, {
      timeoutMs: READY_TIMEOUT_MS,
      signal,
      guard,
    });
  };
  const stop = async (): Promise<void> => {
    // What talks first, what is talked to last; its data is thrown away, so nobody needs time to say goodbye.
    for (const program of [...running.values()].reverse()) await program.stop(0);
    running.clear();
  };
  const startApiServer = async (): Promise<void> => {
    const present = running.get('kube-apiserver');
    if (present !== undefined && present.ending() === undefined) return;
    const server = await start(kubeApiServer(layout, join(dir, 'audit-policy.yaml')));
    await ready(server, async () => {
      const health = new Health(adminConfig(layout)); // a fresh one: its connections die with each API server
      return (await health.readyz({ timeout: 1000 })) || undefined;
    });
  };

  try {
    log('etcd');
    await ready(await start(etcd(layout)), () => isEtcdHealthy(layout));
    log('kube-apiserver');
    await startApiServer();
    log('kube-controller-manager, kube-scheduler, kwok');
    await start(kubeControllerManager(layout));
    await start(kubeScheduler(layout));
    const kubeconfig = kubeconfigPath(layout, 'kwok');
    await start(kwok(layout, { kubeconfig, port: layout.ports.kwok, tls: layout.pki.apiServer }));
    await simulateNodes(adminConfig(layout), nodes, {
      timeoutMs: READY_TIMEOUT_MS,
      signal,
      guard: () => running.forEach(assertRunning),
    });
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    flavour: 'local',
    kubeconfigPath: kubeconfigPath(layout, 'admin'),
    server: serverUrl(layout),
    caPem: readFileSync(layout.pki.ca.certPath, 'utf8'),
    auditLogPath: auditLogPath(layout),
    kubeconfigFor: (account, lifetimeSeconds) =>
      accountKubeconfig(adminConfig(layout), join(dir, 'accounts'), account, lifetimeSeconds),
    clientKubeconfig: async ({ name, subject, server }) =>
      writeKubeconfig(kubeconfigPath(layout, name), {
        server,
        caPem: layout.pki.caPem,
        tlsServerName: '127.0.0.1',
        user: name,
        credentials: {
          kind: 'certificate',
          files: await clientCertificate(join(dir, 'pki'), layout.pki.ca, name, subject),
        },
      }),
    stopApiServer: async () => running.get('kube-apiserver')?.stop(0),
    startApiServer,
    stop,
    describe: () => [
      `Kubernetes from local binaries at ${serverUrl(layout)}, logs in ${join(dir, 'logs')}`,
      ...describeNodes(nodes),
    ],
  };
};
