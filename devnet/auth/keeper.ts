/**
 * Accounts: who exists, under which number, with which sequence and public key. An account comes into being when it is
 * first funded; its public key is unknown until it signs.
 */
import { BaseAccount } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { Context } from '../kernel/module.js';

/** One account as the state machine sees it. */
export interface Account {
  readonly address: string;
  readonly accountNumber: bigint;
  readonly sequence: bigint;
  /** Compressed secp256k1 key, 33 bytes; absent until the account's first transaction. */
  readonly publicKey: Uint8Array | undefined;
}

/** Type URL of the only key type that signs here. */
export const SECP256K1_TYPE_URL = '/cosmos.crypto.secp256k1.PubKey';

const NEXT_NUMBER = 'auth/next';
const keyOf = (address: string): string => `auth/a/${address}`;
const numberKey = (accountNumber: bigint): string => `auth/i/${accountNumber}`;
const text = new TextEncoder();

/** Protobuf of `cosmos.crypto.secp256k1.PubKey` and back: one bytes field of 33. */
export const encodePublicKey = (key: Uint8Array): Uint8Array =>
  Uint8Array.from([0x0a, key.length, ...key]);

/** The stored form, which is also what `Query/Account` wraps. */
export const encodeAccount = (account: Account): Uint8Array =>
  BaseAccount.encode(
    BaseAccount.fromPartial({
      address: account.address,
      accountNumber: account.accountNumber,
      sequence: account.sequence,
      ...(account.publicKey === undefined
        ? {}
        : { pubKey: { typeUrl: SECP256K1_TYPE_URL, value: encodePublicKey(account.publicKey) } }),
    }),
  ).finish();

const decodeAccount = (bytes: Uint8Array): Account => {
  const base = BaseAccount.decode(bytes);
  return {
    address: base.address,
    accountNumber: BigInt(base.accountNumber.toString()),
    sequence: BigInt(base.sequence.toString()),
    publicKey: base.pubKey?.value.slice(2),
  };
};

/** The account at `address`, or `undefined` when it was never funded. */
export const getAccount = (context: Context, address: string): Account | undefined => {
  const bytes = context.store.get(keyOf(address));
  return bytes === undefined ? undefined : decodeAccount(bytes);
};

/** Stores `account` over what was there, and its number in the index of numbers, as the SDK writes both every time. */
export const setAccount = (context: Context, account: Account): void => {
  const before = getAccount(context, account.address);
  if (before !== undefined) context.store.delete(numberKey(before.accountNumber));
  if (context.store.get(numberKey(account.accountNumber)) !== undefined) {
    throw new Error(`account number ${account.accountNumber} is taken`);
  }
  context.store.set(numberKey(account.accountNumber), text.encode(account.address));
  context.store.set(keyOf(account.address), encodeAccount(account));
};

/** Who has account number `accountNumber`. */
export const addressByNumber = (context: Context, accountNumber: bigint): string | undefined => {
  const bytes = context.store.get(numberKey(accountNumber));
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
};

/** All accounts in address order, behind `after` (an address) when given. */
export const accounts = function* (context: Context, after?: string): Iterable<Account> {
  const from = after === undefined ? {} : { after: keyOf(after) };
  for (const [, value] of context.store.iterate('auth/a/', from)) yield decodeAccount(value);
};

/** Creates the account with the next number unless it exists. */
export const ensureAccount = (context: Context, address: string): Account => {
  const known = getAccount(context, address);
  if (known !== undefined) return known;
  const next = context.store.get(NEXT_NUMBER);
  const accountNumber = next === undefined ? 0n : BigInt(new TextDecoder().decode(next));
  context.store.set(NEXT_NUMBER, text.encode((accountNumber + 1n).toString()));
  const account: Account = { address, accountNumber, sequence: 0n, publicKey: undefined };
  setAccount(context, account);
  return account;
};
