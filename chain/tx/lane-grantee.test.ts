import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MsgExec } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { decodeTxRaw } from '@cosmjs/proto-signing';
import { Decimal } from '../../market/money.js';
import { connectChain } from '../client.js';
import type { ChainClient } from '../client.js';
import type { ChainMessage, TxLane } from '../ports.js';
import { accountAnswer } from '../testing/abci-answers.js';
import { ScriptedRpc } from '../testing/scripted-rpc.js';
import { signerFromPrivateKey } from '../wallet.js';
import { encodeMessage } from './messages.js';

const PROVIDER = 'akash19h7kcru96wkylecd2vswv9eph6e58fnmk4fna5';
const OWNER = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const hot = signerFromPrivateKey(Uint8Array.from({ length: 32 }, (_, i) => i + 1));
const withdraw = (dseq: bigint): ChainMessage => ({
  type: 'withdraw-lease',
  id: { owner: OWNER, dseq, gseq: 1, oseq: 1, provider: PROVIDER, bseq: 0 },
});

let rpc: ScriptedRpc;
let client: ChainClient;
let asked: string[];

const lane = (granterPays: boolean): TxLane =>
  client.laneFor(hot, {
    gasPrice: { denom: 'uakt', amount: new Decimal('0.025') },
    grantee: { granter: PROVIDER, granterPays },
  });

beforeEach(async () => {
  rpc = await ScriptedRpc.start();
  rpc.addBlock();
  asked = [];
  rpc.handlers.set('abci_query', (params) => {
    asked.push(Buffer.from(String(params['data']), 'hex').toString('latin1'));
    return accountAnswer(hot.address, 12n, 5n);
  });
  client = connectChain({ endpoints: [rpc.url] });
});

afterEach(async () => {
  client.close();
  await rpc.stop();
});

describe('a lane whose key is a grantee', () => {
  it('wraps all messages in one MsgExec of the key, which the granter pays for', async () => {
    const messages = [withdraw(7n), withdraw(8n)];
    const { bytes } = await lane(true).sign(messages);
    const { body, authInfo } = decodeTxRaw(bytes);
    expect(body.messages.map((m) => m.typeUrl)).toEqual(['/cosmos.authz.v1beta1.MsgExec']);
    const { grantee, msgs } = MsgExec.decode(body.messages[0]?.value ?? new Uint8Array());
    expect(grantee).toBe(hot.address);
    expect(msgs.map((m) => [m.typeUrl, Buffer.from(m.value).toString('hex')])).toEqual(
      messages.map(encodeMessage).map((m) => [m.typeUrl, Buffer.from(m.value).toString('hex')]),
    );
    expect(authInfo.fee).toMatchObject({ granter: PROVIDER, payer: '' });
  });

  it('acts for the granter, with the account and sequence of the key', async () => {
    const made = lane(true);
    expect(made.address).toBe(PROVIDER);
    const { bytes } = await made.sign([withdraw(7n)], { mode: 'ordered' });
    expect(decodeTxRaw(bytes).authInfo.signerInfos[0]?.sequence).toBe(5n);
    expect(asked.every((request) => request.includes(hot.address))).toBe(true);
  });

  it('pays itself where it has coins of its own', async () => {
    const { bytes } = await lane(false).sign([withdraw(7n)]);
    expect(decodeTxRaw(bytes).authInfo.fee).toMatchObject({ granter: '', payer: '' });
  });

  it('offers more gas than the same message alone', async () => {
    const { bytes } = await lane(true).sign([withdraw(7n)]);
    const alone = client.laneFor(hot, { gasPrice: { denom: 'uakt', amount: new Decimal('1') } });
    const plain = await alone.sign([withdraw(7n)]);
    const gasOf = (tx: Uint8Array): bigint => decodeTxRaw(tx).authInfo.fee?.gasLimit ?? 0n;
    expect(gasOf(bytes) - gasOf(plain.bytes)).toBe((16_000n * 130n) / 100n);
  });
});
