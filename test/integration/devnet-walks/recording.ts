/** The recordings of the real node, as JSON; the walks compare the devnet's answers with them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../recorded');

export interface Attribute {
  readonly key: string;
  readonly value: string;
  readonly index: boolean;
}

export interface AbciEvent {
  readonly type: string;
  readonly attributes: readonly Attribute[];
}

/** One result inside `/tx` and `/block_results`. */
export interface TxResult {
  readonly gas_used: string;
  readonly events: readonly AbciEvent[];
}

/** The result of `/tx`. */
export interface TxAnswer {
  readonly hash: string;
  readonly height: string;
  readonly tx: string;
  readonly tx_result: TxResult;
}

/** The result of `/block_results`. */
export interface BlockAnswer {
  readonly height: string;
  readonly txs_results: readonly TxResult[] | null;
  readonly finalize_block_events: readonly AbciEvent[] | null;
  readonly app_hash: string;
}

const resultOf = (name: string): unknown =>
  (JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as { readonly result: unknown }).result;

export const recordedTx = (name: string): TxAnswer => resultOf(`${name}.tx.json`) as TxAnswer;
export const recordedBlock = (name: string): BlockAnswer =>
  resultOf(`${name}.block_results.json`) as BlockAnswer;

/** A frame of the websocket. */
export interface Frame {
  readonly id: number;
  readonly result: {
    readonly query?: string;
    readonly data?: { readonly type: string; readonly value: Readonly<Record<string, unknown>> };
    readonly events?: Readonly<Record<string, readonly string[]>>;
  };
}

/** Frames of the subscriptions to Tx (id 1) and NewBlockHeader (id 2) while the scenarios ran. */
export const recordedFrames = (): readonly Frame[] =>
  readFileSync(join(FOLDER, 'ws-frames.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Frame);
