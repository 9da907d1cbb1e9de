/** cosmos.authz.v1beta1.MsgExec: messages that the grantee signs and that act for whoever granted them. */
import { MsgExec } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { EncodedMessage } from './tx-body.js';
import { EXEC_TYPE_URL } from './type-urls.js';

/** All of `messages` in one: the first that fails undoes the others, as in a transaction of their own. */
export const encodeExec = (
  grantee: string,
  messages: readonly EncodedMessage[],
): EncodedMessage => ({
  typeUrl: EXEC_TYPE_URL,
  value: MsgExec.encode({ grantee, msgs: messages.map((m) => ({ ...m })) }).finish(),
});
