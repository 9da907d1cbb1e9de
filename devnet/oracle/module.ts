/** The oracle module, version 2: a price in every block, its queries, and entries by authorised sources. */
import { AggregatedPrice, PriceHealth } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { isAddress } from '../akash/address.js';
import { formatDec, type Dec } from '../akash/dec.js';
import { concatFields, encodeDuration, readField, withField } from '../akash/proto-fields.js';
import { refusal } from '../akash/registered-error.js';
import { queryUnknown, sdkError } from '../kernel/errors.js';
import type { BlockTime, Context, MessageHandler, Module } from '../kernel/module.js';
import {
  ORACLE_ERRORS as E,
  getAktPrice,
  getPrice,
  getSources,
  initOracle,
  putPrice,
} from './keeper.js';
import { decodeTimestamp, encodeTimestamp, formatTime, isAfter } from './time.js';

const SECOND = 1_000_000_000n;
const decoder = new TextDecoder();

/** `akash.oracle.v2.MsgAddPriceEntry { signer = 1, id = 2 { denom, base_denom }, price = 3, timestamp = 4 }` */
interface PriceEntry {
  readonly signer: string;
  readonly denom: string;
  readonly baseDenom: string;
  readonly price: Dec;
  readonly timestamp: BlockTime;
}

const textField = (message: Uint8Array, number: number): string =>
  decoder.decode(readField(message, number) ?? new Uint8Array());

const decodeEntry = (bytes: Uint8Array): PriceEntry => {
  const id = readField(bytes, 2) ?? new Uint8Array();
  const price = textField(bytes, 3);
  if (!/^-?\d{1,60}$/.test(price)) throw sdkError('txDecode', 'price is not a decimal');
  return {
    signer: textField(bytes, 1),
    denom: textField(id, 1),
    baseDenom: textField(id, 2),
    price: BigInt(price),
    timestamp: decodeTimestamp(readField(bytes, 4) ?? new Uint8Array()),
  };
};

const addEntry: MessageHandler<PriceEntry> = {
  decode: decodeEntry,
  signers: ({ signer }) => [signer],
  validateBasic: ({ signer }) => {
    if (!isAddress(signer)) throw sdkError('invalidAddress', 'invalid signer address');
  },
  run: (context, entry) => {
    if (!getSources(context).includes(entry.signer)) throw refusal(E.unauthorizedWriter);
    if (entry.denom !== 'akt') {
      throw sdkError('invalidRequest', `unsupported denom ${entry.denom}`);
    }
    if (entry.baseDenom !== 'usd') {
      throw sdkError('invalidRequest', `unsupported base denom ${entry.baseDenom}`);
    }
    if (entry.price <= 0n) throw sdkError('invalidRequest', 'price must be positive');
    if (isAfter(entry.timestamp, context.time)) throw refusal(E.invalidTimestamp);
    putPrice(context, entry.price);
    context.emitTyped('akash.oracle.v2.EventPriceData', {
      source: entry.signer,
      id: { denom: entry.denom, base_denom: entry.baseDenom },
      price: formatDec(entry.price),
      timestamp: formatTime(entry.timestamp),
    });
    return new Uint8Array();
  },
};

const announce = (context: Context): void => {
  const price = getAktPrice(context);
  if (price === undefined) return;
  const printed = formatDec(price);
  context.emitTyped('akash.oracle.v2.EventAggregatedPrice', {
    price: {
      denom: 'akt',
      twap: printed,
      median_price: printed,
      min_price: printed,
      max_price: printed,
      timestamp: formatTime(context.time),
      num_sources: 1,
      deviation_bps: '0',
    },
  });
};

/** Bytes of `akash.oracle.v2.Params` with the node's defaults (oracle/v2/params.go). */
const encodeParams = (sources: readonly string[]): Uint8Array => {
  const writer = new BinaryWriter();
  for (const source of sources) writer.uint32(10).string(source);
  writer.uint32(16).uint32(1).uint32(24).int64(30n);
  writer.uint32(34).bytes(encodeDuration(5n * SECOND));
  writer.uint32(40).uint64(150n);
  writer.uint32(58).bytes(encodeDuration(86_400n * SECOND));
  writer.uint32(66).string('hour').uint32(72).int64(1000n);
  return writer
    .uint32(82)
    .bytes(encodeDuration(60n * SECOND))
    .finish();
};

/** `QueryAggregatedPriceResponse { aggregated_price = 1, price_health = 2 }` */
const aggregated = (context: Context, denom: string): Uint8Array => {
  const price = getPrice(context, denom);
  if (price === undefined) throw queryUnknown(E.priceStalled.text);
  const printed = formatDec(price);
  const message = AggregatedPrice.encode(
    AggregatedPrice.fromPartial({
      denom,
      twap: printed,
      medianPrice: printed,
      minPrice: printed,
      maxPrice: printed,
      numSources: 1,
    }),
  ).finish();
  const health = PriceHealth.fromPartial({
    denom,
    isHealthy: true,
    hasMinSources: true,
    deviationOk: true,
    totalSources: 1,
    totalHealthySources: 1,
  });
  return concatFields([
    [1, withField(message, 6, encodeTimestamp(context.time))],
    [2, PriceHealth.encode(health).finish()],
  ]);
};

export const oracleModule: Module = {
  name: 'oracle',
  messages: { '/akash.oracle.v2.MsgAddPriceEntry': addEntry },
  queries: {
    '/akash.oracle.v2.Query/Params': (context) =>
      concatFields([[1, encodeParams(getSources(context))]]),
    '/akash.oracle.v2.Query/AggregatedPrice': (context, request) =>
      aggregated(context, textField(request, 1)),
  },
  initGenesis: initOracle,
  endBlock: announce,
};
