import { describe, expect, it } from '@jest/globals';
import { decodeTxRaw } from '@cosmjs/proto-signing';
import { signerFromPrivateKey } from '../wallet.js';
import { encodeMessage } from './messages.js';
import { isUnsignedTxError, readUnsignedTx, signOffline, unsignedTxJson } from './offline.js';
import type { OfflineMessage, UnsignedTx } from './offline.js';

const cold = signerFromPrivateKey(Uint8Array.from({ length: 32 }, (_, i) => i + 1));
const HOT = 'akash1z2une2l5n0l0pzalc0e8p7uqtu033n2pmhu9j3';
const pair = { granter: cold.address, grantee: HOT };
const expiresAtSeconds = 1_795_513_074;
const messages: readonly OfflineMessage[] = [
  { type: 'grant', ...pair, message: 'create-bid', expiresAtSeconds },
  { type: 'revoke-grant', ...pair, typeUrl: '/akash.market.v1beta5.MsgCloseBid' },
  { type: 'revoke-fees', ...pair },
  { type: 'grant-fees', ...pair, terms: { limitUakt: 5_000_000n, expiresAtSeconds } },
  {
    ...{ type: 'grant-fees', ...pair },
    terms: {
      ...{ limitUakt: 5_000_000n, expiresAtSeconds },
      period: { seconds: 86_400, limitUakt: 700_000n },
    },
  },
];
const tx: UnsignedTx = { messages, gasLimit: 400_000n, fee: { denom: 'uakt', amount: 10_000n } };
const text = JSON.stringify(unsignedTxJson(tx));

describe('a transaction for a cold key', () => {
  it('is read as it was written', () => {
    expect(readUnsignedTx(text)).toEqual(tx);
  });

  it('has the form of the official client', () => {
    expect(unsignedTxJson({ ...tx, messages: messages.slice(0, 1) })).toMatchObject({
      body: {
        messages: [
          {
            '@type': '/cosmos.authz.v1beta1.MsgGrant',
            grant: {
              authorization: {
                '@type': '/cosmos.authz.v1beta1.GenericAuthorization',
                msg: '/akash.market.v1beta5.MsgCreateBid',
              },
              expiration: '2026-11-24T09:37:54Z',
            },
          },
        ],
      },
      auth_info: { fee: { gas_limit: '400000', amount: [{ denom: 'uakt', amount: '10000' }] } },
      signatures: [],
    });
  });

  it('is signed without a network, for the account and sequence that were named', async () => {
    const place = { chainId: 'some-1', accountNumber: 12n, sequence: 7n };
    const { body, authInfo } = decodeTxRaw(await signOffline(cold, readUnsignedTx(text), place));
    const hex = (m: { typeUrl: string; value: Uint8Array }): string =>
      `${m.typeUrl} ${Buffer.from(m.value).toString('hex')}`;
    expect(body.messages.map(hex)).toEqual(messages.map(encodeMessage).map(hex));
    expect(authInfo.signerInfos[0]?.sequence).toBe(7n);
    expect(authInfo.fee).toMatchObject({ gasLimit: 400_000n, amount: [{ amount: '10000' }] });
  });

  it.each<[string, (json: string) => string, string]>([
    [
      'a transfer',
      (t) => t.replace('authz.v1beta1.MsgGrant', 'bank.v1beta1.MsgSend'),
      'body.messages.0',
    ],
    [
      'a right to send money',
      (t) => t.replace('akash.market.v1beta5.MsgCreateBid', 'cosmos.bank.v1beta1.MsgSend'),
      'body.messages.0',
    ],
    [
      'a right without bounds',
      (t) => t.replace('"expiration":"2026-11-24T09:37:54Z"', '"expiration":null'),
      'body.messages.0',
    ],
    [
      'fees for every message',
      (t) => t.replace('["/cosmos.authz.v1beta1.MsgExec"]', '[]'),
      'body.messages',
    ],
    ['a memo', (t) => t.replace('"memo":""', '"memo":"x"'), 'body.memo'],
    ['no JSON', () => 'hello', 'file'],
  ])('is not read where it asks the key for %s', (_, change, field) => {
    const changed = change(text);
    expect(changed).not.toBe(text);
    let caught: unknown;
    try {
      readUnsignedTx(changed);
    } catch (error) {
      caught = error;
    }
    expect(isUnsignedTxError(caught) && caught.field.startsWith(field)).toBe(true);
  });
});
