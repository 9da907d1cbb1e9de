/** What a unit of gas costs: the configured price, raised for a while when a node asks for more. */
import { Decimal } from '../../market/money.js';
import type { Coin, DecCoin } from '../../market/money.js';
import type { ChainClock } from '../clock.js';
import { feeFor } from './gas.js';

/** A node that asks for more than this many times the configured price is not paid. */
const MAX_RAISE = new Decimal('10');
/** How long a raised price is kept before the configured one is tried again, milliseconds. */
const KEEP_MS = 10 * 60_000;
/** Without a figure in the refusal the price is raised by half. */
const BLIND_RAISE = new Decimal('1.5');

/** The fee that CheckTx wanted instead, by the words of the Cosmos SDK (x/auth/ante/validator_tx_fee.go). */
const requiredAmount = (log: string, denom: string): bigint | undefined => {
  const coins = /required: (.*?)(?::|$)/.exec(log)?.[1]?.split(',') ?? [];
  const coin = coins.find((c) => c.trim().endsWith(denom))?.trim();
  const digits = coin === undefined ? undefined : /^\d+/.exec(coin)?.[0];
  return digits === undefined ? undefined : BigInt(digits);
};

export class GasPrice {
  readonly #configured: DecCoin;
  readonly #clock: Pick<ChainClock, 'now'>;
  #raised: { readonly amount: Decimal; readonly until: number } | undefined;

  constructor(configured: DecCoin, clock: Pick<ChainClock, 'now'>) {
    this.#configured = configured;
    this.#clock = clock;
  }

  /** The smallest fee that pays `gas` at the present price. */
  fee(gas: bigint): Coin {
    return feeFor(gas, { denom: this.#configured.denom, amount: this.#amount() });
  }

  /** A node refused a fee for `gas` as too low. When it asks for more than is ever paid, nothing is raised. */
  wasNotEnough(gas: bigint, log: string): void {
    const required = requiredAmount(log, this.#configured.denom);
    const wanted =
      required === undefined
        ? this.#amount().times(BLIND_RAISE)
        : new Decimal(required.toString()).div(new Decimal(gas.toString()));
    if (wanted.gt(this.#configured.amount.times(MAX_RAISE))) return;
    if (wanted.gt(this.#amount())) {
      this.#raised = { amount: wanted, until: this.#clock.now() + KEEP_MS };
    }
  }

  #amount(): Decimal {
    if (this.#raised !== undefined && this.#raised.until < this.#clock.now()) {
      this.#raised = undefined;
    }
    return this.#raised?.amount ?? this.#configured.amount;
  }
}
