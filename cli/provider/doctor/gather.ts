/** Gathers every fact; nothing is judged here, and nothing is changed. */
import type { ChainClock } from '../../../chain/clock.js';
import type { KubeApi } from '../../../kube/api.js';
import type { DoctorFacts, Known } from './facts.js';
import { gatherCertificate } from './gather/certificate.js';
import { gatherChain } from './gather/chain.js';
import { gatherCluster } from './gather/cluster.js';
import { findInstallation } from './gather/installation.js';
import { gatherNetwork } from './gather/network.js';
import type { NetworkOptions } from './gather/network.js';
import { gatherDeniedRights } from './gather/rights.js';

export interface GatherDeps {
  readonly api: Pick<KubeApi, 'get' | 'list' | 'create'>;
  readonly clock: Pick<ChainClock, 'wallMs' | 'now'>;
  /** The API server's clock, Unix milliseconds. */
  readonly serverTime: () => Promise<Known<number>>;
  readonly signal: AbortSignal;
}

export interface GatherOptions extends NetworkOptions {
  /** Of the ComputeProvider. */
  readonly providerName: string;
  /** Of the release; found out when left out. */
  readonly namespace: string | undefined;
}

/** Facts, and the measured block time for the simulated order. */
export interface Gathered {
  readonly facts: DoctorFacts;
  readonly blockTimeMs: Known<number>;
}

/** The Date header has seconds only: half a one is right on average. */
const HALF_SECOND = 500;

const serverAhead = async ({ clock, serverTime }: GatherDeps): Promise<Known<number>> => {
  const before = clock.wallMs();
  const answer = await serverTime();
  if (!answer.known) return answer;
  const middle = (before + clock.wallMs()) / 2;
  return { known: true, value: Math.round(answer.value + HALF_SECOND - middle) };
};

export const gatherFacts = async (deps: GatherDeps, options: GatherOptions): Promise<Gathered> => {
  const { api, clock, signal } = deps;
  const apiServerAheadMs = await serverAhead(deps);
  const { installation, deployments } = await findInstallation(api, options.namespace);
  const cluster = await gatherCluster(api, installation, options.providerName, clock.wallMs());
  const [chain, network, certificate, deniedRights] = await Promise.all([
    gatherChain(cluster.provider, clock),
    gatherNetwork(api, installation, cluster.provider, options, signal),
    gatherCertificate(api, installation),
    gatherDeniedRights(api, deployments.known ? deployments.value : [], installation),
  ]);
  const { blockTimeMs, ...chainFacts } = chain;
  return {
    blockTimeMs,
    facts: {
      ...cluster,
      ...chainFacts,
      ...network,
      ...{ certificate, deniedRights, deployments, installation, apiServerAheadMs },
      providerName: options.providerName,
      nowMs: clock.wallMs(),
    },
  };
};
