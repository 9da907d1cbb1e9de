/** Parameters of the burn and mint engine, fixed at genesis. */
import { Params } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { Coin as ProtoCoin } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { z } from 'zod';
import type { Coin } from '../../market/money.js';
import { UACT, writeCoin } from '../akash/coins.js';
import { withField } from '../akash/proto-fields.js';
import type { Context } from '../kernel/module.js';

const KEY = 'bme/params';
/** `Params.min_mint`, which the published SDK does not know. */
const MIN_MINT = 9;

/** Basis points are of one: 10000 is 1. */
export interface BmeParams {
  readonly warnBps: number;
  readonly haltBps: number;
  readonly minEpochBlocks: number;
  readonly mintSpreadBps: number;
  readonly settleSpreadBps: number;
  /** Least outcome of a mint; a smaller one is accepted and cancelled at the epoch. */
  readonly minMint: Coin;
}

/** The node's defaults, with epochs short enough to wait for. */
export const DEFAULT_BME_PARAMS: BmeParams = {
  warnBps: 9500,
  haltBps: 9000,
  minEpochBlocks: 10,
  mintSpreadBps: 25,
  settleSpreadBps: 0,
  minMint: { denom: UACT, amount: 10_000_000n },
};

const bps = z.number().int().min(0).max(10_000);

const genesis = z.object({
  params: z
    .object({
      circuit_breaker_warn_threshold: bps,
      circuit_breaker_halt_threshold: bps,
      min_epoch_blocks: z.number().int().min(1),
      mint_spread_bps: bps,
      settle_spread_bps: bps,
      min_mint_uact: z.string().regex(/^\d+$/).transform(BigInt),
    })
    .partial()
    .default({}),
  vault_uakt: z.string().regex(/^\d+$/).transform(BigInt).default(1_000_000_000_000_000n),
});

/** Genesis state of the module as read: parameters, and the uakt that back the outstanding uact. */
export interface BmeGenesis {
  readonly params: BmeParams;
  readonly vaultUakt: bigint;
}

/** Parses `{ params: { min_epoch_blocks, … }, vault_uakt }`. @throws ZodError naming the field */
export const parseBmeGenesis = (state: unknown): BmeGenesis => {
  const { params, vault_uakt: vaultUakt } = genesis.parse(state ?? {});
  const defaults = DEFAULT_BME_PARAMS;
  return {
    vaultUakt,
    params: {
      warnBps: params.circuit_breaker_warn_threshold ?? defaults.warnBps,
      haltBps: params.circuit_breaker_halt_threshold ?? defaults.haltBps,
      minEpochBlocks: params.min_epoch_blocks ?? defaults.minEpochBlocks,
      mintSpreadBps: params.mint_spread_bps ?? defaults.mintSpreadBps,
      settleSpreadBps: params.settle_spread_bps ?? defaults.settleSpreadBps,
      minMint: { denom: UACT, amount: params.min_mint_uact ?? defaults.minMint.amount },
    },
  };
};

/** Bytes of `akash.bme.v1.Params`. */
export const encodeBmeParams = (params: BmeParams): Uint8Array =>
  withField(
    Params.encode(
      Params.fromPartial({
        circuitBreakerWarnThreshold: params.warnBps,
        circuitBreakerHaltThreshold: params.haltBps,
        minEpochBlocks: params.minEpochBlocks,
        mintSpreadBps: params.mintSpreadBps,
        settleSpreadBps: params.settleSpreadBps,
      }),
    ).finish(),
    MIN_MINT,
    ProtoCoin.encode(writeCoin(params.minMint)).finish(),
  );

const text = { encode: new TextEncoder(), decode: new TextDecoder() };

export const putBmeParams = (context: Context, params: BmeParams): void => {
  const fields = { ...params, minMint: params.minMint.amount.toString() };
  context.store.set(KEY, text.encode.encode(JSON.stringify(fields)));
};

const stored = z.object({
  warnBps: z.number(),
  haltBps: z.number(),
  minEpochBlocks: z.number(),
  mintSpreadBps: z.number(),
  settleSpreadBps: z.number(),
  minMint: z.string().transform((amount) => ({ denom: UACT, amount: BigInt(amount) })),
});

/** The parameters in force. */
export const getBmeParams = (context: Context): BmeParams => {
  const bytes = context.store.get(KEY);
  return bytes === undefined
    ? DEFAULT_BME_PARAMS
    : stored.parse(JSON.parse(text.decode.decode(bytes)));
};
