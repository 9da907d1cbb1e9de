/** What the outcomes of transactions teach about this chain: gas, its price, and whether unordered transactions are taken. */
import type { DecCoin } from '../../market/money.js';
import type { ChainClock } from '../clock.js';
import type { SignedTx, TxOutcome } from '../ports.js';
import { GasBook } from './gas-book.js';
import type { GasTable } from './gas.js';
import { GasPrice } from './gas-price.js';
import { isSdk, SDK } from './sdk-codes.js';
import type { MadeTx } from './tx-maker.js';

export class Lessons {
  readonly gas: GasBook;
  readonly price: GasPrice;
  #unorderedRefused = false;
  #unorderedWorks = false;

  constructor(gasPrice: DecCoin, clock: Pick<ChainClock, 'now'>, table: GasTable) {
    this.gas = new GasBook(table);
    this.price = new GasPrice(gasPrice, clock);
  }

  /** The chain has refused unordered transactions as such: from then on all are ordered. */
  get unorderedRefused(): boolean {
    return this.#unorderedRefused;
  }

  /** @param made what is known of a transaction that was signed here */
  learn(tx: SignedTx, made: MadeTx | undefined, outcome: TxOutcome): void {
    if (made !== undefined) this.#learnCosts(made, outcome);
    if (tx.timeoutNs !== undefined) this.#learnMode(outcome);
  }

  #learnCosts({ sizes, gasLimit }: MadeTx, outcome: TxOutcome): void {
    if (outcome.status === 'included' && outcome.code === 0) {
      this.gas.wasEnough(sizes, outcome.gasUsed);
    }
    if (isSdk(outcome, SDK.outOfGas)) this.gas.wasNotEnough(sizes, gasLimit);
    if (outcome.status === 'rejected' && isSdk(outcome, SDK.insufficientFee)) {
      this.price.wasNotEnough(gasLimit, outcome.log);
    }
  }

  #learnMode(outcome: TxOutcome): void {
    if (outcome.status === 'included') this.#unorderedWorks = true;
    else if (isSdk(outcome, SDK.notSupported)) this.#unorderedRefused = true;
    else if (isSdk(outcome, SDK.txDecode) && !this.#unorderedWorks) this.#unorderedRefused = true;
  }
}
