/** Grants of rights (authz) and of fees (feegrant), in the forms that Berth gives. */
import {
  AllowedMsgAllowance,
  BasicAllowance,
  GenericAuthorization,
  MsgGrant,
  MsgGrantAllowance,
  PeriodicAllowance,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import Long from 'long';
import type { AllowanceTerms, ChainMessage } from '../ports.js';
import type { EncodedMessage } from './tx-body.js';
import { EXEC_TYPE_URL } from './type-urls.js';

type Of<T extends ChainMessage['type']> = Extract<ChainMessage, { readonly type: T }>;

const uakt = (amount: bigint): { denom: string; amount: string }[] => [
  { denom: 'uakt', amount: amount.toString() },
];

/** cosmos.authz.v1beta1.MsgGrant of a generic authorization. */
export const encodeGrant = (m: Of<'grant'>, typeUrl: string): Uint8Array =>
  MsgGrant.encode({
    granter: m.granter,
    grantee: m.grantee,
    grant: {
      authorization: {
        typeUrl: '/cosmos.authz.v1beta1.GenericAuthorization',
        value: GenericAuthorization.encode({ msg: typeUrl }).finish(),
      },
      expiration: new Date(m.expiresAtSeconds * 1000),
    },
  }).finish();

const basicOf = ({ limitUakt, expiresAtSeconds }: AllowanceTerms): BasicAllowance => ({
  spendLimit: uakt(limitUakt),
  expiration: new Date(expiresAtSeconds * 1000),
});

const inner = (terms: AllowanceTerms): EncodedMessage => {
  const { period } = terms;
  const basic = basicOf(terms);
  if (period === undefined) {
    return {
      typeUrl: '/cosmos.feegrant.v1beta1.BasicAllowance',
      value: BasicAllowance.encode(basic).finish(),
    };
  }
  return {
    typeUrl: '/cosmos.feegrant.v1beta1.PeriodicAllowance',
    value: PeriodicAllowance.encode({
      basic,
      period: { seconds: Long.fromNumber(period.seconds), nanos: 0 },
      periodSpendLimit: uakt(period.limitUakt),
      // The chain fills these in when it takes the allowance (x/feegrant, PeriodicAllowance.tryResetPeriod).
      periodCanSpend: uakt(period.limitUakt),
      periodReset: new Date(0),
    }).finish(),
  };
};

/** cosmos.feegrant.v1beta1.MsgGrantAllowance, for messages run by a grant only. */
export const encodeGrantFees = ({ granter, grantee, terms }: Of<'grant-fees'>): Uint8Array =>
  MsgGrantAllowance.encode({
    granter,
    grantee,
    allowance: {
      typeUrl: '/cosmos.feegrant.v1beta1.AllowedMsgAllowance',
      value: AllowedMsgAllowance.encode({
        allowance: { ...inner(terms) },
        allowedMessages: [EXEC_TYPE_URL],
      }).finish(),
    },
  }).finish();
