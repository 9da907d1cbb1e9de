/** Fee allowances: a granter pays the fees of a grantee, up to a limit and until a time (cosmos-sdk x/feegrant). */
import {
  BasicAllowance,
  Feegrant_Grant as Grant,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { Coin } from '../../market/money.js';
import { ensureAccount } from '../auth/keeper.js';
import { sdkError } from '../kernel/errors.js';
import { AppError, type Context } from '../kernel/module.js';
import { toNanos } from '../kernel/time.js';

export const BASIC_ALLOWANCE_TYPE_URL = '/cosmos.feegrant.v1beta1.BasicAllowance';

const PREFIX = 'feegrant/';
const keyOf = (granter: string, grantee: string): string => `${PREFIX}${grantee}/${granter}`;
const NANOS_PER_MS = 1_000_000n;

const emit = (context: Context, type: string, granter: string, grantee: string): void =>
  context.emit({
    type,
    attributes: [
      { key: 'granter', value: granter },
      { key: 'grantee', value: grantee },
    ],
  });

/** @throws AppError sdk/29 for any allowance but a basic one */
export const decodeAllowance = (
  allowance: { readonly typeUrl: string; readonly value: Uint8Array } | undefined,
): BasicAllowance => {
  if (allowance?.typeUrl !== BASIC_ALLOWANCE_TYPE_URL) {
    throw sdkError(
      'invalidType',
      `${allowance?.typeUrl ?? ''} is not an allowance this chain knows`,
    );
  }
  return BasicAllowance.decode(allowance.value);
};

const expired = (context: Context, allowance: BasicAllowance): boolean =>
  allowance.expiration !== undefined &&
  BigInt(allowance.expiration.getTime()) * NANOS_PER_MS < toNanos(context.time);

const store = (context: Context, granter: string, grantee: string, basic: BasicAllowance): void => {
  const allowance = {
    typeUrl: BASIC_ALLOWANCE_TYPE_URL,
    value: BasicAllowance.encode(basic).finish(),
  };
  context.store.set(
    keyOf(granter, grantee),
    Grant.encode(Grant.fromPartial({ granter, grantee, allowance })).finish(),
  );
};

/** The stored grant between two accounts. */
export const getAllowance = (
  context: Context,
  granter: string,
  grantee: string,
): Grant | undefined => {
  const bytes = context.store.get(keyOf(granter, grantee));
  return bytes === undefined ? undefined : Grant.decode(bytes);
};

/** Every grant to `grantee`, or every grant there is, in store order. */
export const allowances = function* (context: Context, grantee?: string): Iterable<Grant> {
  const prefix = grantee === undefined ? PREFIX : `${PREFIX}${grantee}/`;
  for (const [, value] of context.store.iterate(prefix)) yield Grant.decode(value);
};

/** Emits set_feegrant and creates the grantee's account when new. @throws AppError sdk/18 when a grant exists or has expired */
export const grantAllowance = (
  context: Context,
  granter: string,
  grantee: string,
  basic: BasicAllowance,
): void => {
  if (getAllowance(context, granter, grantee) !== undefined) {
    throw sdkError('invalidRequest', 'fee allowance already exists');
  }
  ensureAccount(context, grantee);
  if (expired(context, basic)) {
    throw sdkError('invalidRequest', 'expiration is before current block time');
  }
  store(context, granter, grantee, basic);
  emit(context, 'set_feegrant', granter, grantee);
};

/** Emits revoke_feegrant. @throws AppError sdk/38 when there is no grant */
export const revokeAllowance = (context: Context, granter: string, grantee: string): void => {
  if (getAllowance(context, granter, grantee) === undefined) {
    throw sdkError('notFound', 'fee-grant not found');
  }
  context.store.delete(keyOf(granter, grantee));
  emit(context, 'revoke_feegrant', granter, grantee);
};

const minus = (limit: readonly Coin[], fee: readonly Coin[]): readonly Coin[] | undefined => {
  const left = new Map(limit.map((coin) => [coin.denom, coin.amount]));
  for (const coin of fee) {
    const rest = (left.get(coin.denom) ?? 0n) - coin.amount;
    if (rest < 0n) return undefined;
    left.set(coin.denom, rest);
  }
  return Array.from(left, ([denom, amount]) => ({ denom, amount })).filter((c) => c.amount > 0n);
};

/**
 * Takes `fee` from the allowance and emits use_feegrant, then update_feegrant (or before it revoke_feegrant when the
 * limit is used up). The coins themselves are moved by the caller.
 * @throws AppError sdk/38 no grant, feegrant/2 limit exceeded, feegrant/3 expired
 */
export const useAllowance = (
  context: Context,
  granter: string,
  grantee: string,
  fee: readonly Coin[],
): void => {
  const grant = getAllowance(context, granter, grantee);
  if (grant === undefined) throw sdkError('notFound', 'fee-grant not found');
  const basic = decodeAllowance(grant.allowance);
  if (expired(context, basic)) {
    throw new AppError('feegrant', 3, 'basic allowance: fee allowance expired');
  }
  if (basic.spendLimit.length === 0) {
    emit(context, 'use_feegrant', granter, grantee);
    store(context, granter, grantee, basic);
    emit(context, 'update_feegrant', granter, grantee);
    return;
  }
  const limit = basic.spendLimit.map((c) => ({ denom: c.denom, amount: BigInt(c.amount) }));
  const left = minus(limit, fee);
  if (left === undefined) {
    throw new AppError('feegrant', 2, 'basic allowance: fee limit exceeded');
  }
  if (left.length === 0) {
    revokeAllowance(context, granter, grantee);
    emit(context, 'use_feegrant', granter, grantee);
    return;
  }
  emit(context, 'use_feegrant', granter, grantee);
  const spendLimit = left.map((c) => ({ denom: c.denom, amount: c.amount.toString() }));
  store(context, granter, grantee, { ...basic, spendLimit });
  emit(context, 'update_feegrant', granter, grantee);
};
