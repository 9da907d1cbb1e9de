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
import { MsgSend } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { ChainMessage } from '../ports.js';
import { formatDeploymentId } from '../../market/ids.js';
import { fromBidId, fromDeploymentId } from '../decode/ids.js';
import { leaseReasonNumber } from '../decode/lease-reason.js';
import {
  encodeAccountDeposit,
  encodeCreateBid,
  encodeCreateDeployment,
} from './deposit-messages.js';
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
    typeUrl: '/akash.market.v1beta5.MsgCreateBid',
    value: encodeCreateBid(m),
  }),
  'close-bid': (m) => ({
    typeUrl: '/akash.market.v1beta5.MsgCloseBid',
    value: MsgCloseBid.encode({
      id: fromBidId(m.id),
      reason: leaseReasonNumber(m.reason),
    }).finish(),
  }),
  'start-reclaim': (m) => ({
    typeUrl: '/akash.market.v1beta5.MsgLeaseStartReclaim',
    // The SDK does not know this message; it has the fields of MsgCloseLease (wire/reclamation.ts).
    value: MsgCloseLease.encode({
      id: fromBidId(m.id),
      reason: leaseReasonNumber(m.reason),
    }).finish(),
  }),
  'withdraw-lease': (m) => ({
    typeUrl: '/akash.market.v1beta5.MsgWithdrawLease',
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
  'create-provider': (m) => encodeProvider('/akash.provider.v1beta4.MsgCreateProvider', m),
  'update-provider': (m) => encodeProvider('/akash.provider.v1beta4.MsgUpdateProvider', m),
  'create-certificate': (m) => ({
    typeUrl: '/akash.cert.v1.MsgCreateCertificate',
    value: MsgCreateCertificate.encode({
      owner: m.owner,
      cert: new TextEncoder().encode(m.certPem),
      pubkey: new TextEncoder().encode(m.pubkeyPem),
    }).finish(),
  }),
  'revoke-certificate': (m) => ({
    typeUrl: '/akash.cert.v1.MsgRevokeCertificate',
    value: MsgRevokeCertificate.encode({ id: { owner: m.owner, serial: m.serial } }).finish(),
  }),
  'burn-act': (m) => ({
    typeUrl: '/akash.bme.v1.MsgBurnACT',
    value: MsgBurnACT.encode({
      owner: m.owner,
      to: m.owner,
      coinsToBurn: { denom: 'uact', amount: m.amountUact.toString() },
    }).finish(),
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
