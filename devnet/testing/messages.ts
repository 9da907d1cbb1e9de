/** Messages that tests send. */
import {
  BasicAllowance,
  GenericAuthorization,
  MsgExec,
  MsgGrant,
  MsgGrantAllowance,
  MsgSend,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { AnyMessage } from '../kernel/tx/decode.js';

export const sendMessage = (
  fromAddress: string,
  toAddress: string,
  amount: bigint,
  denom = 'uakt',
): AnyMessage => ({
  typeUrl: '/cosmos.bank.v1beta1.MsgSend',
  value: MsgSend.encode({
    fromAddress,
    toAddress,
    amount: [{ denom, amount: amount.toString() }],
  }).finish(),
});

/** A generic grant; `expiration` is left out for one that never ends. */
export const grantMessage = (
  granter: string,
  grantee: string,
  msg: string,
  expiration?: Date,
): AnyMessage => ({
  typeUrl: '/cosmos.authz.v1beta1.MsgGrant',
  value: MsgGrant.encode({
    granter,
    grantee,
    grant: {
      authorization: {
        typeUrl: '/cosmos.authz.v1beta1.GenericAuthorization',
        value: GenericAuthorization.encode({ msg }).finish(),
      },
      expiration,
    },
  }).finish(),
});

export const execMessage = (grantee: string, messages: readonly AnyMessage[]): AnyMessage => ({
  typeUrl: '/cosmos.authz.v1beta1.MsgExec',
  value: MsgExec.encode({ grantee, msgs: messages.map((m) => ({ ...m })) }).finish(),
});

/** A basic fee allowance with an optional limit in uakt. */
export const allowanceMessage = (
  granter: string,
  grantee: string,
  limitUakt?: bigint,
): AnyMessage => ({
  typeUrl: '/cosmos.feegrant.v1beta1.MsgGrantAllowance',
  value: MsgGrantAllowance.encode({
    granter,
    grantee,
    allowance: {
      typeUrl: '/cosmos.feegrant.v1beta1.BasicAllowance',
      value: BasicAllowance.encode({
        spendLimit:
          limitUakt === undefined ? [] : [{ denom: 'uakt', amount: limitUakt.toString() }],
        expiration: undefined,
      }).finish(),
    },
  }).finish(),
});
