/**
 * The price of AKT in USD. The devnet has one source of prices: what genesis or the last authorised entry said, taken
 * as reported anew in every block. ACT is 1 USD by protocol.
 */
import { z } from 'zod';
import { registerIn } from '../akash/registered-error.js';
import { ONE, formatDec, parseDec, type Dec } from '../akash/dec.js';
import type { Context } from '../kernel/module.js';

const oracle = registerIn('oracle.v2');

/** Errors of the oracle module (chain-sdk go/node/oracle/v2/errors.go). */
export const ORACLE_ERRORS = {
  invalidTimestamp: oracle(2, 'Unknown', 'invalid timestamp'),
  unauthorizedWriter: oracle(3, 'Unknown', 'unauthorized writer address'),
  priceStalled: oracle(4, 'Unknown', 'price stalled'),
} as const;

const PRICE = 'oracle/price';
const SOURCES = 'oracle/sources';

const text = { encode: new TextEncoder(), decode: new TextDecoder() };

const genesis = z.object({
  akt_usd: z
    .string()
    .regex(/^\d{1,20}(\.\d{1,18})?$/)
    .nullable()
    .default('1'),
  sources: z.array(z.string()).default([]),
});

/**
 * Genesis state: `{ akt_usd: "1.25" | null, sources: [address…] }`; `null` is an oracle without a price.
 * @throws ZodError naming the field
 */
export const initOracle = (context: Context, state: unknown): void => {
  const { akt_usd: price, sources } = genesis.parse(state ?? {});
  if (price !== null) putPrice(context, parseDec(price));
  context.store.set(SOURCES, text.encode.encode(sources.join(',')));
};

export const putPrice = (context: Context, price: Dec): void => {
  context.store.set(PRICE, text.encode.encode(formatDec(price)));
};

/** Addresses that may report prices. */
export const getSources = (context: Context): readonly string[] => {
  const bytes = context.store.get(SOURCES);
  return bytes === undefined || bytes.length === 0 ? [] : text.decode.decode(bytes).split(',');
};

/** USD for one AKT, or `undefined` when nobody has reported it. */
export const getAktPrice = (context: Context): Dec | undefined => {
  const bytes = context.store.get(PRICE);
  return bytes === undefined ? undefined : parseDec(text.decode.decode(bytes));
};

/** USD for one unit of `denom`, plain or micro; `undefined` when there is no price. */
export const getPrice = (context: Context, denom: string): Dec | undefined => {
  if (denom === 'act' || denom === 'uact') return ONE;
  return denom === 'akt' || denom === 'uakt' ? getAktPrice(context) : undefined;
};
