/**
 * The strategy port: who names the price once placement has chosen the exact devices. Price books, price scripts, `scale` and
 * whatever learns are strategies; `decide` and the backtest drive them all the same way, and guard the order's maximum
 * themselves. Pure: a strategy keeps no hidden state, and what it learns comes out as its successor.
 */
import type { GpuModel } from '../market/gpu.js';
import type { DecCoin, Decimal } from '../market/money.js';
import type { Reason } from '../market/reasons.js';
import type { Order } from '../market/records.js';
import type { UnitDemand } from './demand.js';
import type { ExchangeRates } from './exchange.js';
import type { Placement, PriceTerm } from './input.js';
import type { InventorySnapshot } from './snapshot.js';

/** What a strategy knows before the group is placed. */
export interface MarketInput {
  readonly order: Order;
  /** As it was before this order; reservations included. */
  readonly snapshot: InventorySnapshot;
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** Measured milliseconds between blocks, above 0. */
  readonly blockTimeMs: number;
  readonly exchange: ExchangeRates;
}

/** And after. */
export interface PricingInput extends MarketInput {
  readonly placement: Placement;
  /** The GPU each unit got, by unit id; units without GPUs are not in it. */
  readonly models: ReadonlyMap<number, GpuModel>;
}

/** An asking price for the whole group. */
export interface Quote {
  /** Per block, in the order's denomination, rounded as the chain takes it. */
  readonly price: DecCoin;
  /** The price before rounding, in the same coin: an order's maximum is compared with both. */
  readonly exact: Decimal;
  /** What `price` is at the block time of the input. */
  readonly usdPerHour: Decimal;
  /** How it came about; may be empty for a strategy that does not tell. */
  readonly breakdown: readonly PriceTerm[];
  /** Set when a floor raised the price, with the floor as a sentence. */
  readonly raisedTo?: string | undefined;
  /** Name of the price book, script or strategy that set the price. */
  readonly policy: string;
  /** What the strategy itself has against selling at this price, such as its ceiling; empty for a price it stands by. */
  readonly objections: readonly Reason[];
}

export type PriceOutcome =
  | { readonly ok: true; readonly quote: Quote }
  /** Reasons with codes of `reasons.ts`; never empty. */
  | { readonly ok: false; readonly reasons: readonly Reason[] };

/** How one of our bids ended, for strategies that learn. */
export interface BidOutcome {
  readonly order: Order;
  readonly price: DecCoin;
  readonly result: 'won' | 'lost' | 'expired';
  /** The price that won, where it is known. */
  readonly winningPrice?: DecCoin | undefined;
}

export interface PricingStrategy {
  readonly name: string;
  /**
   * What a whole GPU of `gpu` is worth per hour to a replica of `unit`, `undefined` when it may not be sold. An order that leaves
   * the model open gets the least valuable one that fits.
   */
  worth(gpu: GpuModel, input: MarketInput, unit: UnitDemand): Decimal | undefined;
  /** Whether a dearer model may still give a cheaper price, so that other placements are tried after a refusal. */
  readonly pricesVaryByModel: boolean;
  /** The asking price. Never throws for what an order may hold. */
  price(input: PricingInput): PriceOutcome;
  /** The strategy that knows this outcome too; left out by strategies that do not learn. */
  learn?(outcome: BidOutcome): PricingStrategy;
}
