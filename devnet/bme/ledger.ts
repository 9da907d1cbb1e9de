/**
 * Requests to swap uakt and uact: waiting, executed, cancelled. The executed record's fields 7 to 9 are not where the
 * published SDK has them, so its bytes are written here (chain-sdk proto bme/v1/types.proto).
 */
import {
  CoinPrice,
  LedgerPendingRecord,
  LedgerRecordID,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { Coin as ProtoCoin } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { Coin } from '../../market/money.js';
import { writeCoin } from '../akash/coins.js';
import { formatDec, type Dec } from '../akash/dec.js';
import type { Context } from '../kernel/module.js';

export interface LedgerId {
  readonly denom: string;
  readonly toDenom: string;
  readonly source: string;
  readonly height: bigint;
  readonly sequence: bigint;
}

/** What was asked for. */
export interface Request {
  readonly id: LedgerId;
  readonly owner: string;
  readonly to: string;
  readonly burn: Coin;
}

/** A coin at the price it was swapped at. */
export interface PricedCoin {
  readonly coin: Coin;
  readonly price: Dec;
}

/** What came of it; an absent coin was not touched. */
export interface Execution {
  readonly burned: PricedCoin | undefined;
  readonly minted: PricedCoin | undefined;
  readonly spread: Coin;
  readonly remintIssued: PricedCoin | undefined;
  readonly remintAccrued: PricedCoin | undefined;
}

/** The three shelves a record can stand on. */
export type Shelf = 'pending' | 'executed' | 'canceled';

const route = (denom: string, toDenom: string): string => `${denom}/${toDenom}/`;

const keyOf = (shelf: Shelf, id: LedgerId): string =>
  `bme/l/${shelf}/${route(id.denom, id.toDenom)}${id.source}/` +
  `${id.height.toString().padStart(20, '0')}/${id.sequence.toString().padStart(10, '0')}`;

/** Bytes of `akash.bme.v1.LedgerRecordID`. */
export const encodeId = (id: LedgerId): Uint8Array =>
  LedgerRecordID.encode(LedgerRecordID.fromPartial(id)).finish();

/** The identifier as events print it. */
export const eventId = (id: LedgerId): Readonly<Record<string, unknown>> => ({
  denom: id.denom,
  to_denom: id.toDenom,
  source: id.source,
  height: id.height,
  sequence: id.sequence,
});

const encodeRequest = ({ owner, to, burn, id }: Request): Uint8Array =>
  LedgerPendingRecord.encode({
    owner,
    to,
    coinsToBurn: writeCoin(burn),
    denomToMint: id.toDenom,
  }).finish();

const parsePlace = (place: string): LedgerId => {
  const [denom = '', toDenom = '', source = '', height = '0', sequence = '0'] = place.split('/');
  return { denom, toDenom, source, height: BigInt(height), sequence: BigInt(sequence) };
};

export const putPending = (context: Context, request: Request): void => {
  context.store.set(keyOf('pending', request.id), encodeRequest(request));
};

/** Requests that wait to turn `denom` into `toDenom`, by source, height and sequence. */
export const pendingRequests = (
  context: Context,
  denom: string,
  toDenom: string,
): readonly Request[] =>
  Array.from(
    context.store.iterate(`bme/l/pending/${route(denom, toDenom)}`),
    ([key, bytes]): Request => {
      const record = LedgerPendingRecord.decode(bytes);
      return {
        id: parsePlace(key.slice('bme/l/pending/'.length)),
        owner: record.owner,
        to: record.to,
        burn: { denom, amount: BigInt(record.coinsToBurn?.amount ?? '0') },
      };
    },
  );

const priced = (value: PricedCoin): Uint8Array =>
  CoinPrice.encode({ coin: writeCoin(value.coin), price: formatDec(value.price) }).finish();

/** Moves a request to the executed ones. */
export const putExecuted = (context: Context, request: Request, execution: Execution): void => {
  const writer = new BinaryWriter().uint32(10).string(request.owner).uint32(18).string(request.to);
  writer.uint32(26).string('bme').uint32(34).string('bme');
  if (execution.burned !== undefined) writer.uint32(42).bytes(priced(execution.burned));
  if (execution.minted !== undefined) writer.uint32(50).bytes(priced(execution.minted));
  writer.uint32(58).bytes(ProtoCoin.encode(writeCoin(execution.spread)).finish());
  if (execution.remintIssued !== undefined) writer.uint32(66).bytes(priced(execution.remintIssued));
  if (execution.remintAccrued !== undefined) {
    writer.uint32(74).bytes(priced(execution.remintAccrued));
  }
  context.store.delete(keyOf('pending', request.id));
  context.store.set(keyOf('executed', request.id), writer.finish());
};

/** Moves a request to the cancelled ones: `LedgerCanceledRecord { owner = 1, to = 3, coins_to_burn = 4, denom_to_mint = 5 }`. */
export const putCanceled = (context: Context, request: Request): void => {
  const writer = new BinaryWriter().uint32(10).string(request.owner).uint32(26).string(request.to);
  writer.uint32(34).bytes(ProtoCoin.encode(writeCoin(request.burn)).finish());
  writer.uint32(42).string(request.id.toDenom);
  context.store.delete(keyOf('pending', request.id));
  context.store.set(keyOf('canceled', request.id), writer.finish());
};

/** One entry of the ledger as its query lists it. */
export interface LedgerEntry {
  readonly place: string;
  readonly id: LedgerId;
  readonly shelf: Shelf;
  readonly record: Uint8Array;
}

/** Every record behind `after`: cancelled, executed, then waiting ones. */
export const ledgerEntries = function* (
  context: Context,
  after: string | undefined,
): Iterable<LedgerEntry> {
  const from = after === undefined ? {} : { after };
  for (const [place, record] of context.store.iterate('bme/l/', from)) {
    const [shelf = '', ...rest] = place.slice('bme/l/'.length).split('/');
    yield { place, id: parsePlace(rest.join('/')), shelf: shelf as Shelf, record };
  }
};
