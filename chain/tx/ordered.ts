/** The account's sequence, for ordered transactions, and one-at-a-time execution. */
import type { ChainReader } from '../ports.js';

/** Runs tasks one after the other, in the order of the calls. */
export class Serial {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task, task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}

/** Number and next sequence of one account; read from the chain when unknown. */
export class AccountState {
  readonly #reader: Pick<ChainReader, 'account'>;
  readonly #address: string;
  #number: bigint | undefined;
  #nextSequence: bigint | undefined;

  constructor(reader: Pick<ChainReader, 'account'>, address: string) {
    this.#reader = reader;
    this.#address = address;
  }

  /** @throws ChainUnavailableError; AccountMissingError when the address was never funded */
  async accountNumber(): Promise<bigint> {
    if (this.#number === undefined) await this.#read();
    return this.#number ?? 0n;
  }

  /** Takes the next sequence; throws as above. */
  async takeSequence(): Promise<bigint> {
    if (this.#nextSequence === undefined) await this.#read();
    const sequence = this.#nextSequence ?? 0n;
    this.#nextSequence = sequence + 1n;
    return sequence;
  }

  /** Forgets the sequence, so that the next one is read from the chain. */
  forgetSequence(): void {
    this.#nextSequence = undefined;
  }

  async #read(): Promise<void> {
    const account = await this.#reader.account(this.#address);
    if (account === undefined) throw new AccountMissingError(this.#address);
    this.#number = account.accountNumber;
    this.#nextSequence = account.sequence;
  }
}

/** The chain has no such account: it comes into being with its first coins. */
export class AccountMissingError extends Error {
  readonly address: string;
  constructor(address: string) {
    super(`account ${address} does not exist on chain: fund it first`);
    this.name = 'AccountMissingError';
    this.address = address;
  }
}

export const isAccountMissing = (error: unknown): error is AccountMissingError =>
  error instanceof AccountMissingError;
