import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { decodeTxRaw } from '@cosmjs/proto-signing';
import { Decimal } from '../../market/money.js';
import { connectChain } from '../client.js';
import type { ChainClient } from '../client.js';
import { isChainUnavailable } from '../ports.js';
import type { ChainMessage, ChargedTx, SignedTx, TxLane, TxOutcome } from '../ports.js';
import { accountAnswer } from '../testing/abci-answers.js';
import { ScriptedError, ScriptedRpc } from '../testing/scripted-rpc.js';
import type { ScriptedTx } from '../testing/scripted-rpc.js';
import { until } from '../testing/until.js';
import { signerFromPrivateKey } from '../wallet.js';
import { bytesFields, int64Field } from '../wire/fields.js';
import { txHash } from './sign.js';

const signer = signerFromPrivateKey(Uint8Array.from({ length: 32 }, (_, i) => i + 1));
const send: ChainMessage = {
  type: 'send',
  from: signer.address,
  to: signer.address,
  amount: [{ denom: 'uakt', amount: 1n }],
};
const withdraw: ChainMessage = {
  type: 'withdraw-lease',
  id: {
    owner: signer.address,
    dseq: 7n,
    gseq: 1,
    oseq: 1,
    provider: signer.address,
    bseq: 0,
  },
};

// The first signature of a fresh process on a busy machine takes seconds.
jest.setTimeout(30_000);

let rpc: ScriptedRpc;
let client: ChainClient;
let lane: TxLane;
let sequence: bigint;

const makeLane = (): TxLane =>
  client.laneFor(signer, {
    gasPrice: { denom: 'uakt', amount: new Decimal('0.025') },
    pollMs: 5,
    resendMs: 200,
  });

beforeEach(async () => {
  rpc = await ScriptedRpc.start();
  rpc.addBlock();
  sequence = 5n;
  rpc.handlers.set('abci_query', () => accountAnswer(signer.address, 12n, sequence));
  client = connectChain({ endpoints: [rpc.url], requestTimeoutMs: 2_000 });
  lane = makeLane();
});

afterEach(async () => {
  client.close();
  await rpc.stop();
});

/** What the test answers to each broadcast, in order; the last one repeats. `include` puts it into a block. */
type Answer = {
  readonly code?: number;
  readonly codespace?: string;
  readonly rpc?: string;
  readonly include?: Partial<ScriptedTx>;
};

const sent = (): readonly Uint8Array[] =>
  rpc.calls
    .filter((c) => c.method === 'broadcast_tx_sync')
    .map((c) => Uint8Array.from(Buffer.from(String(c.params['tx']), 'base64')));

const answerBroadcasts = (answers: readonly Answer[]): void => {
  let n = 0;
  rpc.handlers.set('broadcast_tx_sync', (params) => {
    const answer = answers[Math.min(n, answers.length - 1)] ?? {};
    n += 1;
    const bytes = Uint8Array.from(Buffer.from(String(params['tx']), 'base64'));
    if (answer.include !== undefined) rpc.addBlock({ txs: [{ bytes, ...answer.include }] });
    if (answer.rpc !== undefined) return new ScriptedError(answer.rpc);
    return {
      code: answer.code ?? 0,
      codespace: answer.codespace ?? '',
      log: 'the log',
      data: '',
      hash: txHash(bytes),
    };
  });
};

const decoded = (bytes: Uint8Array): ReturnType<typeof decodeTxRaw> => decodeTxRaw(bytes);
const timeoutOf = (bytes: Uint8Array): bigint => {
  const body = bytesFields(bytes, 1)[0] ?? new Uint8Array();
  const timestamp = bytesFields(body, 5)[0];
  if (timestamp === undefined) return 0n;
  return int64Field(timestamp, 1) * 1_000_000_000n + int64Field(timestamp, 2);
};

