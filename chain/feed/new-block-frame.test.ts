import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RawEvent } from '../events/attributes.js';
import { decodeBlockEvents } from '../events/block-events.js';
import { dataHash, headerHash } from '../rpc/block-hash.js';
import { readRecording } from '../testing/recordings.js';
import { readNewBlockFrame } from './new-block-frame.js';

interface TxFrame {
  readonly result: {
    readonly query?: string;
    readonly data?: {
      readonly value: {
        readonly TxResult?: { readonly result: { readonly events: readonly RawEvent[] } };
      };
    };
  };
}

const frames = readRecording('ws-frames.jsonl').trim().split('\n');

const txs = [Uint8Array.of(1), Uint8Array.of(2)];
const header = {
  height: '9',
  time: '2026-11-23T08:34:53.932989205Z',
  data_hash: dataHash(txs),
  last_block_id: { hash: 'AB' },
};

/** A NewBlock frame with the transaction results that a recorded Tx frame carries. */
const newBlock = (change: object = {}): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    result: {
      query: "tm.event='NewBlock'",
      data: {
        type: 'tendermint/event/NewBlock',
        value: {
          block: { header, data: { txs: txs.map((tx) => Buffer.from(tx).toString('base64')) } },
          block_id: { hash: headerHash(header) },
          result_finalize_block: {
            events: null,
            tx_results: [{ code: 0, events: [] }, { code: 5 }],
          },
          ...change,
        },
      },
    },
  });

describe('websocket frames', () => {
  it('transactions of the recorded walk tell the whole story, without a fault', () => {
    const seen = frames.flatMap((text) => {
      const events = (JSON.parse(text) as TxFrame).result.data?.value.TxResult?.result.events ?? [];
      const decoded = decodeBlockEvents({ txs: [{ code: 0, events }], blockEvents: [] }, 1n);
      expect(decoded.faults).toEqual([]);
      return decoded.events.map((e) => e.type);
    });
    for (const want of [
      'provider-created',
      'order-created',
      'bid-created',
      'lease-created',
      'lease-closed',
    ] as const) {
      expect(seen).toContain(want);
    }
  });

  it('the recorded acknowledgements and frames of other subscriptions are no blocks', () => {
    const kinds = new Set(frames.map((text) => readNewBlockFrame(text).kind));
    expect([...kinds].toSorted()).toEqual(['other', 'subscribed']);
  });

  it('a block comes with its results', () => {
    expect(readNewBlockFrame(newBlock())).toEqual({
      kind: 'block',
      block: {
        height: 9n,
        timeMs: Date.parse('2026-11-23T08:34:53.932Z'),
        hash: headerHash(header),
        lastHash: 'AB',
        results: {
          txs: [
            { code: 0, events: [], bytes: txs[0] },
            { code: 5, events: [], bytes: txs[1] },
          ],
          blockEvents: [],
        },
      },
    });
  });

  it.each([
    ['no results', { result_finalize_block: undefined }, 'height'],
    ['results of another shape', { result_finalize_block: { tx_results: 'x' } }, 'height'],
    [
      'an event without a type',
      { result_finalize_block: { events: [{ attributes: [] }] } },
      'height',
    ],
    ['another hash than its header has', { block_id: { hash: 'AB' } }, 'forged'],
    ['other transactions than its header tells of', { block: { header, data: {} } }, 'forged'],
    ['fewer results than transactions', { result_finalize_block: { tx_results: [] } }, 'height'],
    ['no height', { block: { header: {} } }, 'other'],
    ['a height that is none', { block: { header: { height: '-1', time: '2026' } } }, 'other'],
  ])('a frame with %s is fetched or ignored', (_name, change, want) => {
    expect(readNewBlockFrame(newBlock(change)).kind).toBe(want);
  });

  it('a refused subscription says why', () => {
    const text =
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"Internal error","data":"max_subscription_clients 100 reached"}}';
    expect(readNewBlockFrame(text)).toEqual({
      kind: 'refused',
      why: 'max_subscription_clients 100 reached',
    });
  });

  it('no text makes it throw', () => {
    fc.assert(fc.property(fc.string(), (text) => readNewBlockFrame(text).kind !== 'block'));
    fc.assert(fc.property(fc.json(), (text) => readNewBlockFrame(text).kind !== 'block'));
  });
});
