/** What is known of each live lease's money, by lease name; the funds loop fills it, lease status shows it. A cache. */
import type { ComputeLeaseStatus, Withdrawal } from '../../crds/generated/types.js';

export interface LeaseMoney {
  readonly earnedUact: string;
  readonly withdrawnUact: string;
  readonly escrow: NonNullable<ComputeLeaseStatus['escrow']>;
  /** How long the escrow pays, at the present rates of the whole deployment. */
  readonly outlook: 'Lasts' | 'RunningOut' | 'Empty';
  /** First height that is not paid in full, `undefined` when nothing draws on the account. */
  readonly runOutHeight: bigint | undefined;
  /** Owed for the blocks so far and nowhere to be found on chain, whole uact; 0 while the books agree. */
  readonly missingUact: bigint;
}

export class FundsBook {
  readonly #money = new Map<string, LeaseMoney>();
  readonly #withdrawals = new Map<string, Withdrawal>();

  set(name: string, money: LeaseMoney): void {
    this.#money.set(name, money);
  }

  get(name: string): LeaseMoney | undefined {
    return this.#money.get(name);
  }

  all(): readonly LeaseMoney[] {
    return [...this.#money.values()];
  }

  noteWithdrawal(name: string, withdrawal: Withdrawal): void {
    this.#withdrawals.set(name, withdrawal);
  }

  lastWithdrawal(name: string): Withdrawal | undefined {
    return this.#withdrawals.get(name);
  }

  /** Forgets every lease that is not among the live ones: one may have ended while its money was being counted. */
  retain(live: ReadonlySet<string>): void {
    for (const name of [...this.#money.keys(), ...this.#withdrawals.keys()])
      if (!live.has(name)) this.forget(name);
  }

  forget(name: string): void {
    this.#money.delete(name);
    this.#withdrawals.delete(name);
  }
}
