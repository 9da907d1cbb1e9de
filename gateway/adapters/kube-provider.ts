/** The provider's public figures, read from Berth's own objects and the pods of leases. */
import { AKASH_LABELS } from '../../crds/constants.js';
import type { Bid, ComputeLease, ComputeProvider } from '../../crds/generated/types.js';
import type { KubeApi } from '../../kube/api.js';
import type { Pod } from '../../kube/core-objects.js';
import {
  BIDS,
  COMPUTE_LEASES,
  COMPUTE_PROVIDERS,
  PODS,
  matchLabels,
} from '../../kube/resources.js';
import type { ClusterVersion, NodeAmounts, ProviderReader, ResourceAmounts } from '../ports.js';
import type { ProviderSnapshot } from '../ports.js';
import type { Ask } from './asking.js';
import { readQuantity } from './quantity.js';

const NOTHING: ResourceAmounts = { milliCpu: 0n, gpus: 0n, memoryBytes: 0n, ephemeralBytes: 0n };

const gpusOnly = (gpus: number): ResourceAmounts => ({
  ...NOTHING,
  gpus: BigInt(Math.max(0, gpus)),
});

const plus = (a: ResourceAmounts, b: ResourceAmounts): ResourceAmounts => ({
  milliCpu: a.milliCpu + b.milliCpu,
  gpus: a.gpus + b.gpus,
  memoryBytes: a.memoryBytes + b.memoryBytes,
  ephemeralBytes: a.ephemeralBytes + b.ephemeralBytes,
});

/** What a pod's containers request; its GPUs are the lease's business. */
const podRequests = (pod: Pod): ResourceAmounts =>
  pod.spec.containers
    .map(({ resources }) => ({
      milliCpu: readQuantity(resources?.requests?.['cpu'], 1000),
      gpus: 0n,
      memoryBytes: readQuantity(resources?.requests?.['memory']),
      ephemeralBytes: readQuantity(resources?.requests?.['ephemeral-storage']),
    }))
    .reduce(plus, NOTHING);

const isLiveLease = (lease: ComputeLease): boolean =>
  lease.status?.phase !== 'Closing' && lease.status?.phase !== 'Closed';

const isOpenBid = (bid: Bid): boolean => bid.status?.state === 'Open';

const isRunning = (pod: Pod): boolean =>
  pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';

/** GPUs that live leases and open bids hold on each node. */
const heldGpus = (holders: readonly (ComputeLease | Bid)[]): ReadonlyMap<string, number> => {
  const held = new Map<string, number>();
  for (const { node, gpus } of holders.flatMap((holder) => holder.spec.placement)) {
    held.set(node, (held.get(node) ?? 0) + gpus);
  }
  return held;
};

/** Nodes with their GPUs. Their CPU and memory are not in the ComputeProvider's status and stay 0. */
const nodesOf = (
  provider: ComputeProvider | undefined,
  held: ReadonlyMap<string, number>,
): readonly NodeAmounts[] =>
  (provider?.status?.nodes ?? []).map(({ name, gpus = 0, sellable }) => ({
    name,
    allocatable: gpusOnly(gpus),
    available: gpusOnly(sellable ? gpus - (held.get(name) ?? 0) : 0),
  }));

const readSnapshot = async (api: KubeApi, name: string): Promise<ProviderSnapshot> => {
  const [provider, allLeases, allBids, pods] = await Promise.all([
    api.get(COMPUTE_PROVIDERS, { name }),
    api.list(COMPUTE_LEASES),
    api.list(BIDS),
    api.list(PODS, { labelSelector: matchLabels({ [AKASH_LABELS.managed]: 'true' }) }),
  ]);
  const own = provider?.spec.address;
  const leases = allLeases.items.filter((l) => isLiveLease(l) && l.spec.leaseId.provider === own);
  const bids = allBids.items.filter((b) => isOpenBid(b) && b.spec.provider === own);
  const requests = new Map<string, ResourceAmounts>();
  for (const pod of pods.items.filter(isRunning)) {
    const namespace = pod.metadata.namespace ?? '';
    requests.set(namespace, plus(requests.get(namespace) ?? NOTHING, podRequests(pod)));
  }
  return {
    activeLeases: leases.map((lease) =>
      plus(gpusOnly(lease.spec.gpus), requests.get(lease.spec.namespace) ?? NOTHING),
    ),
    openBids: bids.map(({ spec: { resources } }) => ({
      ...gpusOnly(resources.gpus),
      milliCpu: readQuantity(resources.cpu, 1000),
      memoryBytes: readQuantity(resources.memory),
    })),
    nodes: nodesOf(provider, heldGpus([...leases, ...bids])),
    manifests: leases.filter((lease) => lease.spec.manifest !== undefined).length,
  };
};

export interface KubeProviderOptions {
  /** Name of the ComputeProvider. */
  readonly name: string;
  /** How long one snapshot is shown; the route is public, and each costs four listings. */
  readonly freshMs: number;
  readonly clusterVersion: () => Promise<ClusterVersion>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Needs list of computeleases, bids and pods, and get of the computeprovider. Concurrent callers share one reading. */
export const createKubeProvider = (
  api: KubeApi,
  ask: Ask,
  options: KubeProviderOptions,
): ProviderReader => {
  let latest: { readonly atMs: number; readonly reading: Promise<ProviderSnapshot> } | undefined;
  return {
    version: () => ask(options.clusterVersion),
    snapshot: () => {
      const atMs = options.now();
      if (latest !== undefined && atMs - latest.atMs < options.freshMs) return latest.reading;
      const reading = ask(() => readSnapshot(api, options.name));
      const entry = { atMs, reading };
      latest = entry;
      reading.catch(() => {
        if (latest === entry) latest = undefined;
      });
      return reading;
    },
  };
};
