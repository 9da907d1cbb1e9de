/** A whole operator on a chain and an API server in memory: what its component tests stand on. */
import { FakeChain } from '../../chain/testing/fake-chain.js';
import { API_VERSION } from '../../crds/constants.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import { EventRecorder } from '../../kube/event-recorder.js';
import type { Node } from '../../kube/core-objects.js';
import { COMPUTE_PROVIDERS, NODES, PRICING_POLICIES } from '../../kube/resources.js';
import { FakeKube } from '../../kube/testing/fake-kube.js';
import type { Reason } from '../../market/reasons.js';
import { systemClock } from '../clock.js';
import { parseConfig } from '../config.js';
import type { ScreeningDesk } from '../screening/server.js';
import type { OperatorConfig } from '../config.js';
import { lead } from '../lead.js';
import { createLogger } from '../logger.js';
import { createMetrics } from '../metrics.js';
import type { OperatorMetrics } from '../metrics.js';
import { PolicyView } from '../policy-view.js';
import { TEST_CERTIFICATE } from './certificate.js';

export const PROVIDER = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';
export const TENANT = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
export const NAMESPACE = 'berth-system';

const quickConfig = parseConfig(
  `
keyFile: /unused
computeProvider: provider
timings: { recountMs: 50, compareMs: 100, leaseResyncMs: 100, fundsMs: 50, statusMs: 50, historyMs: 20, staleAfterMs: 2000, assumedBlockTimeMs: 1000 }
`,
  'world',
);

/** A node with eight H100 SXM, as GPU feature discovery labels it. */
export const aGpuNode = (name: string, gpus = 8): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    annotations: { 'kwok.x-k8s.io/node': 'fake' },
    labels: {
      'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3',
      'nvidia.com/gpu.memory': '81559',
      'nvidia.com/gpu.count': String(gpus),
      'nvidia.com/gpu.present': 'true',
    },
  },
  status: {
    capacity: {
      cpu: '192',
      memory: '2Ti',
      'ephemeral-storage': '10Ti',
      pods: '110',
      'nvidia.com/gpu': String(gpus),
    },
    allocatable: {
      cpu: '192',
      memory: '2Ti',
      'ephemeral-storage': '10Ti',
      pods: '110',
      'nvidia.com/gpu': String(gpus),
    },
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});

const aProvider = (
  leases: Partial<ComputeProvider['spec']['leases']>,
  bidding: Partial<ComputeProvider['spec']['bidding']>,
  budgets: Partial<ComputeProvider['spec']['budgets']>,
): ComputeProvider => ({
  apiVersion: API_VERSION,
  kind: 'ComputeProvider',
  metadata: { name: 'provider' },
  spec: {
    address: PROVIDER,
    chain: { chainId: 'fake-1', endpoints: [{ url: 'http://127.0.0.1:1', trusted: true }] },
    hostUri: 'https://provider.example.com:8443',
    domain: 'provider.example.com',
    attributes: [{ key: 'region', value: 'us-west' }],
    info: {},
    ingress: { className: 'nginx', domain: 'ingress.example.com', staticHosts: true },
    bidding: {
      paused: false,
      deposit: '500000uakt',
      timeoutSeconds: 100_000,
      maxPendingPercentPerOwner: 100,
      ...bidding,
    },
    leases: {
      manifestTimeoutSeconds: 100_000,
      withdrawalPeriodSeconds: 20,
      minWithdrawUact: '1',
      capitalPercentPerYear: 15,
      runOutMarginBlocks: 5,
      fundsWarningSeconds: 60,
      ...leases,
    },
    budgets: { reserveUakt: '1000000', warnHours: 0, ...budgets },
    record: { mode: 'Apply', quietSeconds: 0, dropAfterSeconds: 86_400, updatesPerDay: 1_000 },
  },
});

export interface WorldOptions {
  readonly leases?: Partial<ComputeProvider['spec']['leases']>;
  readonly bidding?: Partial<ComputeProvider['spec']['bidding']>;
  readonly budgets?: Partial<ComputeProvider['spec']['budgets']>;
  /** The key is only a grantee of the provider's account; nothing is granted yet. */
  readonly grantee?: NonNullable<ComputeProvider['spec']['grantee']>;
  readonly nodes?: readonly Node[];
  readonly walletUakt?: bigint;
  /** Milliseconds between blocks; as few as possible by default. */
  readonly blockEveryMs?: number;
  /** Rhythms other than the shortest ones, which many leases at once would keep busy with nothing. */
  readonly timings?: Partial<OperatorConfig['timings']>;
}

