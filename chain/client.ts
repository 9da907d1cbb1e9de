/** The chain behind its ports: one call, and no caller knows which chain it talks to. */
import type { Provider } from '../market/records.js';
import { systemClock } from './clock.js';
import type { ChainClock } from './clock.js';
import { createBlockFeed } from './feed/block-feed.js';
import type { BlockFeedOptions } from './feed/block-feed.js';
import { pastBlocksOver } from './feed/past-blocks.js';
import type { PastBlocks } from './feed/past-blocks.js';
import type { BlockFeed, ChainProof, ChainReader, MempoolReader, Signer, TxLane } from './ports.js';
import { createChainProof } from './proof/chain-proof.js';
import { measureBlockTime } from './queries/block-time.js';
import { abciQueryOver } from './queries/abci.js';
import { readTogether } from './queries/pages.js';
import { listProviders } from './queries/provider.js';
import { createChainReader } from './queries/reader.js';
import { cometOver, readHead } from './rpc/comet.js';
import type { EndpointConfig } from './rpc/endpoint-config.js';
import { EndpointPool } from './rpc/endpoint-pool.js';
import type { EndpointState } from './rpc/endpoint-state.js';
import { HeadTracker } from './rpc/head-tracker.js';
import { createHttpEndpoint } from './rpc/http-endpoint.js';
import type { HttpEndpoint } from './rpc/http-endpoint.js';
import { Prober } from './rpc/prober.js';
import type { ProbeOptions } from './rpc/prober.js';
import { createTxLane } from './tx/lane.js';
import type { LaneOptions } from './tx/lane-options.js';
import { mempoolsOf } from './tx/pending-leases.js';
import { sendToAll } from './tx/send.js';

export interface ChainConfig {
  /** RPC nodes in order of preference, at least one; a plain URL is one that is not trusted. */
  readonly endpoints: readonly (EndpointConfig | string)[];
  /** Refuse endpoints of any other chain; without it the first answer decides. */
  readonly chainId?: string | undefined;
  /** Deadline of one request, milliseconds; default 10000. */
  readonly requestTimeoutMs?: number | undefined;
  /** How long a look at an endpoint's status counts, milliseconds; default 15000. */
  readonly recheckMs?: number | undefined;
  readonly feed?: BlockFeedOptions | undefined;
  /** How the endpoints are watched while the feed (or `watch`) runs. */
  readonly probe?: ProbeOptions | undefined;
  readonly clock?: ChainClock | undefined;
}

export interface ChainClient {
  readonly reader: ChainReader;
  /** To be asked before anything is destroyed. */
  readonly proof: ChainProof;
  readonly feed: BlockFeed;
  readonly mempools: MempoolReader;
  /** The one lane of a key: its transactions must all go through the same lane. @throws RangeError on a bad option */
  laneFor(signer: Signer, options: LaneOptions): TxLane;
  /** Each endpoint as it is now, for status, logs and metrics. */
  endpoints(): readonly EndpointState[];
  /** Takes these endpoints from now on; those that stay are the same. @throws RangeError on none, TypeError on a URL that is none */
  setEndpoints(endpoints: readonly EndpointConfig[]): void;
  /** Watches the endpoints until `signal` aborts; the feed does it as well. */
  watch(signal: AbortSignal): Promise<void>;
  /** Closes every connection, and ends the feed and every wait of the lanes. */
  close(): void;
}

/** Beside the client: what only people need, who think in hours and not in blocks, and want to look around. */
export interface ForPeople {
  /** Mean milliseconds between the latest blocks. @throws ChainUnavailableError also when there are too few of them */
  blockTimeMs(): Promise<number>;
  /** Every registered provider. @throws ChainUnavailableError */
  providers(): Promise<readonly Provider[]>;
  readonly past: PastBlocks;
}

/** Endpoints that get every transaction: one that dies, or whose proposer is slow, costs no block. */
const BROADCAST_TO = 2;

/** Throws TypeError on a URL that is none. Connects lazily: a chain that is down shows on first use. */
export const connectChain = (config: ChainConfig): ChainClient & ForPeople => {
  const clock = config.clock ?? systemClock;
  const open = (endpoint: EndpointConfig | string): HttpEndpoint =>
    createHttpEndpoint(endpoint, config.requestTimeoutMs ?? 10_000);
  const pool = new EndpointPool({
    endpoints: config.endpoints.map(open),
    chainId: config.chainId,
    clock,
    recheckMs: config.recheckMs ?? 15_000,
  });
  const prober = new Prober(pool, clock, config.probe);
  const comet = cometOver(pool);
  const heads = new HeadTracker(clock);
  const reader = createChainReader(pool);
  let chainId = config.chainId;
  const closing = new AbortController();
  return {
    reader: {
      ...reader,
      head: async (signal) => {
        const head = await reader.head(signal);
        heads.note(head);
        return head;
      },
    },
    proof: createChainProof({
      witnesses: () => pool.witnesses(),
      states: () => pool.states(),
      look: () => prober.round(),
      readerOver: createChainReader,
      clock,
    }),
    feed: createBlockFeed(
      {
        rpc: pool,
        comet,
        heads,
        clock,
        closed: closing.signal,
        endpoints: (n) => pool.preferred(n).map((endpoint) => endpoint.address),
        isExcluded: (label) => pool.isExcluded(label),
        accuse: (label, why) => {
          pool.accuse(label, why);
        },
        watch: (signal) => prober.run(signal),
        demote: (label, why) => {
          pool.demote(label, why);
        },
      },
      config.feed ?? {},
    ),
    mempools: mempoolsOf(() => pool.targets(Infinity)),
    laneFor: (signer, options) =>
      createTxLane(
        {
          rpc: pool,
          comet,
          reader,
          heads,
          clock,
          closed: closing.signal,
          send: (bytes) => sendToAll(pool.targets(BROADCAST_TO), bytes),
          chainId: async () => (chainId ??= (await readHead(pool)).chainId),
        },
        signer,
        options,
      ),
    blockTimeMs: async () => measureBlockTime(comet, (await readHead(pool)).height),
    providers: () => readTogether([listProviders(abciQueryOver(comet))]),
    past: pastBlocksOver(pool, comet),
    endpoints: () => pool.states(),
    setEndpoints: (endpoints) => {
      pool.replace(endpoints, open);
    },
    watch: (signal) => prober.run(AbortSignal.any([signal, closing.signal])),
    close: () => {
      closing.abort();
      pool.disconnect();
    },
  };
};
