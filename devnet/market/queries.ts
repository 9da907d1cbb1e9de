/** The market's queries: lists by state, then id, and single records with the escrow that goes with them. */
import {
  QueryBidRequest,
  QueryBidsRequest,
  QueryLeaseRequest,
  QueryLeasesRequest,
  QueryOrderRequest,
  QueryOrdersRequest,
  QueryParamsRequest,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { isAddress } from '../akash/address.js';
import { bidIdFrom, bidKey, orderIdFrom, orderKey } from '../akash/ids.js';
import { query } from '../akash/message.js';
import type { Page } from '../akash/page.js';
import { concatFields } from '../akash/proto-fields.js';
import { queryRefusal, type RegisteredError } from '../akash/registered-error.js';
import { ESCROW_ERRORS } from '../escrow/errors.js';
import { accountAnswer, paymentAnswer } from '../escrow/records.js';
import { findAccount, findPayment } from '../escrow/store.js';
import { queryInvalid } from '../kernel/errors.js';
import type { Context, QueryHandler } from '../kernel/module.js';
import { MARKET_ERRORS as E } from './errors.js';
import { BIDS, LEASES, ORDERS } from './collections.js';
import { bidAccountId, leasePaymentId } from './escrow-ids.js';
import { encodeMarketParams, getMarketParams } from './params.js';
import { decodeBid, decodeLease } from './records.js';

const existing = <T>(value: T | undefined, otherwise: RegisteredError): T => {
  if (value === undefined) throw queryRefusal(otherwise);
  return value;
};

/** `{ repeated entries = 1; PageResponse pagination = 2 }` */
const list = (page: Page<Uint8Array>, entry: (record: Uint8Array) => Uint8Array): Uint8Array =>
  concatFields([...page.entries.map((record) => [1, entry(record)] as const), [2, page.response]]);

/** `QueryBidResponse { bid = 1, escrow_account = 2 }` */
const bidAnswer = (context: Context, bytes: Uint8Array): Uint8Array => {
  const account = findAccount(context, bidAccountId(decodeBid(bytes).id));
  return concatFields([
    [1, bytes],
    [2, accountAnswer(existing(account, ESCROW_ERRORS.accountNotFound))],
  ]);
};

/** `QueryLeaseResponse { lease = 1, escrow_payment = 2 }` */
const leaseAnswer = (context: Context, bytes: Uint8Array): Uint8Array => {
  const payment = findPayment(context, leasePaymentId(decodeLease(bytes).id));
  return concatFields([
    [1, bytes],
    [2, paymentAnswer(existing(payment, ESCROW_ERRORS.paymentNotFound))],
  ]);
};

const requireOwner = (owner: string | undefined): void => {
  if (!isAddress(owner ?? '')) throw queryInvalid('invalid owner address');
};

const requireParties = (id: { owner: string; provider: string } | undefined): void => {
  requireOwner(id?.owner);
  if (!isAddress(id?.provider ?? '')) throw queryInvalid('invalid provider address');
};

/** Keyed by gRPC path. */
export const marketQueries: Readonly<Record<string, QueryHandler>> = {
  '/akash.market.v1beta5.Query/Orders': query(
    QueryOrdersRequest,
    (context, { filters, pagination }) =>
      list(ORDERS.page(context, filters, pagination), (order) => order),
  ),
  '/akash.market.v1beta5.Query/Order': query(QueryOrderRequest, (context, { id }) => {
    requireOwner(id?.owner);
    const order = ORDERS.get(context, orderKey(orderIdFrom(id)));
    return concatFields([[1, existing(order, E.orderNotFound)]]);
  }),
  '/akash.market.v1beta5.Query/Bids': query(QueryBidsRequest, (context, { filters, pagination }) =>
    list(BIDS.page(context, filters, pagination), (bid) => bidAnswer(context, bid)),
  ),
  '/akash.market.v1beta5.Query/Bid': query(QueryBidRequest, (context, { id }) => {
    requireParties(id);
    const bid = BIDS.get(context, bidKey(bidIdFrom(id)));
    return bidAnswer(context, existing(bid, E.bidNotFound));
  }),
  '/akash.market.v1beta5.Query/Leases': query(
    QueryLeasesRequest,
    (context, { filters, pagination }) =>
      list(LEASES.page(context, filters, pagination), (lease) => leaseAnswer(context, lease)),
  ),
  '/akash.market.v1beta5.Query/Lease': query(QueryLeaseRequest, (context, { id }) => {
    requireParties(id);
    const lease = LEASES.get(context, bidKey(bidIdFrom(id)));
    return leaseAnswer(context, existing(lease, E.leaseNotFound));
  }),
  '/akash.market.v1beta5.Query/Params': query(QueryParamsRequest, (context) =>
    concatFields([[1, encodeMarketParams(getMarketParams(context))]]),
  ),
};
