/** Fee allowances: a granter pays the fees of a grantee, up to a limit and until a time (cosmos-sdk x/feegrant). */
import { Feegrant_Grant as Grant } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { ensureAccount } from '../auth/keeper.js';
import { sdkError } from '../kernel/errors.js';
import type { Context } from '../kernel/module.js';
import { toNanos } from '../kernel/time.js';
import type { AnyMessage } from '../kernel/tx/decode.js';
import { expiryOf, takeFee, type FeeUse } from './allowance.js';

const PREFIX = 'feegrant/';
const keyOf = (granter: string, grantee: string): string => `${PREFIX}${grantee}/${granter}`;

const emit = (context: Context, type: string, granter: string, grantee: string): void =>
  context.emit({
    type,
    attributes: [
      { key: 'granter', value: granter },
      { key: 'grantee', value: grantee },
    ],
  });

/** Block time, Unix milliseconds with a fraction. */
const nowMs = (context: Context): number => Number(toNanos(context.time)) / 1e6;

const store = (context: Context, granter: string, grantee: string, allowance: AnyMessage): void => {
  context.store.set(
    keyOf(granter, grantee),
    Grant.encode(Grant.fromPartial({ granter, grantee, allowance: { ...allowance } })).finish(),
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
  allowance: AnyMessage,
): void => {
  if (getAllowance(context, granter, grantee) !== undefined) {
    throw sdkError('invalidRequest', 'fee allowance already exists');
  }
  ensureAccount(context, grantee);
  if ((expiryOf(allowance) ?? Infinity) < nowMs(context)) {
    throw sdkError('invalidRequest', 'expiration is before current block time');
  }
  store(context, granter, grantee, allowance);
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

/**
 * Takes the fee of a transaction of these messages from the allowance and emits use_feegrant, then update_feegrant (or
 * before it revoke_feegrant when nothing is left). The coins themselves are moved by the caller.
 * @throws AppError sdk/38 no grant, feegrant/2 limit exceeded, feegrant/3 expired, feegrant/7 not for these messages
 */
export const useAllowance = (
  context: Context,
  granter: string,
  grantee: string,
  use: Pick<FeeUse, 'fee' | 'typeUrls'>,
): void => {
  const grant = getAllowance(context, granter, grantee);
  if (grant?.allowance === undefined) throw sdkError('notFound', 'fee-grant not found');
  const left = takeFee(grant.allowance, {
    ...use,
    nowMs: nowMs(context),
    consume: (gas, what) => context.gas.consume(gas, what),
  });
  if (left === undefined) {
    revokeAllowance(context, granter, grantee);
    emit(context, 'use_feegrant', granter, grantee);
    return;
  }
  emit(context, 'use_feegrant', granter, grantee);
  store(context, granter, grantee, left);
  emit(context, 'update_feegrant', granter, grantee);
};
