/** Grants: what a granter lets a grantee do in its name (cosmos-sdk x/authz). */
import { GenericAuthorization, Grant } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { sdkError } from '../kernel/errors.js';
import { AppError, type BlockTime, type Context } from '../kernel/module.js';
import { formatRfc3339, fromNanos, readTimestamp, toNanos } from '../kernel/time.js';
import type { AnyMessage } from '../kernel/tx/decode.js';
import { readFields } from '../kernel/wire.js';

export const GENERIC_TYPE_URL = '/cosmos.authz.v1beta1.GenericAuthorization';
export const DEPOSIT_TYPE_URL = '/akash.escrow.v1.DepositAuthorization';
/** The message type that deposit authorizations stand for. */
export const DEPOSIT_MSG_TYPE_URL = '/akash.escrow.v1.MsgAccountDeposit';

/** A stored grant. `expirationNanos` is `undefined` for one that never ends. */
export interface StoredGrant {
  readonly granter: string;
  readonly grantee: string;
  readonly msgTypeUrl: string;
  readonly authorization: AnyMessage;
  readonly expirationNanos: bigint | undefined;
  /** Protobuf `cosmos.authz.v1beta1.Grant`, as stored: the expiry without rounding. */
  readonly bytes: Uint8Array;
}

const PREFIX = 'authz/g/';
const QUEUE = 'authz/q/';
const NANOS_DIGITS = 20;
const keyOf = (granter: string, grantee: string, msgTypeUrl: string): string =>
  `${PREFIX}${grantee}/${granter}${msgTypeUrl}`;
const queueKey = (nanos: bigint, key: string): string =>
  `${QUEUE}${nanos.toString().padStart(NANOS_DIGITS, '0')}/${key}`;

/** The message type an authorization stands for. @throws AppError sdk/29 for a type this chain does not know */
export const msgTypeOf = (authorization: AnyMessage | undefined): string => {
  if (authorization?.typeUrl === GENERIC_TYPE_URL) {
    return GenericAuthorization.decode(authorization.value).msg;
  }
  if (authorization?.typeUrl === DEPOSIT_TYPE_URL) return DEPOSIT_MSG_TYPE_URL;
  throw sdkError(
    'invalidType',
    `${authorization?.typeUrl ?? ''} is not an authorization this chain knows`,
  );
};

/** When a Grant's bytes say it ends, exactly. */
export const expirationOf = (grant: Uint8Array): bigint | undefined => {
  const bytes = readFields(grant, 'cosmos.authz.v1beta1.Grant', { 1: 'bytes', 2: 'bytes' }).bytes(
    2,
  );
  return bytes === undefined ? undefined : toNanos(readTimestamp(bytes));
};

const parse = (key: string, bytes: Uint8Array): StoredGrant => {
  const [grantee = '', granter = '', type = ''] = key.slice(PREFIX.length).split('/');
  return {
    granter,
    grantee,
    msgTypeUrl: `/${type}`,
    authorization: Grant.decode(bytes).authorization ?? { typeUrl: '', value: new Uint8Array() },
    expirationNanos: expirationOf(bytes),
    bytes,
  };
};

/** The grant for one message type, also when it has expired. */
export const getGrant = (
  context: Context,
  granter: string,
  grantee: string,
  msgTypeUrl: string,
): StoredGrant | undefined => {
  const key = keyOf(granter, grantee, msgTypeUrl);
  const bytes = context.store.get(key);
  return bytes === undefined ? undefined : parse(key, bytes);
};

/** Grants to a grantee, or all, in store order; the path may go on with the granter. */
export const grantsUnder = function* (
  context: Context,
  ...path: readonly string[]
): Iterable<StoredGrant> {
  const prefix = [...path, ''].join('/');
  for (const [key, value] of context.store.iterate(PREFIX + prefix)) yield parse(key, value);
};

