/** The chain's names of the messages that a provider sends. */
import type { Grantable } from '../ports.js';

export const TYPE_URLS: Readonly<Record<Grantable, string>> = {
  'create-bid': '/akash.market.v1beta5.MsgCreateBid',
  'close-bid': '/akash.market.v1beta5.MsgCloseBid',
  'start-reclaim': '/akash.market.v1beta5.MsgLeaseStartReclaim',
  'withdraw-lease': '/akash.market.v1beta5.MsgWithdrawLease',
  'create-provider': '/akash.provider.v1beta4.MsgCreateProvider',
  'update-provider': '/akash.provider.v1beta4.MsgUpdateProvider',
  'create-certificate': '/akash.cert.v1.MsgCreateCertificate',
  'revoke-certificate': '/akash.cert.v1.MsgRevokeCertificate',
  'burn-act': '/akash.bme.v1.MsgBurnACT',
};

/** What a fee allowance of ours is good for: messages run by a grant, and nothing in the key's own name. */
export const EXEC_TYPE_URL = '/cosmos.authz.v1beta1.MsgExec';
