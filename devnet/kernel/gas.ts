/** Gas meters. Prices of store access are in `gas-store.ts`. */
import { AppError, type GasMeter } from './module.js';

/** The largest uint64: what an unlimited meter reports as its limit, as the SDK does. */
export const UNLIMITED_GAS = 2n ** 64n - 1n;

/** A meter that refuses once `limit` is passed. */
export class LimitedGasMeter implements GasMeter {
  readonly limit: bigint;
  #used = 0n;

  constructor(limit: bigint) {
    this.limit = limit;
  }

  get used(): bigint {
    return this.#used;
  }

  consume(amount: bigint, what: string): void {
    this.#used += amount;
    if (this.#used > this.limit) {
      throw new AppError(
        'sdk',
        11,
        `out of gas in location: ${what}; gasWanted: ${this.limit}, gasUsed: ${this.#used}: out of gas`,
      );
    }
  }
}

/** A meter that only counts: simulation, queries, genesis and block ends. */
export const unlimitedGas = (): GasMeter => new LimitedGasMeter(UNLIMITED_GAS);

const OUT_OF_GAS = 11;

/** Whether a refusal came from a gas meter; such a one is passed on without further words. */
export const isOutOfGas = (error: AppError): boolean =>
  error.codespace === 'sdk' && error.code === OUT_OF_GAS;
