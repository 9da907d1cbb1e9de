import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@cosmjs/crypto';
import { decodePubkey, decodeTxRaw, makeSignBytes, makeSignDoc } from '@cosmjs/proto-signing';
import secp256k1 from 'secp256k1';
import { bytesFields, int64Field } from '../wire/fields.js';
import { recordedTx, recordedTxBytes, recordingNames } from '../testing/recordings.js';
import { encodeTxBody } from './tx-body.js';
import { signOne } from '../sign-one.js';
import { signTx, txHash } from './sign.js';
import { signerFromPrivateKey } from '../wallet.js';

const CHAIN_ID = 'local-1';
const names = recordingNames('.tx.json');
const UNORDERED = names.filter((n) => n.startsWith('authz-') || n.startsWith('unordered-'));

/** The raw parts of a recorded transaction. */
const parts = (name: string): { body: Uint8Array; authInfo: Uint8Array; signature: Uint8Array } => {
  const bytes = recordedTxBytes(name);
  const [body, authInfo, signature] = [1, 2, 3].map((n) => bytesFields(bytes, n)[0]);
  if (body === undefined || authInfo === undefined || signature === undefined) {
    throw new Error(`${name} lacks a part`);
  }
  return { body, authInfo, signature };
};

const timeoutNsOf = (body: Uint8Array): bigint | undefined => {
  const timestamp = bytesFields(body, 5)[0];
  return timestamp === undefined
    ? undefined
    : int64Field(timestamp, 1) * 1_000_000_000n + int64Field(timestamp, 2);
};

describe('recorded transactions', () => {
  it.each(names)('%s: its body encodes again to the same bytes', (name) => {
    const { body } = parts(name);
    const decoded = decodeTxRaw(recordedTxBytes(name)).body;
    const again = encodeTxBody({
      messages: decoded.messages,
      memo: decoded.memo,
      timeoutNs: timeoutNsOf(body),
    });
    expect(Buffer.from(again).toString('hex')).toBe(Buffer.from(body).toString('hex'));
  });

  it.each(names)('%s: its hash is the recorded one', (name) => {
    expect(txHash(recordedTxBytes(name))).toBe(recordedTx(name).result.hash);
  });

  it.each(names)('%s: its signature verifies over our sign bytes', (name) => {
    const { body, authInfo, signature } = parts(name);
    const key = decodeTxRaw(recordedTxBytes(name)).authInfo.signerInfos[0]?.publicKey;
    const publicKey = Buffer.from(String(decodePubkey(key ?? fail()).value), 'base64');
    // The recordings do not say the account number; the chain was small.
    const verifies = (accountNumber: number): boolean => {
      const signBytes = makeSignBytes(makeSignDoc(body, authInfo, CHAIN_ID, accountNumber));
      return secp256k1.ecdsaVerify(signature, sha256(signBytes), publicKey);
    };
    const found = Array.from({ length: 100 }, (_, n) => n).filter(verifies);
    expect(found).toHaveLength(1);
  });

  it.each(UNORDERED)('%s is unordered, with a deadline', (name) => {
    const { body } = parts(name);
    expect(int64Field(body, 4)).toBe(1n);
    expect(timeoutNsOf(body)).toBeGreaterThan(1_795_000_000_000_000_000n);
  });
});

describe('signTx', () => {
  const signer = signerFromPrivateKey(Uint8Array.from({ length: 32 }, (_, i) => i + 1));

  it.each([
    ['ordered', undefined, 7n],
    ['unordered', 1_795_424_482_391_000_001n, 0n],
  ])('%s: what is signed verifies and decodes to the plan', async (_name, timeoutNs, sequence) => {
    const one = { publicKey: signer.publicKey, sign: (doc: Uint8Array) => signOne(signer, doc) };
    const bytes = await signTx(one, {
      body: { messages: [{ typeUrl: '/a.B', value: Uint8Array.of(8, 1) }], timeoutNs },
      chainId: 'some-chain-1',
      accountNumber: 12n,
      sequence,
      gasLimit: 123_456n,
      fee: [{ denom: 'uakt', amount: 3_087n }],
    });
    const decoded = decodeTxRaw(bytes);
    expect(decoded.authInfo.fee).toMatchObject({
      gasLimit: 123_456n,
      amount: [{ denom: 'uakt', amount: '3087' }],
    });
    expect(decoded.authInfo.signerInfos[0]?.sequence).toBe(sequence);
    const [body, authInfo, signature] = [1, 2, 3].map((n) => bytesFields(bytes, n)[0] ?? fail());
    expect(timeoutNsOf(body ?? fail())).toBe(timeoutNs);
    const doc = makeSignDoc(body ?? fail(), authInfo ?? fail(), 'some-chain-1', 12);
    const digest = sha256(makeSignBytes(doc));
    expect(secp256k1.ecdsaVerify(signature ?? fail(), digest, signer.publicKey)).toBe(true);
  });
});

function fail(): never {
  throw new Error('missing');
}
