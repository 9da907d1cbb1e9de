/** What a real node answered, recorded block by block, becomes the order book that it was. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Comet38Client } from '@cosmjs/tendermint-rpc';
import type { JsonRpcSuccessResponse } from '@cosmjs/json-rpc';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeBlockEvents } from '../../chain/events/block-events.js';
import type { PastBlock } from '../../chain/feed/past-blocks.js';
import { readRecording, recordedTxBytes, recordingNames } from '../../chain/testing/recordings.js';
import { readHistory } from '../backtest/read-history.js';
import { BookFile } from './book-file.js';
import type { BookChain } from './ports.js';
import { record } from './recorder.js';

const isRecordedTx = new Set(recordingNames('.tx.json'));

const readBlock = async (name: string): Promise<PastBlock> => {
  const text = readRecording(`${name}.block_results.json`);
  const comet = Comet38Client.create({
    execute: async () => JSON.parse(text) as JsonRpcSuccessResponse,
    disconnect: () => undefined,
  });
  const { height, results, finalizeBlockEvents } = await comet.blockResults(1);
  // A recorded block holds one transaction, and that is recorded beside it.
  const bytes = isRecordedTx.has(name) ? recordedTxBytes(name) : undefined;
  const txs = results.map((r) => (bytes === undefined ? r : { ...r, bytes }));
  const decoded = decodeBlockEvents({ txs, blockEvents: finalizeBlockEvents }, BigInt(height));
  return {
    ...{ height: BigInt(height), timeMs: height * 6_000, hash: '', events: decoded.events },
    unreadable: decoded.faults.map((f) => f.message),
  };
};

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-recorded-'));
});
afterAll(() => rm(dir, { recursive: true }));

it('orders, bids, leases and their ends of the recorded node', async () => {
  const blocks = new Map<bigint, PastBlock>();
  for (const name of recordingNames('.block_results.json')) {
    const block = await readBlock(name);
    blocks.set(block.height, block);
  }
  const newest = [...blocks.keys()].reduce((a, b) => (a > b ? a : b));
  const empty = (height: bigint): PastBlock => ({
    ...{ height, timeMs: Number(height) * 6_000, hash: '', events: [], unreadable: [] },
  });
  const absent = async (): Promise<undefined> => undefined;
  const chain: BookChain = {
    past: {
      committed: async () => newest,
      earliest: async () => 1n,
      blocks: async (from) => [blocks.get(from) ?? empty(from)],
    },
    reader: {
      head: async () => ({ chainId: 'local', height: newest, timeMs: 0, catchingUp: false }),
      openOrders: async () => [],
      order: absent,
      bid: absent,
      bidsOnOrder: async () => [],
    },
  };
  const path = join(dir, 'book.jsonl.gz');
  const file = await BookFile.create(path);
  await file.append([{ type: 'head', chainId: 'local', from: 1n }]);
  await record(
    { chain, sink: file, clock: { sleep: async () => undefined, random: () => 0 } },
    {
      ...{ next: 1n, once: true, pollMs: 1 },
      onProgress: () => undefined,
      onTrouble: (message) => {
        throw new Error(message);
      },
    },
    new AbortController().signal,
  );
  await file.close();
  const { orders, unreadable, through } = await readHistory(path);
  expect([unreadable, through.height]).toEqual([0, newest]);
  expect(
    orders.map((o) => ({
      order: `${o.id.dseq}/${o.id.gseq}/${o.id.oseq}`,
      units: o.spec?.units.length,
      bids: o.bids.map((b) => `${b.price.amount.toFixed()}${b.price.denom} ${b.outcome}`),
      lease: o.lease?.closed?.reason,
    })),
  ).toEqual([
    { order: '7/1/1', units: 1, bids: ['500uact won'], lease: 'lease_closed_owner' },
    // The second order of a group: only the first one's block says what the group asks for.
    { order: '7/1/2', units: 1, bids: [], lease: undefined },
    {
      ...{ order: '15/1/1', units: 1, bids: ['100000uact won'] },
      lease: 'lease_closed_reason_insufficient_funds',
    },
    { order: '28/1/1', units: 1, bids: ['700uact won'], lease: 'lease_closed_reason_unstable' },
  ]);
});
