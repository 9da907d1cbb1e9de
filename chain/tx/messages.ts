/** `ChainMessage` to protobuf, by type. */
import {
  MsgBurnACT,
  MsgCreateCertificate,
  MsgRevokeCertificate,
  Scope,
  Account as EscrowAccountId,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import {
  MsgCloseDeployment,
  MsgCreateProvider,
  MsgUpdateDeployment,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import {
  MsgCloseBid,
  MsgCloseLease,
  MsgCreateLease,
  MsgWithdrawLease,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import {
  MsgRevoke,
  MsgRevokeAllowance,
  MsgSend,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { ChainMessage } from '../ports.js';
import { formatDeploymentId } from '../../market/ids.js';
import { fromBidId, fromDeploymentId } from '../decode/ids.js';
import { leaseReasonNumber } from '../decode/lease-reason.js';
import {
  encodeAccountDeposit,
  encodeCreateBid,
  encodeCreateDeployment,
} from './deposit-messages.js';
import { encodeGrant, encodeGrantFees } from './grant-messages.js';
import { TYPE_URLS } from './type-urls.js';
import type { EncodedMessage } from './tx-body.js';

type Of<T extends ChainMessage['type']> = Extract<ChainMessage, { readonly type: T }>;
type Encoder<T extends ChainMessage['type']> = (message: Of<T>) => EncodedMessage;

const encodeProvider = (
  typeUrl: string,
  { provider }: Of<'create-provider' | 'update-provider'>,
): EncodedMessage => ({
  typeUrl,
  // MsgUpdateProvider has the same fields.
  value: MsgCreateProvider.encode({
    owner: provider.owner,
    hostUri: provider.hostUri,
    attributes: [...provider.attributes],
    info: provider.info,
  }).finish(),
});

const ENCODERS: { readonly [T in ChainMessage['type']]: Encoder<T> } = {
  'create-bid': (m) => ({
    typeUrl: TYPE_URLS['create-bid'],
    value: encodeCreateBid(m),
  }),
  'close-bid': (m) => ({
    typeUrl: TYPE_URLS['close-bid'],
    value: MsgCloseBid.encode({
      id: fromBidId(m.id),
      reason: leaseReasonNumber(m.reason),
    }).finish(),
  }),
  'start-reclaim': (m) => ({
    typeUrl: TYPE_URLS['start-reclaim'],
    // The SDK does not know this message; it has the fields of MsgCloseLease (wire/reclamation.ts).
    value: MsgCloseLease.encode({
      id: fromBidId(m.id),
      reason: leaseReasonNumber(m.reason),
    }).finish(),
  }),
  'withdraw-lease': (m) => ({
    typeUrl: TYPE_URLS['withdraw-lease'],
    value: MsgWithdrawLease.encode({ id: fromBidId(m.id) }).finish(),
  }),
  'create-lease': (m) => ({
    typeUrl: '/akash.market.v1beta5.MsgCreateLease',
    value: MsgCreateLease.encode({ bidId: fromBidId(m.id) }).finish(),
  }),
  'close-lease': (m) => ({
    typeUrl: '/akash.market.v1beta5.MsgCloseLease',
    value: MsgCloseLease.encode({
      id: fromBidId(m.id),
      reason: leaseReasonNumber(m.reason),
    }).finish(),
  }),
  'create-deployment': (m) => ({
    typeUrl: '/akash.deployment.v1beta4.MsgCreateDeployment',
    value: encodeCreateDeployment(m),
  }),
  'update-deployment': (m) => ({
    typeUrl: '/akash.deployment.v1beta4.MsgUpdateDeployment',
    value: MsgUpdateDeployment.encode({ id: fromDeploymentId(m.id), hash: m.hash }).finish(),
  }),
  'close-deployment': (m) => ({
    typeUrl: '/akash.deployment.v1beta4.MsgCloseDeployment',
    value: MsgCloseDeployment.encode({ id: fromDeploymentId(m.id) }).finish(),
  }),
  'deposit-deployment': (m) => ({
    typeUrl: '/akash.escrow.v1.MsgAccountDeposit',
    value: encodeAccountDeposit(
      m.signer,
      EscrowAccountId.encode({
        scope: Scope.deployment,
        xid: formatDeploymentId(m.id),
      }).finish(),
      m.amount,
    ),
  }),
  'create-provider': (m) => encodeProvider(TYPE_URLS['create-provider'], m),
  'update-provider': (m) => encodeProvider(TYPE_URLS['update-provider'], m),
  'create-certificate': (m) => ({
    typeUrl: TYPE_URLS['create-certificate'],
    value: MsgCreateCertificate.encode({
      owner: m.owner,
      cert: new TextEncoder().encode(m.certPem),
      pubkey: new TextEncoder().encode(m.pubkeyPem),
    }).finish(),
  }),
  'revoke-certificate': (m) => ({
    typeUrl: TYPE_URLS['revoke-certificate'],
    value: MsgRevokeCertificate.encode({ id: { owner: m.owner, serial: m.serial } }).finish(),
  }),
  'burn-act': (m) => ({
    typeUrl: TYPE_URLS['burn-act'],
    value: MsgBurnACT.encode({
      owner: m.owner,
      to: m.owner,
      coinsToBurn: { denom: 'uact', amount: m.amountUact.toString() },
    }).finish(),
  }),
  grant: (m) => ({
    typeUrl: '/cosmos.authz.v1beta1.MsgGrant',
    value: encodeGrant(m, TYPE_URLS[m.message]),
  }),
  'revoke-grant': (m) => ({
    typeUrl: '/cosmos.authz.v1beta1.MsgRevoke',
    value: MsgRevoke.encode({
      granter: m.granter,
      grantee: m.grantee,
      msgTypeUrl: m.typeUrl,
    }).finish(),
  }),
  'grant-fees': (m) => ({
    typeUrl: '/cosmos.feegrant.v1beta1.MsgGrantAllowance',
    value: encodeGrantFees(m),
  }),
  'revoke-fees': (m) => ({
    typeUrl: '/cosmos.feegrant.v1beta1.MsgRevokeAllowance',
    value: MsgRevokeAllowance.encode({ granter: m.granter, grantee: m.grantee }).finish(),
  }),
  send: (m) => ({
    typeUrl: '/cosmos.bank.v1beta1.MsgSend',
    value: MsgSend.encode({
      fromAddress: m.from,
      toAddress: m.to,
      amount: m.amount.map(({ denom, amount }) => ({ denom, amount: amount.toString() })),
    }).finish(),
  }),
};

/** The message's type URL and bytes, as the chain has them. */
export const encodeMessage = (message: ChainMessage): EncodedMessage => {
  // One entry per member of the union, so the pair always fits; TypeScript cannot follow the correlation.
  const encode = ENCODERS[message.type] as (message: ChainMessage) => EncodedMessage;
  return encode(message);
};