export interface World {
  readonly chain: FakeChain;
  readonly kube: FakeKube;
  /** The running operator's metrics; fresh after each start. */
  readonly metrics: () => OperatorMetrics;
  readonly notReady: () => Reason | undefined;
  /** Who answers screening questions, once the operator leads. */
  readonly desk: () => ScreeningDesk | undefined;
  start(): void;
  /** Stops the operator as a kill would: nothing is finished, only awaited. */
  kill(): Promise<void>;
  /** Waits until `check` gives something; blocks come meanwhile. @throws with `what` after ten seconds, or `limitMs` */
  until<T>(
    what: string,
    check: () => Promise<T | undefined | false> | T | undefined | false,
    limitMs?: number,
  ): Promise<T>;
  close(): Promise<void>;
}

/** Blocks come every few milliseconds, so that nothing in a test waits for wall time. */
const BLOCK_EVERY_MS = 15;

export const createWorld = async (options: WorldOptions = {}): Promise<World> => {
  let desk: ScreeningDesk | undefined;
  const config = { ...quickConfig, timings: { ...quickConfig.timings, ...options.timings } };
  const chain = new FakeChain();
  const kube = new FakeKube(() => Date.now());
  chain.market.balances.set(PROVIDER, [
    { denom: 'uakt', amount: options.walletUakt ?? 100_000_000n },
  ]);
  const provider = aProvider(options.leases ?? {}, options.bidding ?? {}, options.budgets ?? {});
  const { grantee } = options;
  const spec = grantee === undefined ? provider.spec : { ...provider.spec, grantee };
  await kube.create(COMPUTE_PROVIDERS, { ...provider, spec });
  await kube.create(PRICING_POLICIES, {
    apiVersion: API_VERSION,
    kind: 'PricingPolicy',
    metadata: { name: 'default' },
    spec: {
      denom: 'uact',
      rates: {
        cpuUsdPerHour: '0.01',
        memoryGibUsdPerHour: '0.002',
        storageGibUsdPerHour: { ephemeral: '0.0001', '*': '0.0002' },
        endpointUsdPerHour: '0',
        leasedIpUsdPerHour: '0.01',
        gpus: [{ vendor: 'nvidia', model: 'h100', ram: '*', interface: '*', usdPerHour: '2.5' }],
      },
      tenants: { allow: [], deny: [] },
    },
  });
  for (const node of options.nodes ?? [aGpuNode('h100-0')]) {
    await kube.create(NODES, node);
    await kube.applyStatus(NODES, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: node.metadata.name },
      status: node.status ?? {},
    });
  }
  const ticker = setInterval(() => {
    if (!chain.dead) chain.commit();
  }, options.blockEveryMs ?? BLOCK_EVERY_MS);

  let stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let metrics = createMetrics();
  let notReady: Reason | undefined = { code: 'Starting', message: '' };
  const log = createLogger(process.env['WORLD_LOG'] ?? 'silent');

  const start = (): void => {
    stop = new AbortController();
    metrics = createMetrics();
    const { signal } = stop;
    const shared = { api: kube, clock: systemClock, random: Math.random };
    const policies = new PolicyView({
      ...shared,
      computeProvider: 'provider',
      onError: (err) => log.warn({ err }),
    });
    const recorder = new EventRecorder({
      ...shared,
      controller: 'berth.dev/operator',
      instance: 'world',
      onDropped: () => undefined,
    });
    const client = {
      reader: chain.reader,
      feed: chain.feed,
      proof: chain.proof,
      mempools: chain.mempools,
      laneFor: () =>
        grantee === undefined
          ? chain.laneFor({ address: PROVIDER })
          : chain.laneFor(grantee, { grantee: { granter: PROVIDER, granterPays: true } }),
      endpoints: () => [],
      setEndpoints: () => undefined,
      watch: () => Promise.resolve(),
      close: () => undefined,
    };
    running = (async () => {
      const background = [policies.run(signal), recorder.run(signal)];
      const provider = await policies.whenProvider(signal, () => undefined);
      await lead(
        {
          ...shared,
          ...{
            config,
            chain: client,
            lane: client.laneFor(),
            provider,
            policies,
            metrics,
            log,
            recorder,
            instance: 'world',
          },
          issueCertificate: () => Promise.resolve(TEST_CERTIFICATE),
          env: {},
          fetchText: () => Promise.reject(new Error('no price source in a test')),
          onDesk: (answering) => {
            desk = answering;
          },
        },
        (reason) => {
          notReady = reason;
        },
        signal,
      );
      await Promise.all(background);
    })();
  };

  const kill = async (): Promise<void> => {
    stop.abort();
    await running.catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
  };

  return {
    chain,
    kube,
    metrics: () => metrics,
    notReady: () => notReady,
    desk: () => desk,
    start,
    kill,
    until: async (what, check, limitMs = 10_000) => {
      const deadline = Date.now() + limitMs;
      for (;;) {
        const value = await check();
        if (value !== undefined && value !== false) return value;
        if (Date.now() > deadline) throw new Error(`never happened: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    close: async () => {
      await kill();
      clearInterval(ticker);
    },
  };
};
