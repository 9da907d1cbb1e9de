import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { decodeTxRaw } from '@cosmjs/proto-signing';
import { Decimal } from '../../market/money.js';
import { connectChain } from '../client.js';
import type { ChainClient } from '../client.js';
import type { ChainMessage, TxLane, TxOutcome } from '../ports.js';
import { accountAnswer } from '../testing/abci-answers.js';
import { ScriptedMempool } from '../testing/scripted-mempool.js';
import { ScriptedRpc } from '../testing/scripted-rpc.js';
import { until } from '../testing/until.js';
import { signerFromPrivateKey } from '../wallet.js';
import { txHash } from './sign.js';

// The first thirty signatures of a fresh process on a busy machine take seconds.
jest.setTimeout(30_000);

const signer = signerFromPrivateKey(Uint8Array.from({ length: 32 }, (_, i) => i + 1));
const id = { owner: signer.address, dseq: 7n, gseq: 1, oseq: 1, provider: signer.address, bseq: 0 };
const send: ChainMessage = {
  type: 'send',
  from: signer.address,
  to: signer.address,
  amount: [{ denom: 'uakt', amount: 1n }],
};
const withdraw: ChainMessage = { type: 'withdraw-lease', id };
const close: ChainMessage = { type: 'close-bid', id, reason: 'unspecified' };
const ORDERED = { mode: 'ordered' } as const;

let rpc: ScriptedRpc;
let pool: ScriptedMempool;
let client: ChainClient;
let lane: TxLane;

beforeEach(async () => {
  rpc = await ScriptedRpc.start();
  rpc.addBlock();
  pool = new ScriptedMempool(rpc, 5n);
  rpc.handlers.set('abci_query', () => accountAnswer(signer.address, 12n, pool.committed));
  client = connectChain({ endpoints: [rpc.url], requestTimeoutMs: 2_000 });
  lane = client.laneFor(signer, {
    gasPrice: { denom: 'uakt', amount: new Decimal('0.025') },
    pollMs: 5,
    resendMs: 50,
  });
});

afterEach(async () => {
  client.close();
  await rpc.stop();
});

const sequenceOf = (bytes: Uint8Array): bigint =>
  decodeTxRaw(bytes).authInfo.signerInfos[0]?.sequence ?? -1n;
/** Sequences that are in blocks, with each block's height. */
const landed = (): readonly (readonly [number, bigint])[] =>
  rpc.blocks.flatMap((b) => b.txs.map((tx): [number, bigint] => [b.height, sequenceOf(tx.bytes)]));
const submitMany = (n: number, message: ChainMessage = send): Promise<readonly TxOutcome[]> =>
  Promise.all(Array.from({ length: n }, () => lane.submit([message], ORDERED)));
const waits = (n: number): Promise<void> => until(`${n} in the mempool`, () => pool.waiting === n);
const range = (from: bigint, n: number): readonly bigint[] =>
  Array.from({ length: n }, (_, i) => from + BigInt(i));
const allIncluded = (outcomes: readonly TxOutcome[]): boolean =>
  outcomes.every((o) => o.status === 'included' && o.code === 0);
/** Blocks until the outcome is known: each makes a refusal that is in doubt a little more certain. */
const committing = async <T>(outcome: Promise<T>): Promise<T> => {
  let over = false;
  void outcome.finally(() => (over = true)).catch(() => undefined);
  await until('the outcome', () => {
    if (!over) pool.commit();
    return over;
  });
  return outcome;
};

describe('ordered transactions', () => {
  it('thirty at once are in one block, each with its own sequence', async () => {
    const outcomes = submitMany(30);
    await waits(30);
    const { height } = pool.commit();
    expect(allIncluded(await outcomes)).toBe(true);
    expect(landed()).toEqual(range(5n, 30).map((s) => [height, s]));
    expect(new Set(pool.seen.map(txHash)).size).toBe(30);
  });

  it('the next block goes on where the last one ended, without reading the account again', async () => {
    const first = submitMany(2);
    await waits(2);
    pool.commit();
    await first;
    const asked = rpc.count('abci_query');
    const second = submitMany(2);
    await waits(2);
    pool.commit();
    expect(allIncluded(await second)).toBe(true);
    expect(landed().map(([, s]) => s)).toEqual([5n, 6n, 7n, 8n]);
    expect(rpc.count('abci_query')).toBe(asked);
  });

  it('an out-of-band transaction that took the next sequence costs one signing, not a block', async () => {
    const warm = submitMany(1);
    await waits(1);
    pool.commit();
    await warm;
    pool.outOfBand(2n);
    const outcomes = submitMany(3);
    await waits(3);
    pool.commit();
    expect(allIncluded(await outcomes)).toBe(true);
    expect(landed().map(([, s]) => s)).toEqual([5n, 8n, 9n, 10n]);
  });

  it('an out-of-band transaction that evicts ours: every message lands exactly once all the same', async () => {
    const outcomes = submitMany(3);
    await waits(3);
    pool.outOfBand(1n);
    expect(allIncluded(await committing(outcomes))).toBe(true);
    const sequences = landed().map(([, s]) => s);
    expect(sequences).toHaveLength(3);
    expect(new Set(sequences).size).toBe(3);
  });

  it('a node that restarts with an empty mempool gets the same bytes again', async () => {
    const outcomes = submitMany(5);
    await waits(5);
    const before = new Set(pool.seen.map(txHash));
    pool.restart();
    await waits(5);
    pool.commit();
    expect(allIncluded(await outcomes)).toBe(true);
    expect(new Set(pool.seen.map(txHash))).toEqual(before);
    expect(landed().map(([, s]) => s)).toEqual(range(5n, 5));
  });

  it('a full mempool holds the line up and loses nothing', async () => {
    pool.room = 2;
    const outcomes = submitMany(5);
    expect(allIncluded(await committing(outcomes))).toBe(true);
    expect(landed().map(([, s]) => s)).toEqual(range(5n, 5));
  });

  it('one that was signed and is given up leaves no gap', async () => {
    const first = await lane.sign([send], ORDERED);
    const given = await lane.sign([send], ORDERED);
    const later = lane.submit([send], ORDERED);
    const sent = lane.broadcast(first);
    lane.discard(given);
    await waits(2);
    pool.commit();
    expect(allIncluded([await sent, await later])).toBe(true);
    expect(landed().map(([, s]) => s)).toEqual([5n, 6n]);
  });

  it('one whose place is void is refused unsent, so that its caller decides anew', async () => {
    const given = await lane.sign([send], ORDERED);
    const next = await lane.sign([send], ORDERED);
    lane.discard(given);
    expect(await lane.broadcast(next)).toMatchObject({ status: 'rejected', code: 32 });
    expect(pool.seen).toEqual([]);
  });

  it('a close is not held up by sixty withdrawals that wait for the key', async () => {
    const many = submitMany(60, withdraw);
    const closed = lane.submit([close], ORDERED);
    await waits(61);
    const position = pool.seen.findIndex((b) =>
      decodeTxRaw(b).body.messages.some((m) => m.typeUrl.endsWith('MsgCloseBid')),
    );
    // Two hold places already, and what is being signed cannot be overtaken.
    expect(position).toBeLessThanOrEqual(10);
    pool.commit();
    expect(allIncluded([await closed, ...(await many)])).toBe(true);
  });
});