export const isExpired = (context: Context, grant: StoredGrant): boolean =>
  grant.expirationNanos !== undefined && grant.expirationNanos < toNanos(context.time);

/** A time as the refusal prints it, to the second. */
const toSeconds = (time: BlockTime): string => formatRfc3339({ ...time, nanos: 0 });

const eventFields = (
  granter: string,
  grantee: string,
  msgTypeUrl: string,
): Readonly<Record<string, string>> => ({
  granter,
  grantee,
  msg_type_url: msgTypeUrl,
});

/** Stores a grant over an earlier one for the same message type and emits EventGrant. @throws AppError authz/3 when it ends before now */
export const saveGrant = (
  context: Context,
  granter: string,
  grantee: string,
  grant: { readonly msgTypeUrl: string; readonly bytes: Uint8Array },
): void => {
  const expires = expirationOf(grant.bytes);
  if (expires !== undefined && expires <= toNanos(context.time)) {
    throw new AppError(
      'authz',
      3,
      `expiration must be after the current block time (${toSeconds(context.time)}), got ${toSeconds(fromNanos(expires))}: expiration time of authorization should be more than current time`,
    );
  }
  const key = keyOf(granter, grantee, grant.msgTypeUrl);
  const old = getGrant(context, granter, grantee, grant.msgTypeUrl)?.expirationNanos;
  if (old !== undefined && old !== expires) context.store.delete(queueKey(old, key));
  if (expires !== undefined && old !== expires) {
    context.store.set(queueKey(expires, key), Uint8Array.of(1));
  }
  context.store.set(key, grant.bytes);
  context.emitTyped(
    'cosmos.authz.v1beta1.EventGrant',
    eventFields(granter, grantee, grant.msgTypeUrl),
  );
};

/** Removes a grant and emits EventRevoke. @throws AppError authz/2 when there is none */
export const deleteGrant = (
  context: Context,
  granter: string,
  grantee: string,
  msgTypeUrl: string,
): void => {
  const key = keyOf(granter, grantee, msgTypeUrl);
  const grant = getGrant(context, granter, grantee, msgTypeUrl);
  if (grant === undefined) {
    throw new AppError(
      'authz',
      2,
      `failed to delete grant with key ${key}: authorization not found`,
    );
  }
  if (grant.expirationNanos !== undefined)
    context.store.delete(queueKey(grant.expirationNanos, key));
  context.store.delete(key);
  context.emitTyped('cosmos.authz.v1beta1.EventRevoke', eventFields(granter, grantee, msgTypeUrl));
};

/** Removes the grants that ended before this block, without events. */
export const removeExpiredGrants = (context: Context): void => {
  const now = queueKey(toNanos(context.time), '');
  const ended: string[] = [];
  for (const [key] of context.store.iterate(QUEUE)) {
    if (key >= now) break;
    ended.push(key);
  }
  for (const key of ended) {
    context.store.delete(key);
    context.store.delete(key.slice(QUEUE.length + NANOS_DIGITS + 1));
  }
};

/** Puts another authorization into an existing grant; its expiry stays, and no event is emitted. @throws AppError authz/2 */
export const updateGrant = (
  context: Context,
  grant: StoredGrant,
  authorization: AnyMessage,
): void => {
  const stored = getGrant(context, grant.granter, grant.grantee, grant.msgTypeUrl);
  if (stored === undefined) throw new AppError('authz', 2, 'authorization not found');
  const expiry = readFields(stored.bytes, 'cosmos.authz.v1beta1.Grant', {
    1: 'bytes',
    2: 'bytes',
  }).bytes(2);
  const head = Grant.encode({
    authorization: { ...authorization },
    expiration: undefined,
  }).finish();
  const tail = expiry === undefined ? [] : [0x12, expiry.length, ...expiry];
  const key = keyOf(grant.granter, grant.grantee, grant.msgTypeUrl);
  context.store.set(key, Uint8Array.from([...head, ...tail]));
};
