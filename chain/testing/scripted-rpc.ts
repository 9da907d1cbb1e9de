/** A CometBFT RPC endpoint on a real local socket, HTTP and websocket, that answers as a test tells it to; for tests only. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { dataHash, headerHash } from '../rpc/block-hash.js';

export interface ScriptedEvent {
  readonly type: string;
  readonly attributes: readonly { readonly key: string; readonly value: string }[];
}

/** A transaction in a scripted block. */
export interface ScriptedTx {
  readonly bytes: Uint8Array;
  readonly code?: number;
  readonly codespace?: string;
  readonly log?: string;
  readonly gasUsed?: bigint;
  readonly gasWanted?: bigint;
  readonly events?: readonly ScriptedEvent[];
}

export interface ScriptedBlock {
  readonly height: number;
  /** Upper-case hex; that of its header. */
  readonly hash: string;
  readonly lastHash: string;
  readonly timeMs: number;
  readonly txs: readonly ScriptedTx[];
  readonly events: readonly ScriptedEvent[];
}

/** A JSON-RPC error to answer with. */
export class ScriptedError extends Error {
  readonly data: string;
  constructor(data: string) {
    super('Internal error');
    this.data = data;
  }
}

/** `undefined` falls back to the built-in answer; a `ScriptedError` becomes a JSON-RPC error. */
export type ScriptedHandler = (params: Readonly<Record<string, unknown>>) => unknown;

