/** Orders, bids and leases as the state machine holds them and as bytes. */
import {
  Lease as ProtoLease,
  LeaseClosedReason,
  Lease_State as LeaseState,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import type { GroupSpec } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import {
  Bid as ProtoBid,
  Bid_State as BidState,
  Order as ProtoOrder,
  Order_State as OrderState,
  type ResourceOffer,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import type { BidId, LeaseId, OrderId } from '../../market/ids.js';
import { readAmount, writeAmount, type Amount } from '../akash/coins.js';
import { bidIdFrom, orderIdFrom, toBigint } from '../akash/ids.js';
import { withField } from '../akash/proto-fields.js';
import { RECLAMATION_FIELD, decodeReclamation, encodeReclamation } from '../deployment/records.js';
import {
  reclamationOfLease,
  windowOfBid,
  withBidWindow,
  withLeaseReclamation,
  type Reclamation,
} from './wire.js';

export { BidState, LeaseClosedReason, LeaseState, OrderState };

export interface Order {
  readonly id: OrderId;
  readonly state: OrderState;
  readonly spec: GroupSpec;
  readonly createdAt: bigint;
  /** Nanoseconds; absent when the tenant asks for no reclamation. */
  readonly minWindow: bigint | undefined;
}

export interface Bid {
  readonly id: BidId;
  readonly state: BidState;
  readonly price: Amount;
  readonly createdAt: bigint;
  readonly resourcesOffer: readonly ResourceOffer[];
  /** Nanoseconds; absent when the provider offers none. */
  readonly window: bigint | undefined;
}

export interface Lease {
  readonly id: LeaseId;
  readonly state: LeaseState;
  readonly price: Amount;
  readonly createdAt: bigint;
  readonly closedOn: bigint;
  readonly reason: LeaseClosedReason;
  readonly reclamation: Reclamation | undefined;
}

export const encodeOrder = (order: Order): Uint8Array =>
  withField(
    ProtoOrder.encode({
      ...ProtoOrder.fromPartial({
        id: order.id,
        state: order.state,
        createdAt: order.createdAt,
      }),
      spec: order.spec,
    }).finish(),
    RECLAMATION_FIELD,
    encodeReclamation(order.minWindow),
  );

export const decodeOrder = (bytes: Uint8Array): Order => {
  const proto = ProtoOrder.decode(bytes);
  return {
    id: orderIdFrom(proto.id),
    state: proto.state,
    spec: proto.spec ?? { name: '', requirements: undefined, resources: [] },
    createdAt: toBigint(proto.createdAt),
    minWindow: decodeReclamation(bytes),
  };
};

export const encodeBid = (bid: Bid): Uint8Array =>
  withBidWindow(
    ProtoBid.encode({
      ...ProtoBid.fromPartial({ id: bid.id, state: bid.state, createdAt: bid.createdAt }),
      price: writeAmount(bid.price),
      resourcesOffer: [...bid.resourcesOffer],
    }).finish(),
    bid.window,
  );

export const decodeBid = (bytes: Uint8Array): Bid => {
  const proto = ProtoBid.decode(bytes);
  return {
    id: bidIdFrom(proto.id),
    state: proto.state,
    price: readAmount(proto.price),
    createdAt: toBigint(proto.createdAt),
    resourcesOffer: proto.resourcesOffer,
    window: windowOfBid(bytes),
  };
};

export const encodeLease = (lease: Lease): Uint8Array =>
  withLeaseReclamation(
    ProtoLease.encode(
      ProtoLease.fromPartial({
        id: lease.id,
        state: lease.state,
        price: writeAmount(lease.price),
        createdAt: lease.createdAt,
        closedOn: lease.closedOn,
        reason: lease.reason,
      }),
    ).finish(),
    lease.reclamation,
  );

export const decodeLease = (bytes: Uint8Array): Lease => {
  const proto = ProtoLease.decode(bytes);
  return {
    id: bidIdFrom(proto.id),
    state: proto.state,
    price: readAmount(proto.price),
    createdAt: toBigint(proto.createdAt),
    closedOn: toBigint(proto.closedOn),
    reason: proto.reason,
    reclamation: reclamationOfLease(bytes),
  };
};
