/**
 * The whole of Berth on real parts: a cluster, a chain, the chart's CRDs and rights, and operator and gateway as processes of
 * their own that hold nothing but their service accounts' tokens. Tests and the demo stand on it.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { applyChart } from '../../hack/apply-chart.js';
import { systemClock } from '../../operator/clock.js';
import { connectCluster } from '../../operator/connect-cluster.js';
import type { KubeApi } from '../../kube/api.js';
import { COMPUTE_PROVIDERS, PRICING_POLICIES } from '../../kube/resources.js';
import { startChain } from '../peers/chain.js';
import type { Chain, StartChainOptions } from '../peers/chain.js';
import { startCluster } from '../peers/cluster/start-cluster.js';
import type { Cluster } from '../peers/cluster/types.js';
import { aComputeProvider, aPricingPolicy } from './policies.js';
import type { ProviderOptions } from './policies.js';
import { startSignerProcess } from './signer-process.js';
import type { SignerProcess } from './signer-process.js';
import { supervise } from './supervised.js';
import type { Supervised } from './supervised.js';

export interface StackOptions {
  /** A folder of this stack's own. */
  readonly dir: string;
  readonly blockTimeMs: number;
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly nodesFile?: string;
  readonly provider?: Partial<ProviderOptions>;
  /** Starts another chain than the usual one; the stack stops it. */
  readonly startChain?: (options: StartChainOptions) => Promise<Chain>;
  /** Called with the chain's RPC URL; operator and gateway are given the URLs that it returns (of proxies). */
  readonly chainThrough?: (rpcUrl: string) => Promise<string | readonly string[]>;
  /** Overrides of the operator's configuration, by key. */
  readonly operator?: Readonly<Record<string, unknown>>;
  /** Keeps the key in a process of its own, with this over its usual policy. */
  readonly signerPolicy?: Readonly<Record<string, unknown>>;
  /** A hot key in place of the provider's own, which is then in no process: its mnemonic. `provider.grantee` names its account. */
  readonly hotKey?: string;
  /** How operator and gateway are run; default from source, under the Node that runs us. */
  readonly start?: StartProcess;
}

/** One process of Berth, to be kept running. */
export interface ProcessSpec {
  readonly name: 'operator' | 'gateway' | 'signer';
  readonly configFile: string;
  readonly logPath: string;
}

export type StartProcess = (spec: ProcessSpec) => Promise<Supervised>;

export interface Stack {
  readonly cluster: Cluster;
  readonly chain: Chain;
  readonly operator: Supervised;
  readonly gateway: Supervised;
  /** Where the key has a process of its own. */
  readonly signer: SignerProcess | undefined;
  /** An administrator's access, for looking; operator and gateway have their own. */
  readonly api: KubeApi;
  /** The namespace that operator and gateway share. */
  readonly namespace: string;
  readonly operatorMetrics: string;
  /** Where `berth explain` asks, and the file with its token. */
  readonly screening: { readonly url: string; readonly tokenFile: string };
  readonly gatewayMetrics: string;
  readonly gatewayUrl: string;
  /** Where the gateway serves gRPC. */
  readonly grpcPort: number;
  stop(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });

const SIMULATED_STORAGE = { default: '24Ti', beta2: '24Ti', beta3: '24Ti' };

const root = join(import.meta.dirname, '../..');

/** From source, under the Node that runs us. */
const fromSource: StartProcess = ({ name, configFile, logPath }) =>
  supervise({
    name,
    command: process.execPath,
    args: ['--import', 'tsx', join(root, name, 'main.ts'), '--config', configFile],
    logPath,
    env: { NODE_OPTIONS: '' },
  });

/** Timings for fast chains; the product's defaults fit blocks of six seconds. */
const quickTimings = (blockTimeMs: number): Readonly<Record<string, number>> => ({
  recountMs: Math.max(500, blockTimeMs * 3),
  compareMs: 2_000,
  strandedMs: 2_000,
  leaseResyncMs: 2_000,
  fundsMs: Math.max(500, blockTimeMs * 2),
  statusMs: 500,
  staleAfterMs: Math.max(4_000, blockTimeMs * 6),
  txTimeoutMs: 30_000,
  assumedBlockTimeMs: blockTimeMs,
});