const HASH = 'AB'.repeat(32);
const hashOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').toUpperCase();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export class ScriptedRpc {
  chainId = 'scripted-1';
  /** Goes into the headers of new blocks: two endpoints with different ones are of different forks. */
  appHash = HASH;
  /** Blocks are given with a transaction more than their headers tell of while true. */
  forging = false;
  /** Answers wait this long, milliseconds. */
  delayMs = 0;
  /** HTTP status of every answer while set, with this text. */
  httpError: { readonly status: number; readonly text: string } | undefined;
  catchingUp = false;
  /** What was asked, in order. */
  readonly calls: {
    readonly method: string;
    readonly params: Readonly<Record<string, unknown>>;
  }[] = [];
  readonly blocks: ScriptedBlock[] = [];
  /** By method name. */
  readonly handlers = new Map<string, ScriptedHandler>();
  /** Websocket frames are swallowed while true, as by a half-open connection. */
  mute = false;
  /** Requests get no answer while true. */
  hang = false;
  readonly #headers = new WeakMap<ScriptedBlock, unknown>();
  readonly #sockets = new Set<WebSocket>();
  readonly #subscribed = new Set<WebSocket>();
  readonly #server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      if (this.hang) return;
      if (this.httpError !== undefined) {
        response.statusCode = this.httpError.status;
        response.end(this.httpError.text);
        return;
      }
      response.setHeader('content-type', 'application/json');
      const answer = JSON.stringify(this.#answer(text));
      if (this.delayMs === 0) response.end(answer);
      else setTimeout(() => response.end(answer), this.delayMs).unref();
    });
  });
  readonly #ws = new WebSocketServer({ server: this.#server, path: '/websocket' });

  private constructor() {
    this.#ws.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#subscribed.delete(socket);
      });
      socket.on('message', () => {
        this.#subscribed.add(socket);
        socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, result: {} }));
      });
    });
  }

  /** Listens on a free port. */
  static async start(): Promise<ScriptedRpc> {
    const rpc = new ScriptedRpc();
    await new Promise<void>((resolve) => rpc.#server.listen(0, '127.0.0.1', resolve));
    return rpc;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get subscribers(): number {
    return this.#subscribed.size;
  }

  /** How often `method` was asked. */
  count(method: string): number {
    return this.calls.filter((c) => c.method === method).length;
  }

  /** Ends with a new block and tells the subscribers, `silently` only the pollers. */
  addBlock(block: Partial<ScriptedBlock> = {}, silently = false): ScriptedBlock {
    const last = this.blocks.at(-1);
    const bare = {
      height: (last?.height ?? 0) + 1,
      timeMs: (last?.timeMs ?? 1_800_000_000_000) + 1_000,
      txs: [],
      events: [],
      lastHash: last?.hash ?? '',
      ...block,
    };
    const made = { ...bare, hash: headerHash(header(bare, this)) };
    this.#headers.set(made, header(bare, this));
    this.blocks.push(made);
    if (!silently) this.announce(made);
    return made;
  }

  /** Sends the NewBlock frame of `block`. */
  announce(block: ScriptedBlock): void {
    if (this.mute) return;
    const frame = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      result: this.#newBlockEvent(block),
    });
    for (const socket of this.#subscribed) socket.send(frame);
  }

  /** Drops every websocket connection. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  async stop(): Promise<void> {
    this.dropConnections();
    this.#ws.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(text: string): unknown {
    const {
      id,
      method,
      params = {},
    } = JSON.parse(text) as {
      readonly id: number;
      readonly method: string;
      readonly params?: Readonly<Record<string, unknown>>;
    };
    this.calls.push({ method, params });
    try {
      const result = this.handlers.get(method)?.(params) ?? this.#builtIn(method, params);
      if (result instanceof ScriptedError) throw result;
      return { jsonrpc: '2.0', id, result };
    } catch (error) {
      const data = error instanceof ScriptedError ? error.data : String(error);
      return { jsonrpc: '2.0', id, error: { code: -32603, message: 'Internal error', data } };
    }
  }

  #builtIn(method: string, params: Readonly<Record<string, unknown>>): unknown {
    const at = (key: string): ScriptedBlock => {
      const found = this.blocks.find((b) => String(b.height) === params[key]);
      if (found === undefined)
        throw new ScriptedError(`height ${String(params[key])} is not available`);
      return found;
    };
    switch (method) {
      case 'status':
        return this.#status();
      case 'abci_info':
        return { response: { last_block_height: String(this.blocks.at(-1)?.height ?? 0) } };
      case 'block':
        return { block_id: blockId(at('height')), block: this.#block(at('height')) };
      case 'blockchain':
        return {
          last_height: String(this.blocks.length),
          block_metas: this.blocks
            .filter(
              (b) =>
                b.height >= Number(params['minHeight']) && b.height <= Number(params['maxHeight']),
            )
            .map((b) => ({
              block_id: blockId(b),
              block_size: '500',
              header: this.#headers.get(b),
              num_txs: String(b.txs.length),
            })),
        };
      case 'block_results': {
        const block = at('height');
        return {
          height: String(block.height),
          txs_results: block.txs.map(txResult),
          finalize_block_events: block.events,
          validator_updates: null,
        };
      }
      case 'tx':
        return this.#tx(
          Buffer.from(String(params['hash']), 'base64').toString('hex').toUpperCase(),
        );
      default:
        throw new ScriptedError(`no script for ${method}`);
    }
  }

  #tx(hash: string): unknown {
    for (const block of this.blocks) {
      const index = block.txs.findIndex((tx) => hashOf(tx.bytes) === hash);
      const tx = block.txs[index];
      if (tx === undefined) continue;
      const place = { hash, height: String(block.height), index };
      return { ...place, tx_result: txResult(tx), tx: base64(tx.bytes) };
    }
    throw new ScriptedError(`tx (${hash}) not found`);
  }

  #block(block: ScriptedBlock): unknown {
    const txs = block.txs.map((tx) => base64(tx.bytes));
    return {
      header: this.#headers.get(block),
      data: { txs: this.forging ? [...txs, base64(Uint8Array.of(66))] : txs },
      evidence: { evidence: [] },
      last_commit: {
        height: '0',
        round: 0,
        block_id: { hash: '', parts: { total: 0, hash: '' } },
        signatures: [],
      },
    };
  }

  #newBlockEvent(block: ScriptedBlock): unknown {
    return {
      query: "tm.event='NewBlock'",
      data: {
        type: 'tendermint/event/NewBlock',
        value: {
          block: this.#block(block),
          block_id: blockId(block),
          result_finalize_block: { events: block.events, tx_results: block.txs.map(txResult) },
        },
      },
    };
  }

  #status(): unknown {
    const last = this.blocks.at(-1);
    if (last === undefined) throw new ScriptedError('no block yet');
    return {
      node_info: {
        id: 'ab'.repeat(20),
        listen_addr: 'tcp://0.0.0.0:26656',
        network: this.chainId,
        version: '0.38.21',
        channels: '40',
        moniker: 'scripted',
        other: {},
        protocol_version: { p2p: '8', block: '11', app: '1' },
      },
      sync_info: {
        latest_block_hash: last.hash,
        latest_app_hash: HASH,
        latest_block_height: String(last.height),
        latest_block_time: new Date(last.timeMs).toISOString(),
        earliest_block_height: String(this.blocks[0]?.height ?? 1),
        earliest_block_time: new Date(this.blocks[0]?.timeMs ?? 0).toISOString(),
        catching_up: this.catchingUp,
      },
      validator_info: {
        address: 'AB'.repeat(20),
        pub_key: { type: 'tendermint/PubKeyEd25519', value: base64(new Uint8Array(32)) },
        voting_power: '1',
      },
    };
  }
}

const blockId = (block: ScriptedBlock): unknown => ({
  hash: block.hash,
  parts: { total: 1, hash: HASH },
});

const header = (
  block: Omit<ScriptedBlock, 'hash'>,
  { chainId, appHash }: Pick<ScriptedRpc, 'chainId' | 'appHash'>,
): unknown => ({
  version: { block: '11' },
  chain_id: chainId,
  height: String(block.height),
  time: new Date(block.timeMs).toISOString(),
  last_block_id: {
    hash: block.lastHash,
    parts: block.lastHash === '' ? { total: 0, hash: '' } : { total: 1, hash: HASH },
  },
  last_commit_hash: HASH,
  data_hash: dataHash(block.txs.map((tx) => tx.bytes)),
  validators_hash: HASH,
  next_validators_hash: HASH,
  consensus_hash: HASH,
  app_hash: appHash,
  last_results_hash: HASH,
  evidence_hash: HASH,
  proposer_address: 'AB'.repeat(20),
});

const txResult = (tx: ScriptedTx): unknown => ({
  code: tx.code ?? 0,
  codespace: tx.codespace ?? '',
  log: tx.log ?? '',
  data: '',
  gas_wanted: String(tx.gasWanted ?? 0n),
  gas_used: String(tx.gasUsed ?? 0n),
  events: tx.events ?? [],
});
