/** The escrow accounts and payments of deployments, bids and leases (chain-sdk go/node/market/v1/escrow.go). */
import {
  formatBidId,
  formatDeploymentId,
  parseLeaseId,
  type BidId,
  type DeploymentId,
  type LeaseId,
} from '../../market/ids.js';
import { deploymentIdOf } from '../akash/ids.js';
import { Scope, type AccountId, type PaymentId } from '../escrow/records.js';

/** `deployment` `owner/dseq` */
export const deploymentAccountId = (id: DeploymentId): AccountId => ({
  scope: Scope.deployment,
  xid: formatDeploymentId(id),
});

/** `bid` `owner/dseq/gseq/oseq/provider` */
export const bidAccountId = (id: BidId): AccountId => ({ scope: Scope.bid, xid: formatBidId(id) });

/** `gseq/oseq/provider` under the deployment's account */
export const leasePaymentId = (id: LeaseId): PaymentId => ({
  account: deploymentAccountId(deploymentIdOf(id)),
  xid: `${id.gseq}/${id.oseq}/${id.provider}`,
});

/** The deployment of an escrow account, unless it is a bid's. */
export const deploymentOfAccount = (id: AccountId): DeploymentId | undefined => {
  if (id.scope !== Scope.deployment) return undefined;
  const [owner = '', dseq = '0'] = id.xid.split('/');
  return { owner, dseq: BigInt(dseq) };
};

/** The lease that a payment is for. @throws IdFormatError when the payment is not a lease's */
export const leaseOfPayment = (id: PaymentId): LeaseId =>
  parseLeaseId(`${id.account.xid}/${id.xid}`);
