import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from '@jest/globals';
import { MsgBurnACT } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { MsgExec } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { ChainMessage } from '../../chain/ports.js';
import { encodeMessage } from '../../chain/tx/messages.js';
import {
  closeBid,
  createBid,
  HOST_URI,
  POLICY,
  PROVIDER,
  signBytesOf,
  signBytesOfBody,
  TENANT,
  updateProvider,
  withdraw,
} from '../testing/a-transaction.js';
import { judge } from './judge.js';
import type { SigningPolicy } from './signing-policy.js';

const codeOf = (policy: SigningPolicy, bytes: Uint8Array): string => {
  const verdict = judge(policy, bytes);
  return verdict.allowed ? 'allowed' : verdict.reason.code;
};

const exec = (grantee: string, messages: readonly ChainMessage[]) => ({
  typeUrl: '/cosmos.authz.v1beta1.MsgExec',
  value: MsgExec.encode({ grantee, msgs: messages.map(encodeMessage) }).finish(),
});

describe('what a provider needs is signed', () => {
  test('a bid counts its fee, its deposit by denomination and one transaction', async () => {
    const verdict = judge(POLICY, await signBytesOf([createBid()]));
    expect(verdict).toEqual({
      allowed: true,
      spend: {
        feesUakt: 5_000n,
        depositsUakt: 0n,
        depositsUact: 500_000n,
        closes: 0n,
        transactions: 1n,
      },
    });
    expect(judge(POLICY, await signBytesOf([createBid(1n, 'uakt', 7n)]))).toMatchObject({
      spend: { depositsUakt: 7n, depositsUact: 0n },
    });
  });

  test('a batch counts every close', async () => {
    const verdict = judge(POLICY, await signBytesOf([closeBid(1n), closeBid(2n), withdraw()]));
    expect(verdict).toMatchObject({ allowed: true, spend: { closes: 2n, transactions: 1n } });
  });

  test.each<[string, ChainMessage]>([
    ['a withdrawal', withdraw()],
    ['a provider record with the configured host', updateProvider(HOST_URI)],
    [
      'a certificate',
      { type: 'create-certificate', owner: PROVIDER, certPem: 'c', pubkeyPem: 'p' },
    ],
    ['earnings burnt for fees', { type: 'burn-act', owner: PROVIDER, amountUact: 5n }],
    ['a revocation', { type: 'revoke-certificate', owner: PROVIDER, serial: '12' }],
  ])('%s', async (_, message) => {
    expect(codeOf(POLICY, await signBytesOf([message]))).toBe('allowed');
  });

  test('taking a lease back counts as a close', async () => {
    const start: ChainMessage = { ...closeBid(), type: 'start-reclaim' } as ChainMessage;
    const verdict = judge(POLICY, await signBytesOf([start]));
    expect(verdict).toMatchObject({ allowed: true, spend: { closes: 1n } });
  });

  test('a grantee signs for the provider, inside MsgExec and under its own name', async () => {
    const policy = { ...POLICY, key: TENANT };
    const bytes = await signBytesOfBody([exec(TENANT, [createBid(), closeBid()])]);
    expect(judge(policy, bytes)).toMatchObject({
      allowed: true,
      spend: { closes: 1n, depositsUact: 500_000n },
    });
    expect(codeOf(policy, await signBytesOf([createBid()]))).toBe('SignForAnotherAccount');
    const stranger = await signBytesOfBody([exec(PROVIDER, [createBid()])]);
    expect(codeOf(policy, stranger)).toBe('SignForAnotherAccount');
  });
});

