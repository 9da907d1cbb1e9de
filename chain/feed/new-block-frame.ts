/** A websocket frame of `tm.event='NewBlock'` (CometBFT 0.38): the block with what its execution gave. */
import type { RawEvent } from '../events/attributes.js';
import type { RawBlockResults } from '../events/block-events.js';
import { readSoundBlock } from '../rpc/block-hash.js';
import type { SoundBlock } from '../rpc/block-hash.js';

/** A committed block, its events not decoded yet. */
export interface RawBlock {
  readonly height: bigint;
  readonly timeMs: number;
  /** Upper-case hex. */
  readonly hash: string;
  /** Hash of the block before it; empty for the first. */
  readonly lastHash: string;
  readonly results: RawBlockResults;
}

export type NewBlockFrame =
  | { readonly kind: 'block'; readonly block: RawBlock }
  /** A block whose results the frame does not carry in full: they have to be fetched. */
  | { readonly kind: 'height'; readonly height: bigint; readonly timeMs: number }
  /** A block whose parts do not belong together: its sender lies. */
  | { readonly kind: 'forged'; readonly why: string }
  /** The answer to the subscription itself. */
  | { readonly kind: 'subscribed' }
  /** The node refused the subscription or ended it; the connection is of no more use. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Something else: ignored. */
  | { readonly kind: 'other' };

type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => object(inner)?.[key], value);

/** Go leaves empty lists out or writes null. */
const list = (value: unknown): readonly unknown[] | undefined =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : undefined;

const readEvent = (value: unknown): RawEvent | undefined => {
  const type = at(value, 'type');
  const attributes = list(at(value, 'attributes'));
  if (typeof type !== 'string' || attributes === undefined) return undefined;
  const read: { key: string; value: string }[] = [];
  for (const attribute of attributes) {
    const key = at(attribute, 'key');
    const text = at(attribute, 'value') ?? '';
    if (typeof key !== 'string' || typeof text !== 'string') return undefined;
    read.push({ key, value: text });
  }
  return { type, attributes: read };
};

const readEvents = (value: unknown): readonly RawEvent[] | undefined => {
  const events = list(value)?.map(readEvent);
  return events?.every((e) => e !== undefined) === true ? events : undefined;
};

const readResults = (value: unknown): RawBlockResults | undefined => {
  if (object(value) === undefined) return undefined;
  const txResults = list(at(value, 'tx_results'));
  const blockEvents = readEvents(at(value, 'events'));
  if (txResults === undefined || blockEvents === undefined) return undefined;
  const txs: RawBlockResults['txs'][number][] = [];
  for (const tx of txResults) {
    const code = at(tx, 'code') ?? 0;
    const events = readEvents(at(tx, 'events'));
    if (typeof code !== 'number' || events === undefined) return undefined;
    txs.push({ code, events });
  }
  return { txs, blockEvents };
};

/** A block with the transactions beside their results, which are as many. */
export const rawBlock = (
  { txs, ...block }: SoundBlock,
  { blockEvents, ...results }: RawBlockResults,
): RawBlock => ({
  ...block,
  results: {
    txs: results.txs.map(({ code, events }, i) => ({
      ...{ code, events },
      ...(txs[i] === undefined ? {} : { bytes: txs[i] }),
    })),
    blockEvents,
  },
});

/** Never throws: what cannot be read is `other`, or `height` when at least that is known. */
export const readNewBlockFrame = (text: string): NewBlockFrame => {
  let frame: unknown;
  try {
    frame = JSON.parse(text) as unknown;
  } catch {
    return { kind: 'other' };
  }
  const error = at(frame, 'error');
  if (error !== undefined) {
    const why = at(error, 'data') ?? at(error, 'message');
    return { kind: 'refused', why: typeof why === 'string' ? why : 'error' };
  }
  const value = at(frame, 'result', 'data', 'value');
  if (value === undefined) {
    return object(at(frame, 'result')) === undefined ? { kind: 'other' } : { kind: 'subscribed' };
  }
  const height = at(value, 'block', 'header', 'height');
  const time = at(value, 'block', 'header', 'time');
  if (typeof height !== 'string' || !/^\d{1,19}$/.test(height) || typeof time !== 'string') {
    return { kind: 'other' };
  }
  const timeMs = Date.parse(time);
  if (Number.isNaN(timeMs)) return { kind: 'other' };
  const sound = readSoundBlock(at(value, 'block_id'), at(value, 'block'));
  if (typeof sound === 'string') return { kind: 'forged', why: sound };
  const results = readResults(at(value, 'result_finalize_block'));
  if (results?.txs.length !== sound.txs.length) {
    return { kind: 'height', height: BigInt(height), timeMs };
  }
  return { kind: 'block', block: rawBlock(sound, results) };
};
