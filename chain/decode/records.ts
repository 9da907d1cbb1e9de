/** Encoded orders, bids, leases and deployments to market/ records. Every function throws ChainDecodeError. */
import { Lease as WireLease } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import type {
  Types_Account as WireEscrowAccount,
  Types_Payment as WirePayment,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import type {
  Group as WireGroup,
  QueryDeploymentResponse,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import {
  Bid as WireBid,
  Order as WireOrder,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import type {
  Bid,
  BidState,
  Deployment,
  DeploymentState,
  EscrowAccount,
  EscrowPayment,
  EscrowState,
  Group,
  GroupState,
  Lease,
  LeaseState,
  Order,
  OrderState,
} from '../../market/records.js';
import {
  bidWindowSeconds,
  LEASE_STATE_RECLAIMING,
  leaseReclamation,
  orderMinWindowSeconds,
} from '../wire/reclamation.js';
import { toGroupSpec, toOffers } from './group-spec.js';
import { toBidId, toDeploymentId, toGroupId, toOrderId } from './ids.js';
import { leaseReasonName } from './lease-reason.js';
import { named, required, toBigInt, toCoin, toDecCoin } from './primitives.js';

const ORDER_STATES: Readonly<Record<number, OrderState>> = { 1: 'open', 2: 'active', 3: 'closed' };
const BID_STATES: Readonly<Record<number, BidState>> = {
  1: 'open',
  2: 'active',
  3: 'lost',
  4: 'closed',
};
const LEASE_STATES: Readonly<Record<number, LeaseState>> = {
  1: 'active',
  2: 'insufficient_funds',
  3: 'closed',
  [LEASE_STATE_RECLAIMING]: 'reclaiming',
};
const DEPLOYMENT_STATES: Readonly<Record<number, DeploymentState>> = { 1: 'active', 2: 'closed' };
const GROUP_STATES: Readonly<Record<number, GroupState>> = {
  1: 'open',
  2: 'paused',
  3: 'insufficient_funds',
  4: 'closed',
};
const ESCROW_STATES: Readonly<Record<number, EscrowState>> = {
  1: 'open',
  2: 'closed',
  3: 'overdrawn',
};

/** @param bytes an encoded akash.market.v1beta5.Order */
export const toOrder = (bytes: Uint8Array): Order => {
  const order = WireOrder.decode(bytes);
  return {
    id: toOrderId(order.id, 'order.id'),
    state: named(ORDER_STATES, order.state, 'order.state'),
    spec: toGroupSpec(order.spec, 'order.spec'),
    createdAt: toBigInt(order.createdAt),
    reclamationMinWindowSeconds: orderMinWindowSeconds(bytes),
  };
};

/** @param bytes an encoded akash.market.v1beta5.Bid */
export const toBid = (bytes: Uint8Array): Bid => {
  const bid = WireBid.decode(bytes);
  return {
    id: toBidId(bid.id, 'bid.id'),
    state: named(BID_STATES, bid.state, 'bid.state'),
    price: toDecCoin(bid.price, 'bid.price'),
    createdAt: toBigInt(bid.createdAt),
    resourcesOffer: toOffers(bid.resourcesOffer),
    reclamationWindowSeconds: bidWindowSeconds(bytes),
  };
};

/** @param bytes an encoded akash.market.v1.Lease */
export const toLease = (bytes: Uint8Array, payment: WirePayment | undefined): Lease => {
  const lease = WireLease.decode(bytes);
  return {
    id: toBidId(lease.id, 'lease.id'),
    state: named(LEASE_STATES, lease.state, 'lease.state'),
    price: toDecCoin(lease.price, 'lease.price'),
    createdAt: toBigInt(lease.createdAt),
    closedOn: toBigInt(lease.closedOn),
    reason: leaseReasonName(lease.reason),
    reclamation: leaseReclamation(bytes),
    payment: payment?.state === undefined ? undefined : toPayment(payment),
  };
};

const toPayment = (payment: WirePayment): EscrowPayment => {
  const state = required(payment.state, 'escrow_payment.state');
  return {
    state: named(ESCROW_STATES, state.state, 'escrow_payment.state'),
    rate: toDecCoin(state.rate, 'escrow_payment.rate'),
    balance: toDecCoin(state.balance, 'escrow_payment.balance'),
    unsettled: toDecCoin(state.unsettled, 'escrow_payment.unsettled'),
    withdrawn: toCoin(state.withdrawn, 'escrow_payment.withdrawn'),
  };
};

/** A group as `Query/Group` and `Query/Deployment` give it. */
export const toGroup = (group: WireGroup): Group => ({
  id: toGroupId(group.id, 'group.id'),
  state: named(GROUP_STATES, group.state, 'group.state'),
  spec: toGroupSpec(group.groupSpec, 'group.group_spec'),
  createdAt: toBigInt(group.createdAt),
});

const toEscrow = (account: WireEscrowAccount | undefined): EscrowAccount => {
  const state = required(account?.state, 'escrow_account.state');
  return {
    state: named(ESCROW_STATES, state.state, 'escrow_account.state'),
    settledAt: toBigInt(state.settledAt),
    funds: state.funds.map((f) => toDecCoin(f, 'escrow_account.funds')),
    transferred: state.transferred.map((f) => toDecCoin(f, 'escrow_account.transferred')),
  };
};

/** A deployment with its groups and escrow account. */
export const toDeployment = (response: QueryDeploymentResponse): Deployment => {
  const deployment = required(response.deployment, 'deployment');
  return {
    id: toDeploymentId(deployment.id, 'deployment.id'),
    state: named(DEPLOYMENT_STATES, deployment.state, 'deployment.state'),
    hash: deployment.hash,
    createdAt: toBigInt(deployment.createdAt),
    groups: response.groups.map(toGroup),
    escrow: toEscrow(response.escrowAccount),
  };
};
