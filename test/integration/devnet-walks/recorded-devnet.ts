/**
 * The recorded chain on real consensus: a devnet of the same chain id whose accounts have the recorded addresses and
 * numbers, so that the recorded signed bytes are valid as they are; each is sent in time for its recorded block.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { DEVNET_ACCOUNTS, type DevnetAccount } from '../../../devnet/accounts.js';
import { priceEntry } from '../../../devnet/oracle/testing/price-entry.js';
import { RECORDED_ACCOUNTS, RECORDED_CHAIN_ID } from '../../../devnet/testing/recorded-chain.js';
import { DevnetHarness, rpc } from '../devnet/harness.js';
import type { BlockAnswer, Frame, TxAnswer } from './recording.js';
import { Subscriptions } from './subscriptions.js';

/** Long enough for a busy machine to see a block and send the next transaction. */
const BLOCK_TIME_MS = 800;
const POLL_MS = 10;

/** Thrown when this machine was too slow to get a transaction into its recorded block. */
export class MissedBlockError extends Error {
  constructor(height: bigint) {
    super(`block ${height} was decided before its transaction was sent`);
    this.name = 'MissedBlockError';
  }
}

const FEEDER = DEVNET_ACCOUNTS.auditor;

/** Height of the recorded chain's first price, from which its mint epochs count. */
const FIRST_PRICE = 4n;

const accounts = (): readonly DevnetAccount[] => [
  ...Object.entries(RECORDED_ACCOUNTS).map(([name, address]) => ({ ...FEEDER, name, address })),
  FEEDER,
];

export class RecordedDevnet {
  readonly harness: DevnetHarness;
  readonly #subscriptions: Subscriptions;

  private constructor(harness: DevnetHarness, subscriptions: Subscriptions) {
    this.harness = harness;
    this.#subscriptions = subscriptions;
  }

  /** Starts the chain, subscribes as the recorder did, and reports the first price in its block. */
  static async start(): Promise<RecordedDevnet> {
    const harness = await DevnetHarness.start({
      chainId: RECORDED_CHAIN_ID,
      blockTimeMs: BLOCK_TIME_MS,
      accounts: accounts(),
      genesis: { oracle: { akt_usd: null, sources: [FEEDER.address] } },
    });
    try {
      const subscriptions = await Subscriptions.open(harness.devnet.rpcUrl);
      const chain = new RecordedDevnet(harness, subscriptions);
      await chain.#reportPrice();
      return chain;
    } catch (error) {
      await harness.end();
      throw error;
    }
  }

  async end(): Promise<void> {
    this.#subscriptions.close();
    await this.harness.end();
  }

  /** All frames so far. */
  get frames(): readonly Frame[] {
    return this.#subscriptions.frames;
  }

  /** Sends recorded bytes so that they land in block `height`. @throws MissedBlockError */
  async sendFor(height: bigint, tx: Uint8Array): Promise<void> {
    await this.#waitBefore(height);
    const { code, log } = await this.harness.broadcast(tx);
    if (code !== 0) throw new Error(`CheckTx refused: ${log}`);
    if ((await this.harness.height()) >= height) throw new MissedBlockError(height);
  }

  async tx(hash: string): Promise<TxAnswer> {
    const asked = Buffer.from(hash, 'hex').toString('base64');
    return rpc<TxAnswer>(this.harness.devnet.rpcUrl, 'tx', { hash: asked });
  }

  async block(height: string): Promise<BlockAnswer> {
    return rpc<BlockAnswer>(this.harness.devnet.rpcUrl, 'block_results', { height });
  }

  async #waitBefore(height: bigint): Promise<void> {
    for (;;) {
      const now = await this.harness.height();
      if (now >= height) throw new MissedBlockError(height);
      if (now === height - 1n) return;
      await delay(POLL_MS);
    }
  }

  async #reportPrice(): Promise<void> {
    const seconds = BigInt(Math.floor(Date.now() / 1000)) - 5n;
    const message = priceEntry(FEEDER.address, 10n ** 18n, seconds);
    const tx = await this.harness.sign(await this.harness.key('auditor'), { messages: [message] });
    await this.sendFor(FIRST_PRICE, tx);
  }
}
