/** The market's parameters: read by every handler and query, set by genesis. */
import { Params as ProtoParams } from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { z } from 'zod';
import { UACT, UAKT, writeCoin } from '../akash/coins.js';
import type { Coin } from '../../market/money.js';
import type { Context } from '../kernel/module.js';
import { windowBounds, withWindowBounds } from './wire.js';

const KEY = 'market/params';
const HOUR = 3_600_000_000_000n;

/** `windows` are nanoseconds; the count of bids is compared with `>`, so that one more than `orderMaxBids` fit. */
export interface MarketParams {
  readonly orderMaxBids: number;
  readonly bidMinDeposits: readonly Coin[];
  readonly minReclamationWindow: bigint;
  readonly maxReclamationWindow: bigint;
}

/** What the node starts with (market/v1beta5/params.go). */
export const DEFAULT_MARKET_PARAMS: MarketParams = {
  orderMaxBids: 20,
  bidMinDeposits: [
    { denom: UACT, amount: 500_000n },
    { denom: UAKT, amount: 500_000n },
  ],
  minReclamationWindow: HOUR,
  maxReclamationWindow: 720n * HOUR,
};

const seconds = z
  .string()
  .regex(/^\d{1,10}s$/, 'a duration such as "3600s"')
  .transform((text) => BigInt(text.slice(0, -1)) * 1_000_000_000n);

const coin = z.object({
  denom: z.string(),
  amount: z.string().regex(/^\d+$/).transform(BigInt),
});

/** `market` of the genesis app state, named as the node's JSON is; what is left out has the node's default. */
const genesis = z.object({
  params: z
    .object({
      order_max_bids: z.number().int().min(1).max(500),
      bid_min_deposits: z.array(coin),
      min_reclamation_window: seconds,
      max_reclamation_window: seconds,
    })
    .partial()
    .default({}),
});

/** @throws ZodError naming the field */
export const initMarketParams = (context: Context, state: unknown): void => {
  const { params } = genesis.parse(state ?? {});
  const defaults = DEFAULT_MARKET_PARAMS;
  putMarketParams(context, {
    orderMaxBids: params.order_max_bids ?? defaults.orderMaxBids,
    bidMinDeposits: params.bid_min_deposits ?? defaults.bidMinDeposits,
    minReclamationWindow: params.min_reclamation_window ?? defaults.minReclamationWindow,
    maxReclamationWindow: params.max_reclamation_window ?? defaults.maxReclamationWindow,
  });
};

/** Bytes of `akash.market.v1beta5.Params`. */
export const encodeMarketParams = (params: MarketParams): Uint8Array => {
  const uakt = params.bidMinDeposits.find(({ denom }) => denom === UAKT);
  const proto = ProtoParams.fromPartial({
    bidMinDeposit: writeCoin(uakt ?? { denom: UAKT, amount: 0n }),
    orderMaxBids: params.orderMaxBids,
    bidMinDeposits: params.bidMinDeposits.map(writeCoin),
  });
  return withWindowBounds(
    ProtoParams.encode(proto).finish(),
    params.minReclamationWindow,
    params.maxReclamationWindow,
  );
};

export const putMarketParams = (context: Context, params: MarketParams): void => {
  context.store.set(KEY, encodeMarketParams(params));
};

/** The parameters in force; the node's defaults before genesis has set any. */
export const getMarketParams = (context: Context): MarketParams => {
  const bytes = context.store.get(KEY);
  if (bytes === undefined) return DEFAULT_MARKET_PARAMS;
  const proto = ProtoParams.decode(bytes);
  const { min, max } = windowBounds(bytes);
  return {
    orderMaxBids: proto.orderMaxBids,
    bidMinDeposits: proto.bidMinDeposits.map(({ denom, amount }) => ({
      denom,
      amount: BigInt(amount),
    })),
    minReclamationWindow: min,
    maxReclamationWindow: max,
  };
};
