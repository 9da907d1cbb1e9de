/** Queries of akash.market.v1beta5. */
import type { LeaseFilters } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import {
  BidFilters,
  OrderFilters,
  QueryBidRequest,
  QueryBidsRequest,
  QueryBidsResponse,
  QueryLeaseRequest,
  QueryLeaseResponse,
  QueryLeasesRequest,
  QueryLeasesResponse,
  QueryOrderRequest,
  QueryOrdersRequest,
  QueryOrdersResponse,
  QueryParamsRequest,
  QueryParamsResponse,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import type { BidId, LeaseId, OrderId } from '../../market/ids.js';
import type {
  Bid,
  BidState,
  Lease,
  LeaseState,
  MarketParams,
  Order,
  OrderState,
} from '../../market/records.js';
import { fromBidId, fromOrderId, toLong } from '../decode/ids.js';
import { required, toCoin } from '../decode/primitives.js';
import { toBid, toLease, toOrder } from '../decode/records.js';
import { ChainDecodeError } from '../errors.js';
import { bytesFields } from '../wire/fields.js';
import type { AbciQuery } from './abci.js';
import { readPages } from './pages.js';
import type { ReadListing } from './pages.js';

const PATH = '/akash.market.v1beta5.Query';

const only = (message: Uint8Array, field: number, name: string): Uint8Array => {
  const found = bytesFields(message, field).at(-1);
  if (found === undefined) throw new ChainDecodeError(name, 'missing');
  return found;
};

/** Every order of `state`; without a state filter the chain's pages can end early. */
export const listOrders =
  (query: AbciQuery, state: OrderState): ReadListing<Order> =>
  (atHeight) =>
    readPages(async (pagination, height) => {
      const filters = OrderFilters.fromPartial({ state });
      const request = QueryOrdersRequest.encode({ filters, pagination }).finish();
      const answer = await query(`${PATH}/Orders`, request, height);
      return {
        items: bytesFields(answer.value, 1).map(toOrder),
        pagination: QueryOrdersResponse.decode(answer.value).pagination,
        height: answer.height,
      };
    }, atHeight);

/** @throws ChainQueryError also when not found, as for {@link getBid} and {@link getLease} */
export const getOrder = async (query: AbciQuery, id: OrderId): Promise<Order> => {
  const request = QueryOrderRequest.encode({ id: fromOrderId(id) }).finish();
  const { value } = await query(`${PATH}/Order`, request);
  return toOrder(only(value, 1, 'order'));
};

/** What a list of bids is narrowed by; one state at a time. */
export interface BidListFilter {
  readonly order?: OrderId;
  readonly provider?: string;
  readonly state: BidState;
}

export const listBids =
  (query: AbciQuery, filter: BidListFilter, maxPages?: number): ReadListing<Bid> =>
  (atHeight) =>
    readPages(
      async (pagination, height) => {
        const filters: BidFilters = {
          ...BidFilters.fromPartial({ provider: filter.provider ?? '', state: filter.state }),
          ...(filter.order === undefined ? {} : fromOrderId(filter.order)),
        };
        const request = QueryBidsRequest.encode({ filters, pagination }).finish();
        const answer = await query(`${PATH}/Bids`, request, height);
        return {
          items: bytesFields(answer.value, 1).map((entry) => toBid(only(entry, 1, 'bid'))),
          pagination: QueryBidsResponse.decode(answer.value).pagination,
          height: answer.height,
        };
      },
      atHeight,
      maxPages,
    );

export const getBid = async (query: AbciQuery, id: BidId): Promise<Bid> => {
  const request = QueryBidRequest.encode({ id: fromBidId(id) }).finish();
  const { value } = await query(`${PATH}/Bid`, request);
  return toBid(only(value, 1, 'bid'));
};

/** What a list of leases is narrowed by; one state at a time. */
export interface LeaseListFilter {
  readonly owner?: string;
  readonly provider?: string;
  readonly state: LeaseState;
}

const toLeaseEntry = (entry: Uint8Array): Lease =>
  toLease(only(entry, 1, 'lease'), QueryLeaseResponse.decode(entry).escrowPayment);

export const listLeases =
  (query: AbciQuery, filter: LeaseListFilter): ReadListing<Lease> =>
  (atHeight) =>
    readPages(async (pagination, height) => {
      const filters: LeaseFilters = {
        owner: filter.owner ?? '',
        dseq: toLong(0n),
        gseq: 0,
        oseq: 0,
        bseq: 0,
        provider: filter.provider ?? '',
        state: filter.state,
      };
      const request = QueryLeasesRequest.encode({ filters, pagination }).finish();
      const answer = await query(`${PATH}/Leases`, request, height);
      return {
        items: bytesFields(answer.value, 1).map(toLeaseEntry),
        pagination: QueryLeasesResponse.decode(answer.value).pagination,
        height: answer.height,
      };
    }, atHeight);

export const getLease = async (query: AbciQuery, id: LeaseId): Promise<Lease> => {
  const request = QueryLeaseRequest.encode({ id: fromBidId(id) }).finish();
  const { value } = await query(`${PATH}/Lease`, request);
  return toLeaseEntry(value);
};

/** Older nodes fill only the single deposit, newer ones the list; both are given. */
export const getMarketParams = async (query: AbciQuery): Promise<MarketParams> => {
  const request = QueryParamsRequest.encode({}).finish();
  const { value } = await query(`${PATH}/Params`, request);
  const params = required(QueryParamsResponse.decode(value).params, 'params');
  const deposits = params.bidMinDeposits.map((c) => toCoin(c, 'params.bid_min_deposits'));
  const single =
    params.bidMinDeposit === undefined || params.bidMinDeposit.denom === ''
      ? []
      : [toCoin(params.bidMinDeposit, 'params.bid_min_deposit')];
  return {
    orderMaxBids: params.orderMaxBids,
    bidMinDeposits: deposits.length > 0 ? deposits : single,
  };
};
