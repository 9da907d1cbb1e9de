/**
 * The exchange of uakt and uact: akash.bme.v1 with the price of akash.oracle.v2. The published SDK knows the oracle's version 1
 * alone, in which an aggregated price has its `twap` at the same place, and not every field of a ledger entry.
 */
import {
  AggregatedPrice,
  CoinPrice,
  LedgerPendingRecord,
  LedgerRecordID,
  QueryLedgerRecordsRequest,
  QueryStatusResponse,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import {
  Coin as WireCoin,
  PageResponse,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { Decimal } from '../../market/money.js';
import type { Coin } from '../../market/money.js';
import type { Exchange, Swap } from '../../market/records.js';
import { named, required, toBigInt, toCoin, toDecimal } from '../decode/primitives.js';
import { isChainQueryError } from '../errors.js';
import { bytesFields, int64Field } from '../wire/fields.js';
import type { AbciQuery } from './abci.js';
import { readPages } from './pages.js';
import type { ReadListing } from './pages.js';

/** `QueryAggregatedPriceRequest { denom = 1 }`; a refusal of the oracle means that it has no price. */
const readAktUsd = async (query: AbciQuery): Promise<Decimal | undefined> => {
  try {
    const request = new BinaryWriter().uint32(10).string('akt').finish();
    const { value } = await query('/akash.oracle.v2.Query/AggregatedPrice', request);
    const price = AggregatedPrice.decode(required(bytesFields(value, 1)[0], 'aggregated_price'));
    const usd = toDecimal(price.twap, 'aggregated_price.twap');
    return usd.gt(new Decimal('0')) ? usd : undefined;
  } catch (error) {
    if (isChainQueryError(error)) return undefined;
    throw error;
  }
};

/** @throws ChainQueryError ChainUnavailableError ChainDecodeError */
export const getExchange = async (query: AbciQuery): Promise<Exchange> => {
  const [aktUsd, status] = await Promise.all([
    readAktUsd(query),
    query('/akash.bme.v1.Query/Status', new Uint8Array()),
  ]);
  const { mintsAllowed, refundsAllowed } = QueryStatusResponse.decode(status.value);
  return {
    aktUsd,
    burnsAllowed: refundsAllowed && aktUsd !== undefined,
    mintsHalted: !mintsAllowed,
  };
};

const STATES: Readonly<Record<number, Swap['state']>> = {
  1: 'pending',
  2: 'executed',
  3: 'canceled',
};

/** What was given, by where each kind of record keeps it. */
const burnedCoin = (entry: Uint8Array, denom: string): Coin => {
  const [pending] = bytesFields(entry, 3);
  if (pending !== undefined) {
    return toCoin(LedgerPendingRecord.decode(pending).coinsToBurn, 'coins_to_burn');
  }
  const [executed] = bytesFields(entry, 4);
  const priced = executed === undefined ? undefined : bytesFields(executed, 5)[0];
  if (priced !== undefined) return toCoin(CoinPrice.decode(priced).coin, 'burned.coin');
  // `LedgerCanceledRecord { owner = 1, to = 3, coins_to_burn = 4 }`
  const [canceled] = bytesFields(entry, 5);
  const coin = canceled === undefined ? undefined : bytesFields(canceled, 4)[0];
  return coin === undefined
    ? { denom, amount: 0n }
    : toCoin(WireCoin.decode(coin), 'coins_to_burn');
};

/** `QueryLedgerRecordEntry { id = 1, status = 2, pending = 3 | executed = 4 | canceled = 5 }` */
const toSwap = (entry: Uint8Array): Swap => {
  const id = LedgerRecordID.decode(required(bytesFields(entry, 1)[0], 'ledger.id'));
  return {
    state: named(STATES, Number(int64Field(entry, 2)), 'ledger.status'),
    fromDenom: id.denom,
    toDenom: id.toDenom,
    height: toBigInt(id.height),
    sequence: toBigInt(id.sequence),
    burned: burnedCoin(entry, id.denom),
  };
};

/** Swaps of uact into uakt that `owner` asked for. */
export const listBurns =
  (query: AbciQuery, owner: string): ReadListing<Swap> =>
  (atHeight) =>
    readPages(async (pagination, height) => {
      const filters = { source: owner, denom: 'uact', toDenom: 'uakt', status: '' };
      const request = QueryLedgerRecordsRequest.encode({ filters, pagination }).finish();
      const answer = await query('/akash.bme.v1.Query/LedgerRecords', request, height);
      const [page] = bytesFields(answer.value, 2);
      return {
        items: bytesFields(answer.value, 1).map(toSwap),
        pagination: page === undefined ? undefined : PageResponse.decode(page),
        height: answer.height,
      };
    }, atHeight);
