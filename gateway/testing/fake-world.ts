/** The gateway's ports kept with memory: a small market and cluster that tests fill, and can switch off. */
import { formatDeploymentId, formatLeaseId } from '../../market/ids.js';
import type { LeaseId } from '../../market/ids.js';
import { Decimal } from '../../market/money.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { Account, Certificate, Deployment, Lease } from '../../market/records.js';
import type {
  IdentityReader,
  LeaseReader,
  LeaseWorkload,
  ManifestStore,
  ProviderReader,
  ProviderSnapshot,
  ScreeningAnswer,
  ScreeningDesk,
  ScreeningQuestion,
  StoredManifest,
  WorkloadReader,
} from '../ports.js';
import { UpstreamUnavailableError } from '../problem.js';
import type {
  EventFrame,
  LeaseStreams,
  LogFrame,
  LogStreamOptions,
  StreamOptions,
} from '../streams.js';

/** What the fakes read; tests change it while the gateway runs. */
export interface FakeWorld {
  chainUp: boolean;
  clusterUp: boolean;
  readonly accounts: Map<string, Account>;
  /** By `owner/serial`. */
  readonly certificates: Map<string, Certificate>;
  readonly deployments: Map<string, Deployment>;
  readonly leases: Map<string, Lease>;
  readonly workloads: Map<string, LeaseWorkload>;
  readonly manifests: Map<string, StoredManifest>;
  /** What the log of any lease gives; called anew for each listener. */
  logs: (options: LogStreamOptions) => AsyncIterable<LogFrame>;
  /** What the events of any lease give. */
  events: (options: StreamOptions) => AsyncIterable<EventFrame>;
  snapshot: ProviderSnapshot;
  /** What the operator answers a screening with. */
  screen: (question: ScreeningQuestion, signal: AbortSignal) => Promise<ScreeningAnswer>;
  /** Questions asked of the chain so far. */
  chainReads: number;
  /** Called before each question to the chain. */
  onChainRead: () => void;
}

export interface FakePorts {
  readonly leases: LeaseReader;
  readonly identities: IdentityReader;
  readonly manifests: ManifestStore;
  readonly workloads: WorkloadReader;
  readonly provider: ProviderReader;
  readonly streams: LeaseStreams;
  readonly screening: ScreeningDesk;
}

const nothing = async function* (): AsyncGenerator<never> {
  // An empty stream ends at once.
};

/** An empty world in which everything answers. */
export const fakeWorld = (): FakeWorld => ({
  chainUp: true,
  clusterUp: true,
  accounts: new Map(),
  certificates: new Map(),
  deployments: new Map(),
  leases: new Map(),
  workloads: new Map(),
  manifests: new Map(),
  logs: nothing,
  events: nothing,
  snapshot: { activeLeases: [], openBids: [], nodes: [], manifests: 0 },
  screen: async () => ({ reasons: [], price: undefined, offers: [] }),
  chainReads: 0,
  onChainRead: () => undefined,
});

/** The ports over a world. */
export const fakePorts = (world: FakeWorld): FakePorts => {
  const chain = <T>(read: () => T): Promise<T> => {
    world.chainReads += 1;
    world.onChainRead();
    return world.chainUp
      ? Promise.resolve(read())
      : Promise.reject(new UpstreamUnavailableError('chain'));
  };
  const cluster = <T>(work: () => T): Promise<T> =>
    world.clusterUp
      ? Promise.resolve(work())
      : Promise.reject(new UpstreamUnavailableError('cluster'));
  return {
    leases: {
      deployment: (id) => chain(() => world.deployments.get(formatDeploymentId(id))),
      lease: (id) => chain(() => world.leases.get(formatLeaseId(id))),
      liveLeases: (id) =>
        chain(() =>
          [...world.leases.values()].filter(
            (lease) =>
              formatDeploymentId(lease.id) === formatDeploymentId(id) &&
              LIVE_LEASE_STATES.includes(lease.state),
          ),
        ),
    },
    identities: {
      account: (address) => chain(() => world.accounts.get(address)),
      certificate: (owner, serial) => chain(() => world.certificates.get(`${owner}/${serial}`)),
    },
    manifests: {
      put: (manifest) =>
        cluster(() => {
          world.manifests.set(formatLeaseId(manifest.lease), manifest);
        }),
      get: (lease) => cluster(() => world.manifests.get(formatLeaseId(lease))),
    },
    workloads: {
      workload: (lease) => cluster(() => world.workloads.get(formatLeaseId(lease))),
    },
    streams: {
      logs: (_lease, options) => world.logs(options),
      events: (_lease, options) => world.events(options),
    },
    screening: { screen: (question, signal) => world.screen(question, signal) },
    provider: {
      snapshot: () => cluster(() => world.snapshot),
      version: () => cluster(() => ({ major: '1', minor: '36', gitVersion: 'v1.36.3' })),
    },
  };
};

/** An active lease. */
export const aLease = (id: LeaseId): Lease => ({
  id,
  state: 'active',
  price: { denom: 'uact', amount: new Decimal('1') },
  createdAt: 1n,
  closedOn: 0n,
  reason: '',
});
