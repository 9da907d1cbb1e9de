/** Number and sequence of one account, as the chain has them. */
import type { ChainReader } from '../ports.js';

export class AccountState {
  readonly #reader: Pick<ChainReader, 'account'>;
  readonly #address: string;
  #number: Promise<bigint> | undefined;

  constructor(reader: Pick<ChainReader, 'account'>, address: string) {
    this.#reader = reader;
    this.#address = address;
  }

  /** Never changes, so it is read once. @throws ChainUnavailableError; AccountMissingError when the address was never funded */
  accountNumber(): Promise<bigint> {
    this.#number ??= this.#read().then(
      (a) => a.accountNumber,
      (error: unknown) => {
        this.#number = undefined;
        throw error;
      },
    );
    return this.#number;
  }

  /** The next sequence as committed; transactions in mempools are not in it. @throws as above */
  async committedSequence(): Promise<bigint> {
    return (await this.#read()).sequence;
  }

  async #read(): Promise<{ readonly accountNumber: bigint; readonly sequence: bigint }> {
    const account = await this.#reader.account(this.#address);
    if (account === undefined) throw new AccountMissingError(this.#address);
    return account;
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