/** Starts everything; what was started is stopped again when a part does not come up. */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const { dir, blockTimeMs, signal } = options;
  const log = options.log ?? ((): void => undefined);
  const shared = { log, ...(signal === undefined ? {} : { signal }) };
  const undo: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    await mkdir(dir, { recursive: true });
    const [clusterStart, chainStart] = await Promise.allSettled([
      startCluster({
        dir: join(dir, 'cluster'),
        ...shared,
        ...(options.nodesFile === undefined ? {} : { nodesFile: options.nodesFile }),
      }),
      (options.startChain ?? startChain)({ dir: join(dir, 'chain'), blockTimeMs, ...shared }),
    ]);
    if (clusterStart.status === 'fulfilled') undo.push(() => clusterStart.value.stop());
    if (chainStart.status === 'fulfilled') undo.push(() => chainStart.value.stop());
    if (clusterStart.status === 'rejected') throw clusterStart.reason;
    if (chainStart.status === 'rejected') throw chainStart.reason;
    const cluster = clusterStart.value;
    const chain = chainStart.value;

    log('applying the chart: CRDs, service accounts, roles, admission policies');
    const account = chain.account('provider');
    const gatewayPort = await freePort();
    const signerPolicy = options.signerPolicy && {
      chainId: chain.chainId,
      provider: account.address,
      hostUri: `https://localhost:${gatewayPort}`,
      ...options.signerPolicy,
    };
    const chart = await applyChart(
      cluster.kubeconfigPath,
      signerPolicy && { values: { signer: { enabled: true, policy: signerPolicy } } },
    );
    const admin = await connectCluster(cluster.kubeconfigPath, process.env, systemClock);
    undo.push(async () => {
      admin.close();
    });
    await admin.api.apply(
      COMPUTE_PROVIDERS,
      aComputeProvider({
        address: account.address,
        chainId: chain.chainId,
        rpcUrls: [await (options.chainThrough?.(chain.rpcUrl) ?? chain.rpcUrl)].flat(),
        gatewayPort,
        ...options.provider,
      }),
    );
    await admin.api.apply(PRICING_POLICIES, aPricingPolicy());

    const keyFile = join(dir, 'provider.key');
    await writeFile(keyFile, options.hotKey ?? account.mnemonic, { mode: 0o600 });
    await chmod(keyFile, 0o600);
    const start = options.start ?? fromSource;
    const signer =
      signerPolicy &&
      chart.signer &&
      (await startSignerProcess({
        ...{ dir, cluster, keyFile, start, api: admin.api, policy: signerPolicy },
        ...{ signer: chart.signer, operator: chart.operator },
        leaseNamespace: chart.namespace,
      }));
    if (signer !== undefined) undo.push(() => signer.process.stop());
    const [operatorPort, gatewayHttpPort] = [await freePort(), await freePort()];
    const [screeningPort, grpcPort] = [await freePort(), await freePort()];
    const screeningUrl = `http://127.0.0.1:${screeningPort}`;
    const screeningTokenFile = join(dir, 'screening.token');
    await writeFile(screeningTokenFile, randomBytes(24).toString('hex'), { mode: 0o600 });
    const operatorConfig = join(dir, 'operator.yaml');
    await writeFile(
      operatorConfig,
      stringify({
        kubeconfig: await cluster.kubeconfigFor(chart.operator),
        namespace: chart.namespace,
        ...(signer === undefined ? { keyFile } : { signer: signer.operatorConfig }),
        http: { host: '127.0.0.1', port: operatorPort },
        screening: { host: '127.0.0.1', port: screeningPort, tokenFile: screeningTokenFile },
        clusterCidrs: ['10.96.0.0/16'],
        leaderElection: {
          enabled: true,
          leaseDurationMs: 4_000,
          renewDeadlineMs: 3_000,
          retryPeriodMs: 500,
        },
        timings: quickTimings(blockTimeMs),
        // Their volumes lie ready, and no driver tells how many (test/peers/cluster/simulate.ts).
        inventory: { storage: { capacities: SIMULATED_STORAGE } },
        ...options.operator,
      }),
    );
    const gatewayConfig = join(dir, 'gateway.yaml');
    await writeFile(
      gatewayConfig,
      stringify({
        kubeconfig: await cluster.kubeconfigFor(chart.gateway),
        namespace: chart.namespace,
        listen: { host: '127.0.0.1', port: gatewayPort },
        grpc: { host: '127.0.0.1', port: grpcPort },
        screening: { url: screeningUrl, tokenFile: screeningTokenFile },
        http: { host: '127.0.0.1', port: gatewayHttpPort },
      }),
    );
    log("starting operator and gateway with their service accounts' tokens");
    const operator = await start({
      name: 'operator',
      configFile: operatorConfig,
      logPath: join(dir, 'operator.log'),
    });
    undo.push(() => operator.stop());
    const gateway = await start({
      name: 'gateway',
      configFile: gatewayConfig,
      logPath: join(dir, 'gateway.log'),
    });
    undo.push(() => gateway.stop());
    return {
      ...{ cluster, chain, operator, gateway, signer, stop, api: admin.api },
      namespace: chart.namespace,
      operatorMetrics: `http://127.0.0.1:${operatorPort}`,
      screening: { url: screeningUrl, tokenFile: screeningTokenFile },
      grpcPort,
      gatewayMetrics: `http://127.0.0.1:${gatewayHttpPort}`,
      gatewayUrl: `https://localhost:${gatewayPort}`,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
