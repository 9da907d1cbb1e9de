/** The whole application in process, on a database in memory, with keys of ours; blocks come when a test says so. */
import {
  BaseAccount,
  QueryAccountRequest,
  QueryAccountResponse,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { Decimal } from '../../market/money.js';
import { createApplication } from '../app.js';
import type { Application, BlockOutcome } from '../kernel/application.js';
import { StateDatabase } from '../kernel/database.js';
import type { BlockTime } from '../kernel/module.js';
import type { TxOutcome } from '../kernel/run-tx.js';
import { fromNanos, toNanos } from '../kernel/time.js';
import { keyOfNumber, signTx, type TestKey, type TestTx } from './sign.js';

export const TEST_CHAIN_ID = 'test-1';

/** 2026-11-23T09:00:51.42008216Z: a time whose nanoseconds end in zeros. */
export const TEST_TIME: BlockTime = { seconds: 1_795_424_451n, nanos: 420_082_160 };

export interface TestChainOptions {
  /** Genesis sections by module, over the balances. */
  readonly sections?: Readonly<Record<string, unknown>>;
  /** uakt per gas; default 0.025. */
  readonly minGasPrice?: string;
  /** How many past heights answer queries; default 5. */
  readonly keepHeights?: number;
}

/** A chain whose keys 0 to 4 have a million AKT and ACT each, under account numbers 0 to 4. */
export class TestChain {
  readonly app: Application;
  readonly database: StateDatabase;
  #height = 0n;
  #time = TEST_TIME;

  constructor({ sections = {}, minGasPrice = '0.025', keepHeights = 5 }: TestChainOptions = {}) {
    this.database = new StateDatabase(':memory:', keepHeights);
    this.app = createApplication(this.database, new Decimal(minGasPrice));
    const coins = ['uact', 'uakt'].map((denom) => ({ denom, amount: '1000000000000' }));
    const balances = [0, 1, 2, 3, 4].map((n) => ({ address: keyOfNumber(n).address, coins }));
    const appState = new TextEncoder().encode(JSON.stringify({ bank: { balances }, ...sections }));
    this.app.initChain({
      chainId: TEST_CHAIN_ID,
      time: TEST_TIME,
      consensusParams: undefined,
      appState,
    });
    this.block([], 0n);
  }

  get height(): bigint {
    return this.#height;
  }

  /** Time of the last block. */
  get time(): BlockTime {
    return this.#time;
  }

  key(n: number): TestKey {
    return keyOfNumber(n);
  }

  /** The account as `Query/Account` answers. @throws Error with the log when there is none */
  account(address: string): BaseAccount {
    const request = QueryAccountRequest.encode({ address }).finish();
    const answer = this.app.query('/cosmos.auth.v1beta1.Query/Account', request, 0n);
    if (answer.code !== 0) throw new Error(answer.log);
    const { account } = QueryAccountResponse.decode(answer.value);
    return BaseAccount.decode(account?.value ?? new Uint8Array());
  }

  /** Signs for this chain with key and account number `n`. */
  sign(
    n: number,
    tx: Omit<TestTx, 'key' | 'chainId' | 'accountNumber'> & Partial<TestTx>,
  ): Uint8Array {
    return signTx({ key: keyOfNumber(n), chainId: TEST_CHAIN_ID, accountNumber: BigInt(n), ...tx });
  }

  check(tx: Uint8Array): TxOutcome {
    return this.app.checkTx(tx, 'check');
  }

  /** Decides and commits a block `nanosLater` than the last. */
  block(txs: readonly Uint8Array[], nanosLater = 1_000_000_000n): BlockOutcome {
    this.#height += 1n;
    this.#time = fromNanos(toNanos(this.#time) + nanosLater);
    const outcome = this.app.finalizeBlock({ height: this.#height, time: this.#time, txs });
    this.app.commit();
    return outcome;
  }

  /** Puts one transaction into a block. */
  deliver(tx: Uint8Array): TxOutcome {
    const outcome = this.block([tx]).txs[0];
    if (outcome === undefined) throw new Error('a block of one transaction has one result');
    return outcome;
  }
}
