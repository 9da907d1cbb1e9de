/** MsgExec: runs messages in the name of those who granted them, and marks their events with `authz_msg_index`. */
import type { MsgExec } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { MsgExecResponse } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { isAppError, sdkError } from '../kernel/errors.js';
import { redirectEvents } from '../kernel/context.js';
import { isOutOfGas } from '../kernel/gas.js';
import { AppError, type Context } from '../kernel/module.js';
import type { RoutedMessage, Router } from '../kernel/router.js';
import { GENERIC_TYPE_URL, getGrant, isExpired } from './keeper.js';

const requireGrant = (
  context: Context,
  granter: string,
  grantee: string,
  message: RoutedMessage,
): void => {
  const grant = getGrant(context, granter, grantee, message.typeUrl);
  if (grant === undefined) {
    throw new AppError(
      'authz',
      2,
      `failed to get grant with given granter: ${granter}, grantee: ${grantee} & msgType: ${message.typeUrl} : authorization not found`,
    );
  }
  if (isExpired(context, grant)) throw new AppError('authz', 6, 'authorization expired');
  if (grant.authorization.typeUrl !== GENERIC_TYPE_URL) throw sdkError('unauthorized');
};

const runOne = (context: Context, message: RoutedMessage, index: number): Uint8Array => {
  const marked = redirectEvents(context, (event) =>
    context.emit({
      type: event.type,
      attributes: [...event.attributes, { key: 'authz_msg_index', value: index.toString() }],
    }),
  );
  try {
    return message.run(marked);
  } catch (error) {
    if (!isAppError(error) || isOutOfGas(error)) throw error;
    throw new AppError(
      error.codespace,
      error.code,
      `failed to execute message; message ${message.describe()}: ${error.message}`,
    );
  }
};

const dispatch = (
  context: Context,
  grantee: string,
  message: RoutedMessage,
  index: number,
): Uint8Array => {
  const [granter = '', ...others] = message.signers;
  if (others.length > 0) {
    throw new AppError('authz', 9, 'authorization can be given to msg with only one signer');
  }
  if (granter !== grantee) requireGrant(context, granter, grantee, message);
  return runOne(context, message, index);
};

/**
 * Runs the wrapped messages in order; the first failure ends it.
 * @throws AppError authz/2 no grant, authz/6 expired, sdk/18 nothing to run, or the refusal of a wrapped message
 */
export const execute = (
  context: Context,
  router: Router,
  { grantee, msgs }: MsgExec,
): Uint8Array => {
  if (msgs.length === 0) throw sdkError('invalidRequest', 'messages cannot be empty');
  const routed = msgs.map((message) => router.route(message));
  for (const [index, message] of routed.entries()) {
    try {
      message.validateBasic();
    } catch (error) {
      if (!isAppError(error)) throw error;
      throw new AppError(error.codespace, error.code, `msg ${index}: ${error.message}`);
    }
  }
  const results = routed.map((message, index) => dispatch(context, grantee, message, index));
  return MsgExecResponse.encode({ results }).finish();
};
