/** Who names prices and what coins are worth: the operator's settings, checked at the edge. */
import { z } from 'zod';
import { parseDecimal } from '../../market/money.js';
import type { ExchangeSettings } from './exchange-feed.js';

const decimal = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,18})?$/, 'must be a decimal in quotes such as "0.004"');
const usd = decimal.refine((text) => /[1-9]/.test(text), 'must be above 0');

/** `policy`: the PricingPolicy objects. The others are for those who come from the Akash provider. */
export const pricingSchema = z
  .discriminatedUnion('strategy', [
    z.strictObject({ strategy: z.literal('policy') }),
    z.strictObject({
      strategy: z.literal('script'),
      /** The price script: an executable file. */
      path: z.string().min(1),
      processLimit: z.number().int().min(1).max(1_000).default(32),
      timeoutMs: z.number().int().min(10).default(10_000),
      /** How long an answer counts. */
      keepMs: z.number().int().min(1_000).default(60_000),
    }),
    z.strictObject({
      strategy: z.literal('scale'),
      /** Per milli-CPU, MiB, endpoint and address, in smallest units of the order's coin per block. */
      cpu: decimal.default('0'),
      memory: decimal.default('0'),
      /** Such as `0.1,beta2=0.2`. */
      storage: z.string().default('0'),
      endpoint: decimal.default('0'),
      ip: decimal.default('0'),
    }),
  ])
  .default({ strategy: 'policy' });

/** Sources beside the chain's oracle are asked only when they are listed here. */
export const exchangeSchema = z
  .strictObject({
    /** How often prices are asked for. */
    refreshMs: z.number().int().min(10).default(60_000),
    /** A price that is older does not count. */
    maxAgeMs: z.number().int().min(1_000).default(600_000),
    /** How long a source may take to answer. */
    timeoutMs: z.number().int().min(10).default(5_000),
    /** Beside the chain's oracle: a URL that answers JSON, and the path of the price in it. */
    sources: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          asset: z.enum(['akt', 'usdc']),
          url: z.url(),
          path: z.array(z.string()).max(16),
        }),
      )
      .max(16)
      .default([]),
    /** US dollars per coin for valuing fees and deposits while no source is fresh; never for a price. */
    conservativeAktUsd: usd.default('5'),
    /** The same for bridged USDC. */
    conservativeUsdcUsd: usd.default('1.1'),
  })
  .prefault({});

export type PricingConfig = z.infer<typeof pricingSchema>;
export type ExchangeConfig = z.infer<typeof exchangeSchema>;

/** The settings with their amounts read. */
export const exchangeSettings = ({
  conservativeAktUsd,
  conservativeUsdcUsd,
  ...settings
}: ExchangeConfig): ExchangeSettings => ({
  ...settings,
  conservativeUsd: {
    akt: parseDecimal(conservativeAktUsd),
    usdc: parseDecimal(conservativeUsdcUsd),
  },
});
