/** Keeps the exchange rates that decisions take: the chain's oracle first, then the sources that the operator configured. */
import { medianRate } from '../../bidengine/exchange-median.js';
import type { SourcePrice } from '../../bidengine/exchange-median.js';
import type { Asset, ExchangeRates } from '../../bidengine/exchange.js';
import type { ChainReader } from '../../chain/ports.js';
import { parseDecimal } from '../../market/money.js';
import type { Decimal } from '../../market/money.js';
import type { Clock } from '../clock.js';

/** A price over HTTP: JSON with the price somewhere in it. */
export interface HttpPriceSource {
  readonly name: string;
  readonly asset: Asset;
  readonly url: string;
  /** Keys on the way to the price, for example `["akash-network", "usd"]`. */
  readonly path: readonly string[];
}

export interface ExchangeSettings {
  readonly sources: readonly HttpPriceSource[];
  readonly maxAgeMs: number;
  readonly timeoutMs: number;
  /** US dollars per whole coin while no source is fresh. */
  readonly conservativeUsd: Readonly<Record<Asset, Decimal>>;
}

export interface ExchangeFeedDeps {
  readonly reader: Pick<ChainReader, 'exchange'>;
  readonly settings: ExchangeSettings;
  readonly clock: Pick<Clock, 'now'>;
  /** The body of a URL. @throws when there is none in time */
  readonly fetchText: (url: string, signal: AbortSignal) => Promise<string>;
  readonly onError: (source: string, error: unknown) => void;
}

const ORACLE = 'chain oracle';
/** JSON numbers of prices as text; exponents and signs are no price. */
const PRICE = /^\d{1,20}(\.\d{1,18})?$/;

/** The price at `path` of a JSON text. @throws Error saying what is there instead */
export const priceIn = (text: string, path: readonly string[]): Decimal => {
  let value: unknown = JSON.parse(text);
  for (const key of path) {
    value =
      typeof value === 'object' && value !== null
        ? (value as Record<string, unknown>)[key]
        : undefined;
  }
  const words = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  if (!PRICE.test(words)) throw new Error(`there is no price at ${path.join('.')}`);
  return parseDecimal(words);
};

export class ExchangeFeed {
  readonly #deps: ExchangeFeedDeps;
  readonly #last = new Map<string, SourcePrice>();

  constructor(deps: ExchangeFeedDeps) {
    this.#deps = deps;
  }

  /** Asks every source once. Never rejects: what a source does not say is missing, and told to `onError`. */
  async refresh(signal: AbortSignal): Promise<void> {
    const { reader, settings, fetchText } = this.#deps;
    await Promise.all([
      this.#ask(ORACLE, async () => (await reader.exchange()).aktUsd),
      ...settings.sources.map(({ name, url, path }) =>
        this.#ask(name, async () => {
          const limit = AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs)]);
          return priceIn(await fetchText(url, limit), path);
        }),
      ),
    ]);
  }

  /** The rates as of now. */
  rates(): ExchangeRates {
    return { akt: this.#rate('akt'), usdc: this.#rate('usdc') };
  }

  #rate(asset: Asset): ExchangeRates['akt'] {
    const { settings, clock } = this.#deps;
    const names = [
      ...(asset === 'akt' ? [ORACLE] : []),
      ...settings.sources.filter((s) => s.asset === asset).map((s) => s.name),
    ];
    const sources = names.map((name) => this.#last.get(name) ?? { name, usd: undefined, atMs: 0 });
    return medianRate(sources, clock.now(), settings.maxAgeMs, settings.conservativeUsd[asset]);
  }

  async #ask(name: string, read: () => Promise<Decimal | undefined>): Promise<void> {
    try {
      const usd = await read();
      // An oracle without a price is news; what it said before is not true any more.
      this.#last.set(name, { name, usd, atMs: this.#deps.clock.now() });
    } catch (error) {
      this.#deps.onError(name, error);
    }
  }
}
