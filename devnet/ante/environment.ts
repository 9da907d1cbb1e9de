/** What the checks before a transaction's messages need to know. */
import type { Decimal } from '../../market/money.js';
import type { Context } from '../kernel/module.js';
import type { Tx } from '../kernel/tx/decode.js';

/** Why the transaction is looked at: entering the mempool, staying there, in a block, or for its gas only. */
export type Mode = 'check' | 'recheck' | 'finalize' | 'simulate';

export interface AnteEnvironment {
  readonly context: Context;
  readonly tx: Tx;
  /** Length of the transaction's bytes. */
  readonly size: number;
  /** Addresses that must sign: the messages' signers in order, then the fee payer when it is another. */
  readonly signers: readonly string[];
  readonly mode: Mode;
  /** uakt per gas; only the mempool asks for it. */
  readonly minGasPriceUakt: Decimal;
  readonly unorderedEnabled: boolean;
}