describe('what nobody needs is refused, with its reason', () => {
  test.each<[string, ChainMessage, string]>([
    [
      'money sent away',
      { type: 'send', from: PROVIDER, to: TENANT, amount: [{ denom: 'uakt', amount: 1n }] },
      'SignTypeForbidden',
    ],
    [
      'a lease taken as a tenant',
      {
        type: 'create-lease',
        id: { owner: PROVIDER, dseq: 1n, gseq: 1, oseq: 1, provider: PROVIDER, bseq: 0 },
      },
      'SignTypeForbidden',
    ],
    [
      'another host in the provider record',
      updateProvider('https://evil.example.com:8443'),
      'SignHostChange',
    ],
    ['a close for another provider', closeBid(1n, TENANT), 'SignForAnotherAccount'],
  ])('%s', async (_, message, code) => {
    expect(codeOf(POLICY, await signBytesOf([withdraw(), message]))).toBe(code);
  });

  test.each(['/cosmos.authz.v1beta1.MsgGrant', '/cosmos.feegrant.v1beta1.MsgGrantAllowance'])(
    '%s, also inside MsgExec',
    async (typeUrl) => {
      const any = { typeUrl, value: new Uint8Array() };
      expect(codeOf(POLICY, await signBytesOfBody([any]))).toBe('SignTypeForbidden');
      const inside = MsgExec.encode({ grantee: PROVIDER, msgs: [any] }).finish();
      const wrapped = { typeUrl: '/cosmos.authz.v1beta1.MsgExec', value: inside };
      expect(codeOf(POLICY, await signBytesOfBody([wrapped]))).toBe('SignTypeForbidden');
      const twice = MsgExec.encode({ grantee: PROVIDER, msgs: [wrapped] }).finish();
      const nested = { typeUrl: '/cosmos.authz.v1beta1.MsgExec', value: twice };
      expect(codeOf(POLICY, await signBytesOfBody([nested]))).toBe('SignTypeForbidden');
    },
  );

  test('earnings burnt into another pocket', async () => {
    const value = MsgBurnACT.encode({
      ...{ owner: PROVIDER, to: TENANT },
      coinsToBurn: { denom: 'uact', amount: '5' },
    }).finish();
    const bytes = await signBytesOfBody([{ typeUrl: '/akash.bme.v1.MsgBurnACT', value }]);
    expect(codeOf(POLICY, bytes)).toBe('SignForAnotherAccount');
  });

  test('another chain', async () => {
    const bytes = await signBytesOf([withdraw()], { chainId: 'akashnet-2' });
    expect(codeOf(POLICY, bytes)).toBe('SignWrongChain');
  });

  test('a fee over the bound, in another denomination, or paid by a stranger', async () => {
    expect(codeOf(POLICY, await signBytesOf([withdraw()], { feeUakt: 100_001n }))).toBe(
      'SignFeeTooHigh',
    );
    const uact = { fee: [{ denom: 'uact', amount: 1n }] };
    expect(codeOf(POLICY, await signBytesOf([withdraw()], uact))).toBe('SignFeeTooHigh');
  });

  test('more messages than one transaction may hold, or none', async () => {
    const policy = { ...POLICY, maxMessages: 2 };
    const three = [withdraw(1n), withdraw(2n), withdraw(3n)];
    expect(codeOf(policy, await signBytesOf(three))).toBe('SignTooManyMessages');
    expect(codeOf(policy, await signBytesOf([]))).toBe('SignTooManyMessages');
  });
});

describe('bytes that could be read in two ways are not signed', () => {
  const bid = encodeMessage(createBid());
  const withMore = (extra: Uint8Array): Uint8Array => Uint8Array.from([...bid.value, ...extra]);
  const fieldOf = (number: number, bytes: Uint8Array): Uint8Array =>
    new BinaryWriter()
      .uint32((number << 3) | 2)
      .bytes(bytes)
      .finish();

  test.each<[string, Uint8Array]>([
    ['a second, empty deposit that a lenient reader would take', fieldOf(3, new Uint8Array())],
    ['a second id', fieldOf(1, new Uint8Array())],
    ['an unknown field', fieldOf(99, new Uint8Array())],
    ['half a field', Uint8Array.from([10, 200])],
  ])('%s', async (_, extra) => {
    const bytes = await signBytesOfBody([{ typeUrl: bid.typeUrl, value: withMore(extra) }]);
    expect(codeOf(POLICY, bytes)).toBe('SignRequestUnreadable');
  });

  test('no protobuf at all', () => {
    expect(codeOf(POLICY, new TextEncoder().encode('sign me'))).toBe('SignRequestUnreadable');
  });
});