describe('signing', () => {
  it('is unordered by default, its deadline a minute after the block time', async () => {
    const tx = await lane.sign([send]);
    const blockNs = BigInt(rpc.blocks.at(-1)?.timeMs ?? 0) * 1_000_000n;
    expect(tx.timeoutNs).toBeGreaterThanOrEqual(blockNs + 60_000_000_000n);
    expect(tx.timeoutNs).toBeLessThan(blockNs + 61_000_000_000n);
    expect(timeoutOf(tx.bytes)).toBe(tx.timeoutNs);
    expect(decoded(tx.bytes).authInfo.signerInfos[0]?.sequence).toBe(0n);
    expect(tx.hash).toBe(txHash(tx.bytes));
  });

  it('a hundred at once have a hundred nonces, and ask for head and account once', async () => {
    await lane.sign([send]);
    const before = rpc.calls.length;
    const many = await Promise.all(Array.from({ length: 100 }, () => lane.sign([send])));
    expect(new Set(many.map((tx) => tx.timeoutNs)).size).toBe(100);
    expect(rpc.calls.length).toBe(before);
  });

  it('gas and fee come from the table', async () => {
    const { fee } = decoded((await lane.sign([withdraw, withdraw])).bytes).authInfo;
    expect(fee?.gasLimit).toBe(2n * ((93_611n * 130n) / 100n) + 2_240n);
    expect(fee?.amount).toEqual([
      { denom: 'uakt', amount: String(((Number(fee?.gasLimit) * 25 + 999) / 1000) | 0) },
    ]);
  });

  it('an earlier nonce can be signed again, and so gives other bytes with the same nonce', async () => {
    const first = await lane.sign([send]);
    const { timeoutNs = 0n } = first;
    const again = await lane.sign([send], { timeoutNs, gas: 200_000n });
    expect(again.timeoutNs).toBe(timeoutNs);
    expect(again.hash).not.toBe(first.hash);
  });

  it('an account that does not exist is named', async () => {
    rpc.handlers.set('abci_query', () => ({
      response: {
        code: 22,
        codespace: 'sdk',
        log: 'account not found: key not found',
        height: '1',
      },
    }));
    await expect(lane.sign([send])).rejects.toMatchObject({
      name: 'AccountMissingError',
      address: signer.address,
    });
  });
});

