/** One question about an order, asked of plain data. */
import type { Reason } from '../../market/reasons.js';
import type { DecideInput } from '../input.js';
import type { Quote } from '../strategy.js';

export interface Check {
  /** Sentence-like name for explanations: `provider attributes are met`. */
  readonly name: string;
  /** `undefined` when the order passes. Never throws, whatever the order holds. */
  readonly run: (input: DecideInput) => Reason | undefined;
}

/** A question that needs the price; asked only of orders that have one. */
export interface PricedCheck {
  readonly name: string;
  readonly run: (input: DecideInput, quote: Quote) => Reason | undefined;
}
