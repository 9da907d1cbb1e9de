/** CometBFT's config.toml. What is not named keeps the engine's default: body and batch limits, subscriptions, mempool, cache. */

/** Loopback ports of one node. */
export interface NodePorts {
  readonly rpc: number;
  readonly p2p: number;
}

export interface NodeConfig {
  readonly ports: NodePorts;
  /** Wanted time between blocks, milliseconds. */
  readonly blockTimeMs: number;
  /** `id@127.0.0.1:port` of the node to follow; empty for the validator. */
  readonly persistentPeer: string;
}

/** What a single validator's round takes besides waiting, on an idle machine (measured: 8 to 12 ms). */
const ROUND_OVERHEAD_MS = 9;
const LEAST_COMMIT_WAIT_MS = 5;

/** The wait after a commit that makes blocks come every `blockTimeMs`. */
export const commitWaitMs = (blockTimeMs: number): number =>
  Math.max(LEAST_COMMIT_WAIT_MS, blockTimeMs - ROUND_OVERHEAD_MS);

export const configToml = ({ ports, blockTimeMs, persistentPeer }: NodeConfig): string => `
moniker = "berth-devnet"
abci = "grpc"
log_level = "error"
log_format = "json"
db_backend = "goleveldb"

[rpc]
laddr = "tcp://127.0.0.1:${ports.rpc}"

[p2p]
laddr = "tcp://127.0.0.1:${ports.p2p}"
persistent_peers = "${persistentPeer}"
addr_book_strict = false
allow_duplicate_ip = true
pex = false
flush_throttle_timeout = "5ms"

[consensus]
timeout_propose = "1s"
timeout_propose_delta = "100ms"
timeout_prevote = "500ms"
timeout_prevote_delta = "100ms"
timeout_precommit = "500ms"
timeout_precommit_delta = "100ms"
timeout_commit = "${commitWaitMs(blockTimeMs)}ms"
skip_timeout_commit = false
create_empty_blocks = true
peer_gossip_sleep_duration = "5ms"

[tx_index]
indexer = "kv"

[instrumentation]
prometheus = false
`;
