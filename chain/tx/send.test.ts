import { describe, expect, it } from '@jest/globals';
import { TxRaw } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { MsgExec } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { RpcClient } from '@cosmjs/tendermint-rpc';
import { RpcAnswerError } from '../errors.js';
import { ChainUnavailableError } from '../ports.js';
import type { ChainMessage } from '../ports.js';
import { encodeMessage } from './messages.js';
import { leasesOfTx, mempoolsOf } from './pending-leases.js';
import { sendToAll } from './send.js';
import { encodeTxBody } from './tx-body.js';
import type { EncodedMessage } from './tx-body.js';

/** A node that answers like this; `undefined` never answers. */
const node = (answer: unknown): RpcClient => ({
  disconnect: () => undefined,
  execute: () => {
    if (answer === undefined) return new Promise(() => undefined);
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve({ jsonrpc: '2.0', id: 0, result: answer });
  },
});
const takes = { code: 0 };
const refuses = { code: 5, codespace: 'sdk', log: 'no funds' };
const full = new RpcAnswerError('broadcast_tx_sync', -32603, 'x', 'mempool is full: 5000');
const cached = new RpcAnswerError('broadcast_tx_sync', -32603, 'x', 'tx already exists in cache');
const down = new ChainUnavailableError('down');
const refused = { kind: 'refused', codespace: 'sdk', code: 5, log: 'no funds' };

describe('the same bytes to several nodes', () => {
  it.each<[string, readonly unknown[], unknown]>([
    ['both take them', [takes, takes], { kind: 'pending', again: false }],
    [
      'one takes them and the other never answers',
      [undefined, takes],
      { kind: 'pending', again: false },
    ],
    ['one takes them and the other refuses', [refuses, takes], { kind: 'pending', again: false }],
    ['both have them already', [cached, cached], { kind: 'pending', again: true }],
    ['both refuse: that is final', [refuses, refuses], { ...refused, doubtful: false }],
    ['one refuses and the other may have them', [refuses, down], { ...refused, doubtful: true }],
    ['both mempools are full', [full, full], { kind: 'try-later', why: 'mempool is full: 5000' }],
    ['both are down', [down, down], { kind: 'try-later', why: 'down' }],
    ['an answer that makes no sense', [{}], { kind: 'try-later', why: 'an answer without a code' }],
    ['no node is left', [], { kind: 'try-later', why: 'no endpoint is left' }],
  ])('%s', async (_name, answers, want) => {
    expect(await sendToAll(answers.map(node), new Uint8Array(3))).toEqual(want);
  });
});

const TENANT = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const PROVIDER = 'akash19h7kcru96wkylecd2vswv9eph6e58fnmk4fna5';
const lease = (dseq: bigint) => ({
  ...{ owner: TENANT, dseq, gseq: 1, oseq: 1, provider: PROVIDER, bseq: 0 },
});
const create = (dseq: bigint): ChainMessage => ({ type: 'create-lease', id: lease(dseq) });
const txOf = (...messages: readonly EncodedMessage[]): Uint8Array =>
  TxRaw.encode({
    bodyBytes: encodeTxBody({ messages }),
    authInfoBytes: new Uint8Array(),
    signatures: [],
  }).finish();
const exec = (...messages: readonly EncodedMessage[]): EncodedMessage => ({
  typeUrl: '/cosmos.authz.v1beta1.MsgExec',
  value: MsgExec.encode({ grantee: TENANT, msgs: [...messages] }).finish(),
});

describe('leases that are on their way', () => {
  it('are found among other messages, and through grants within grants', () => {
    const other = encodeMessage({ type: 'withdraw-lease', id: lease(1n) });
    const tx = txOf(other, encodeMessage(create(2n)), exec(exec(encodeMessage(create(3n)))));
    expect(leasesOfTx(tx)).toEqual([lease(2n), lease(3n)]);
  });

  it.each([
    ['no transaction', Uint8Array.of(1, 2, 3)],
    [
      'a lease without an id',
      txOf({ typeUrl: '/akash.market.v1beta5.MsgCreateLease', value: new Uint8Array() }),
    ],
  ])('bytes that are %s hide nothing', (_name, bytes) => {
    expect(leasesOfTx(bytes)).toEqual([]);
  });

  const listing = (total: number, ...dseqs: readonly bigint[]) => ({
    n_txs: String(dseqs.length),
    total: String(total),
    txs: dseqs.map((d) => Buffer.from(txOf(encodeMessage(create(d)))).toString('base64')),
  });

  it.each<[string, readonly unknown[], readonly bigint[], boolean]>([
    ['nothing waits', [{ n_txs: '0', total: '0', txs: null }], [], true],
    ['each node knows another', [listing(1, 2n), listing(1, 3n)], [2n, 3n], true],
    ['both know the same', [listing(1, 2n), listing(1, 2n)], [2n], true],
    ['more wait than are listed', [listing(150, 2n)], [2n], false],
    ['a node does not answer', [listing(1, 2n), down], [2n], false],
    ['a node answers with nonsense', [{ total: 'many' }], [], false],
    ['no node is left', [], [], false],
  ])('%s', async (_name, answers, want, complete) => {
    const found = await mempoolsOf(() => answers.map(node)).pendingLeases();
    expect(found).toEqual({ ids: want.map(lease), complete });
  });
});