describe('submitting', () => {
  const included = (outcome: TxOutcome): string =>
    outcome.status === 'included'
      ? `included at ${outcome.height} code ${outcome.codespace}/${outcome.code} gas ${outcome.gasUsed}`
      : outcome.status === 'rejected'
        ? `rejected ${outcome.codespace}/${outcome.code}`
        : 'expired';

  const table: readonly (readonly [string, readonly Answer[], string, number])[] = [
    ['accepted and included', [{ include: { gasUsed: 9n } }], 'included at 2 code /0 gas 9', 1],
    [
      'failed in its block',
      [{ include: { code: 13, codespace: 'market' } }],
      'included at 2 code market/13 gas 0',
      1,
    ],
    ['refused by CheckTx', [{ code: 5, codespace: 'sdk' }], 'rejected sdk/5', 1],
    ['its deadline already past', [{ code: 42, codespace: 'sdk' }], 'expired', 1],
    [
      'the mempool full at first',
      [{ rpc: 'mempool is full: number of txs 5000 (max: 5000)' }, { include: {} }],
      'included at 2 code /0 gas 0',
      2,
    ],
    [
      'the mempool full by code',
      [{ code: 20, codespace: 'sdk' }, { include: {} }],
      'included at 2 code /0 gas 0',
      2,
    ],
    [
      'larger than the chain takes',
      [{ rpc: 'Tx too large. Max size is 1048576, but got 2000000' }],
      'rejected sdk/21',
      1,
    ],
    [
      'sent before, by the cache',
      [{ rpc: 'tx already exists in cache', include: {} }],
      'included at 2 code /0 gas 0',
      1,
    ],
    [
      'lost by the mempool, then sent again',
      [{}, { include: {} }],
      'included at 2 code /0 gas 0',
      2,
    ],
    [
      'out of gas, then not',
      [{ include: { code: 11, codespace: 'sdk', gasWanted: 77_073n } }, { include: {} }],
      'included at 3 code /0 gas 0',
      2,
    ],
    [
      'out of gas in CheckTx',
      [{ code: 11, codespace: 'sdk' }, { include: {} }],
      'included at 2 code /0 gas 0',
      2,
    ],
    [
      'out of gas for ever',
      [{ include: { code: 11, codespace: 'sdk', gasWanted: 77_073n } }],
      'included at 5 code sdk/11 gas 0',
      4,
    ],
  ];

  it.each(table)('%s', async (_name, answers, want, broadcasts) => {
    answerBroadcasts(answers);
    expect(included(await lane.submit([send]))).toBe(want);
    expect(sent()).toHaveLength(broadcasts);
  });

  it('raises gas by half at least, with a new nonce, when the block ran out of it', async () => {
    answerBroadcasts([
      { include: { code: 11, codespace: 'sdk', gasWanted: 100_000n } },
      { include: {} },
    ]);
    await lane.submit([send], { gas: 100_000n });
    const gas = sent().map((b) => decoded(b).authInfo.fee?.gasLimit);
    expect(gas).toEqual([100_000n, 150_000n]);
    const [first, second] = sent();
    expect(timeoutOf(first ?? new Uint8Array())).not.toBe(timeoutOf(second ?? new Uint8Array()));
  });

  it('a fee that is too low is raised to what the node wants, with the same nonce, and stays raised', async () => {
    let refused = false;
    rpc.handlers.set('broadcast_tx_sync', (params) => {
      const bytes = Uint8Array.from(Buffer.from(String(params['tx']), 'base64'));
      const answer = { codespace: 'sdk', data: '', hash: txHash(bytes) };
      if (!refused) {
        refused = true;
        const log = 'insufficient fees; got: 1927uakt required: 3853uakt: insufficient fee';
        return { ...answer, code: 13, log };
      }
      rpc.addBlock({ txs: [{ bytes }] });
      return { ...answer, code: 0, log: '' };
    });
    expect((await lane.submit([send])).status).toBe('included');
    const paid = (bytes: Uint8Array): string =>
      decoded(bytes).authInfo.fee?.amount[0]?.amount ?? '';
    expect(sent().map(paid)).toEqual(['1927', '3853']);
    expect(timeoutOf(sent()[1] ?? new Uint8Array())).toBe(timeoutOf(sent()[0] ?? new Uint8Array()));
    expect(paid((await lane.sign([send])).bytes)).toBe('3853');
  });

  it('tells of every transaction in a block what it paid, also when it failed there', async () => {
    const charged: ChargedTx[] = [];
    lane.onCharged((tx) => charged.push(tx));
    answerBroadcasts([
      { code: 5, codespace: 'sdk' },
      { include: { code: 13, codespace: 'market' } },
    ]);
    await lane.submit([send]);
    expect(charged).toEqual([]);
    const outcome = await lane.submit([send]);
    const fee = [{ denom: 'uakt', amount: 1_927n }];
    expect(charged).toEqual([{ hash: outcome.hash, height: 2n, code: 13, fee }]);
  });

  it('a short life ends soon after its block', async () => {
    const tx = await lane.sign([send], { lifetimeMs: 1_500 });
    const blockNs = BigInt(rpc.blocks.at(-1)?.timeMs ?? 0) * 1_000_000n;
    const life = (tx.timeoutNs ?? 0n) - blockNs;
    expect(life).toBeGreaterThanOrEqual(1_500_000_000n);
    expect(life).toBeLessThan(1_600_000_000n);
  });

  it('a withdrawal that closes the deployment gets enough gas the second time', async () => {
    answerBroadcasts([
      { include: { code: 11, codespace: 'sdk', gasWanted: 123_934n } },
      { include: {} },
    ]);
    await lane.submit([withdraw]);
    const [, second] = sent();
    expect(decoded(second ?? new Uint8Array()).authInfo.fee?.gasLimit).toBeGreaterThan(272_171n);
  });

  it('what ran out of gas through sign and broadcast is signed with more the next time', async () => {
    const close: ChainMessage = { type: 'close-bid', id: withdraw.id, reason: 'unspecified' };
    const first = await lane.sign([close]);
    const limit = decoded(first.bytes).authInfo.fee?.gasLimit ?? 0n;
    answerBroadcasts([{ include: { code: 11, codespace: 'sdk', gasWanted: limit } }]);
    await lane.broadcast(first);
    const second = await lane.sign([close]);
    expect(decoded(second.bytes).authInfo.fee?.gasLimit).toBeGreaterThan((limit * 14n) / 10n);
  });

  it('expires once a block is past its deadline, and not before', async () => {
    answerBroadcasts([{}]);
    const outcome = lane.submit([send]);
    await until('the broadcast', () => sent().length > 0);
    const deadlineMs = Number(timeoutOf(sent()[0] ?? new Uint8Array()) / 1_000_000n);
    rpc.addBlock({ timeMs: deadlineMs - 1 });
    const looks = rpc.count('block_results');
    await until('a look at that block', () => rpc.count('block_results') > looks);
    rpc.addBlock({ timeMs: deadlineMs + 1 });
    expect((await outcome).status).toBe('expired');
  });

  it('included in the very block that is past its deadline counts as included', async () => {
    answerBroadcasts([{}]);
    const outcome = lane.submit([send]);
    await until('the broadcast', () => sent().length > 0);
    const [bytes = new Uint8Array()] = sent();
    rpc.addBlock({ timeMs: Number(timeoutOf(bytes) / 1_000_000n) + 5, txs: [{ bytes }] });
    expect((await outcome).status).toBe('included');
  });

  it('a chain that stops answering delays the outcome and does not change it', async () => {
    answerBroadcasts([{}]);
    const outcome = lane.submit([send]);
    await until('the broadcast', () => sent().length > 0);
    rpc.handlers.set('abci_info', () => new ScriptedError('down'));
    rpc.handlers.set('block', () => new ScriptedError('down'));
    const [bytes = new Uint8Array()] = sent();
    rpc.addBlock({ txs: [{ bytes }] });
    const asked = rpc.count('abci_info');
    await until('a failed look', () => rpc.count('abci_info') > asked + 1);
    rpc.handlers.delete('abci_info');
    rpc.handlers.delete('block');
    expect((await outcome).status).toBe('included');
  });

  it('gives up only when aborted, and says that the outcome is unknown', async () => {
    answerBroadcasts([{}]);
    const stop = new AbortController();
    const outcome = lane.submit([send], { signal: stop.signal });
    const seen = outcome.catch((error: unknown) => error);
    await until('the broadcast', () => sent().length > 0);
    stop.abort();
    expect(isChainUnavailable(await seen)).toBe(true);
  });
});

