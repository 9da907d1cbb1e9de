/**
 * What coins are worth in US dollars, as an input of decisions. Prices are quoted in uact, and one ACT is one US dollar by
 * protocol, so nothing here touches them. AKT is only needed to value fees, deposits and reserves, and, with bridged USDC,
 * where an order on chain is priced in it.
 */
import { Decimal } from '../market/money.js';

/** Coins whose price can change. */
export type Asset = 'akt' | 'usdc';

/** US dollars per whole coin (a million smallest units), or why nobody knows. */
export type ExchangeRate =
  | {
      readonly status: 'fresh';
      readonly usd: Decimal;
      /** Age of the oldest source that counted, milliseconds. */
      readonly ageMs: number;
      /** Names of the sources that counted. */
      readonly sources: readonly string[];
    }
  | {
      readonly status: 'stale';
      /** One sentence: which sources were asked and what they lacked. */
      readonly why: string;
      /**
       * The operator's stated rate for valuing what is spent, and never for a price. The higher it is, the dearer our own
       * fees and deposits look: that is the careful side.
       */
      readonly conservativeUsd: Decimal;
    };

/** Every rate that a decision may need. */
export interface ExchangeRates {
  readonly akt: ExchangeRate;
  readonly usdc: ExchangeRate;
}

const UACT = new Decimal('1');

/** Which coin a denomination on chain counts; `act` needs no rate. Source of the two bridged ones: provider-wire 1.7. */
const ASSETS: Readonly<Record<string, Asset | 'act'>> = {
  uact: 'act',
  uakt: 'akt',
  'ibc/170C677610AC31DF0904FFE09CD3B5C657492170E7E52372E48756B71E56F2F1': 'usdc',
  'ibc/12C6A0C374171B595A0A9E18B83FA09D295FB1F2D8C6DAA3AC28683471752D84': 'usdc',
};

/** The coin of a denomination, `undefined` for one that we do not sell for. */
export const assetOf = (denom: string): Asset | 'act' | undefined => ASSETS[denom];

/** US dollars per whole coin for a price; `undefined` when the rate is stale, because a price is never guessed. */
export const priceRate = (rates: ExchangeRates, asset: Asset | 'act'): Decimal | undefined => {
  if (asset === 'act') return UACT;
  const rate = rates[asset];
  return rate.status === 'fresh' ? rate.usd : undefined;
};

/** US dollars per whole coin for valuing what we spend; falls back on the stated careful rate. */
export const valueRate = (rates: ExchangeRates, asset: Asset | 'act'): Decimal => {
  if (asset === 'act') return UACT;
  const rate = rates[asset];
  return rate.status === 'fresh' ? rate.usd : rate.conservativeUsd;
};
