/** What happens in deployment and market when escrow closes an account or a payment (node x/market/hooks). */
import { orderIdOf } from '../../market/ids.js';
import {
  checkClosable,
  closeDeployment,
  closeGroup,
  getDeployment,
  getGroups,
} from '../deployment/keeper.js';
import { DeploymentState, GroupState, type Group } from '../deployment/records.js';
import type { EscrowHooks } from '../escrow/ports.js';
import { State, type Account, type Payment } from '../escrow/records.js';
import { isAppError } from '../kernel/errors.js';
import type { Context } from '../kernel/module.js';
import { deploymentOfAccount, leaseOfPayment } from './escrow-ids.js';
import type { MarketKeeper } from './keeper.js';
import { BidState, LeaseClosedReason, LeaseState } from './records.js';

const isClosable = (group: Group): boolean => {
  try {
    checkClosable(group);
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
};

const onAccountClosed = (context: Context, account: Account, market: MarketKeeper): void => {
  const id = deploymentOfAccount(account.id);
  const deployment = id === undefined ? undefined : getDeployment(context, id);
  if (deployment?.state !== DeploymentState.active) return;
  closeDeployment(context, deployment);
  const state =
    account.state === State.overdrawn ? GroupState.insufficient_funds : GroupState.closed;
  for (const group of getGroups(context, deployment.id)) {
    if (!isClosable(group)) continue;
    closeGroup(context, group, state);
    market.onGroupClosed(context, group.id, state);
  }
};

const onPaymentClosed = (context: Context, payment: Payment, market: MarketKeeper): void => {
  const id = leaseOfPayment(payment.id);
  const bid = market.getBid(context, id);
  if (bid?.state !== BidState.active) return;
  const order = market.getOrder(context, orderIdOf(id));
  const lease = market.getLease(context, id);
  if (order === undefined || lease === undefined) return;
  market.closeOrder(context, order);
  market.closeBid(context, bid);
  if (payment.state === State.overdrawn) {
    const reason = LeaseClosedReason.lease_closed_reason_insufficient_funds;
    market.endLease(context, lease, LeaseState.insufficient_funds, reason);
  } else {
    const reason = LeaseClosedReason.lease_closed_reason_unspecified;
    market.endLease(context, lease, LeaseState.closed, reason);
  }
};

/** @param market looked up when a hook runs, because the market itself is built on escrow */
export const createHooks = (market: () => MarketKeeper): EscrowHooks => ({
  onAccountClosed: (context, account) => onAccountClosed(context, account, market()),
  onPaymentClosed: (context, payment) => onPaymentClosed(context, payment, market()),
});