describe('the same bytes again, after a restart', () => {
  it.each([
    ['the cache knows them', { rpc: 'tx already exists in cache' }],
    ['CheckTx says that the nonce is used', { code: 18, codespace: 'sdk' }],
  ] as readonly (readonly [string, Answer])[])('%s: found in its block', async (_name, answer) => {
    const tx = await lane.sign([send]);
    rpc.addBlock({ txs: [{ bytes: tx.bytes, gasUsed: 3n }] });
    rpc.addBlock();
    answerBroadcasts([answer]);
    const restarted = makeLane();
    expect(await restarted.broadcast(tx)).toMatchObject({ status: 'included', height: 2n });
  });

  it('a refusal is believed when two more blocks do not hold them', async () => {
    const tx: SignedTx = await lane.sign([send]);
    answerBroadcasts([{ code: 5, codespace: 'sdk' }]);
    const outcome = makeLane().broadcast(tx);
    await until('the lookup', () => rpc.count('tx') > 0);
    rpc.addBlock();
    rpc.addBlock();
    expect(await outcome).toMatchObject({ status: 'rejected', codespace: 'sdk', code: 5 });
  });

  it('works on a node without a transaction index', async () => {
    rpc.handlers.set('tx', () => new ScriptedError('transaction indexing is disabled'));
    answerBroadcasts([{ include: {} }]);
    expect((await lane.submit([send])).status).toBe('included');
  });
});

describe('ordered', () => {
  const sequences = (): readonly (bigint | undefined)[] =>
    sent().map((b) => decoded(b).authInfo.signerInfos[0]?.sequence);

  it.each([
    ['switched off', 37],
    ['unknown to the chain', 2],
  ])('is fallen back to where unordered is %s, and that is remembered', async (_name, code) => {
    answerBroadcasts([{ code, codespace: 'sdk' }, { include: {} }]);
    expect((await lane.submit([send])).status).toBe('included');
    expect((await lane.submit([send])).status).toBe('included');
    expect(sequences()).toEqual([0n, 5n, 6n]);
    expect((await lane.sign([send])).timeoutNs).toBeUndefined();
  });

  it('a malformed message does not turn a working chain to ordered', async () => {
    answerBroadcasts([{ include: {} }, { code: 2, codespace: 'sdk' }]);
    await lane.submit([send]);
    expect(await lane.submit([send])).toMatchObject({ status: 'rejected', code: 2 });
    expect((await lane.sign([send])).timeoutNs).toBeDefined();
  });
});
