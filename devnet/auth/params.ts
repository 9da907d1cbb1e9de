/** Parameters of the auth module, stored and queried as `cosmos.auth.v1beta1.Params`, and the switch for unordered transactions. */
import { Params } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { Context } from '../kernel/module.js';

export interface AuthParams {
  readonly maxMemoCharacters: bigint;
  readonly txSigLimit: bigint;
  readonly txSizeCostPerByte: bigint;
  readonly sigVerifyCostSecp256k1: bigint;
}

/** What mainnet runs with (cosmos-sdk x/auth defaults). */
export const DEFAULT_AUTH_PARAMS: AuthParams = {
  maxMemoCharacters: 256n,
  txSigLimit: 7n,
  txSizeCostPerByte: 10n,
  sigVerifyCostSecp256k1: 1000n,
};

const SIG_VERIFY_COST_ED25519 = 590n;
const KEY = 'auth/p';
const UNORDERED_KEY = 'auth/u';

export const setAuthParams = (context: Context, params: AuthParams): void => {
  const message = Params.fromPartial({ ...params, sigVerifyCostEd25519: SIG_VERIFY_COST_ED25519 });
  context.store.set(KEY, Params.encode(message).finish());
};

/** The encoded `Params`, as its query answers. */
export const storedAuthParams = (context: Context): Uint8Array =>
  context.store.get(KEY) ?? new Uint8Array();

export const getAuthParams = (context: Context): AuthParams => {
  const params = Params.decode(storedAuthParams(context));
  return {
    maxMemoCharacters: BigInt(params.maxMemoCharacters.toString()),
    txSigLimit: BigInt(params.txSigLimit.toString()),
    txSizeCostPerByte: BigInt(params.txSizeCostPerByte.toString()),
    sigVerifyCostSecp256k1: BigInt(params.sigVerifyCostSecp256k1.toString()),
  };
};

/** Unordered transactions are on unless genesis says otherwise. */
export const setUnorderedEnabled = (context: Context, enabled: boolean): void => {
  if (enabled) context.store.delete(UNORDERED_KEY);
  else context.store.set(UNORDERED_KEY, Uint8Array.of(0));
};

/** Not charged on the real chain, where it is part of the program; hence the small key, and asked only of unordered ones. */
export const isUnorderedEnabled = (context: Context): boolean =>
  context.store.get(UNORDERED_KEY) === undefined;
