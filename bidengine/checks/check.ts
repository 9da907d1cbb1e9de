/** One question about an order, asked of plain data. */
import type { Reason } from '../../market/reasons.js';
import type { DecideInput } from '../input.js';

export interface Check {
  /** Sentence-like name for explanations: `provider attributes are met`. */
  readonly name: string;
  /** `undefined` when the order passes. Never throws, whatever the order holds. */
  readonly run: (input: DecideInput) => Reason | undefined;
}
