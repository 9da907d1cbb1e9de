/** A mempool that keeps sequences as a node does, on a scripted RPC endpoint; for tests only. */
import { decodeTxRaw } from '@cosmjs/proto-signing';
import { txHash } from '../tx/sign.js';
import { bytesFields } from '../wire/fields.js';
import { ScriptedError } from './scripted-rpc.js';
import type { ScriptedBlock, ScriptedRpc } from './scripted-rpc.js';

const isUnordered = (bytes: Uint8Array): boolean =>
  bytesFields(bytesFields(bytes, 1)[0] ?? new Uint8Array(), 5).length > 0;

export class ScriptedMempool {
  readonly #rpc: ScriptedRpc;
  /** The next sequence as committed. */
  committed: bigint;
  /** What CheckTx wants next. */
  #expected: bigint;
  #waiting: Uint8Array[] = [];
  /** How many it takes before it is full. */
  room = Infinity;
  /** Every broadcast, in order. */
  readonly seen: Uint8Array[] = [];

  constructor(rpc: ScriptedRpc, sequence: bigint) {
    this.#rpc = rpc;
    this.committed = sequence;
    this.#expected = sequence;
    rpc.handlers.set('broadcast_tx_sync', ({ tx }) =>
      this.#check(Uint8Array.from(Buffer.from(String(tx), 'base64'))),
    );
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Puts everything that waits into a block. */
  commit(): ScriptedBlock {
    const txs = this.#waiting.map((bytes) => ({ bytes }));
    this.#waiting = [];
    this.committed = this.#expected;
    return this.#rpc.addBlock({ txs });
  }

  /** The node restarts: its mempool is gone. */
  restart(): void {
    this.#waiting = [];
    this.#expected = this.committed;
  }

  /** Another holder of the key gets `count` transactions into the next block, by another node: what waited here is evicted. */
  outOfBand(count: bigint): void {
    this.committed += count;
    this.restart();
    this.#rpc.addBlock();
  }

  #check(bytes: Uint8Array): unknown {
    this.seen.push(bytes);
    const hash = txHash(bytes);
    const answer = (code: number, log = ''): unknown => ({
      ...{ code, log, data: '', hash },
      codespace: code === 0 ? '' : 'sdk',
    });
    if (this.#waiting.some((tx) => txHash(tx) === hash)) {
      return new ScriptedError('tx already exists in cache');
    }
    if (this.#waiting.length >= this.room) {
      return new ScriptedError(`mempool is full: number of txs ${this.room} (max: ${this.room})`);
    }
    if (!isUnordered(bytes)) {
      const sequence = decodeTxRaw(bytes).authInfo.signerInfos[0]?.sequence ?? 0n;
      if (sequence !== this.#expected) {
        const words = `account sequence mismatch, expected ${this.#expected}, got ${sequence}`;
        return answer(32, `${words}: incorrect account sequence`);
      }
      this.#expected += 1n;
    }
    this.#waiting.push(bytes);
    return answer(0);
  }
}
