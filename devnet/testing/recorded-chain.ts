/**
 * The recorded chain (`local-1`) in process: the whole application on a database in memory, with the recorded accounts
 * under their real account numbers, so that the recorded signed bytes run as they are.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decimal } from '../../market/money.js';
import { createApplication } from '../app.js';
import type { Application, BlockOutcome } from '../kernel/application.js';
import { StateDatabase } from '../kernel/database.js';
import type { BlockTime, Event } from '../kernel/module.js';
import type { TxOutcome } from '../kernel/run-tx.js';
import { decodeTx } from '../kernel/tx/decode.js';

const FOLDER = join(import.meta.dirname, '../../test/recorded');

/** Chain id the recordings were signed for. */
export const RECORDED_CHAIN_ID = 'local-1';

/** Who signed, in the order of their account numbers; number 0 was the validator's. */
export const RECORDED_ACCOUNTS = {
  validator: 'akash1l9c5lvlygkplyg72g5x4c377tx9vcz07pkh6ky',
  provider: 'akash19h7kcru96wkylecd2vswv9eph6e58fnmk4fna5',
  tenant: 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u',
  holder: 'akash1kkw82le3shqhjeh8yawe9w98u6ct7v2dre4j8j',
  coldProvider: 'akash1s4wrgsqshl6sp2sswpggsjdv7vxy3w44tlwufw',
  hotKey: 'akash1z2une2l5n0l0pzalc0e8p7uqtu033n2pmhu9j3',
} as const;

/** A recording of `/tx`. */
export interface RecordedTx {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly height: bigint;
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  /** Base64, or `null` when there is none. */
  readonly data: string | null;
  readonly gasWanted: bigint;
  readonly gasUsed: bigint;
  readonly events: readonly Event[];
}

interface TxFile {
  readonly result: {
    readonly height: string;
    readonly tx: string;
    readonly tx_result: {
      readonly code: number;
      readonly codespace: string;
      readonly log: string;
      readonly data: string | null;
      readonly gas_wanted: string;
      readonly gas_used: string;
      readonly events: readonly Event[];
    };
  };
}

export const recordedTx = (name: string): RecordedTx => {
  const file = JSON.parse(readFileSync(join(FOLDER, `${name}.tx.json`), 'utf8')) as TxFile;
  const { height, tx, tx_result: result } = file.result;
  return {
    name,
    bytes: new Uint8Array(Buffer.from(tx, 'base64')),
    height: BigInt(height),
    code: result.code,
    codespace: result.codespace,
    log: result.log,
    data: result.data,
    gasWanted: BigInt(result.gas_wanted),
    gasUsed: BigInt(result.gas_used),
    events: result.events.map(({ type, attributes }) => ({
      type,
      attributes: attributes.map(({ key, value }) => ({ key, value })),
    })),
  };
};

/** When the recorded chain began, Unix seconds; its blocks were a second apart. */
const GENESIS_SECONDS = 1_795_422_884n;
const SECONDS_BEFORE_TIMEOUT = 30n;

/** A time at which `bytes` were valid: by height, or shortly before an unordered transaction's timeout. */
const timeFor = ({ bytes, height }: RecordedTx): BlockTime => {
  const timeout = decodeTx(bytes).timeoutTimestamp;
  return timeout === undefined
    ? { seconds: GENESIS_SECONDS + height, nanos: 0 }
    : { seconds: timeout.seconds - SECONDS_BEFORE_TIMEOUT, nanos: 0 };
};

export class RecordedChain {
  readonly app: Application;

  /** @param sections genesis sections by module, over the recorded chain's */
  constructor(sections: Readonly<Record<string, unknown>> = {}) {
    this.app = createApplication(new StateDatabase(':memory:', 10), new Decimal('0.0025'));
    const coins = ['uact', 'uakt'].map((denom) => ({ denom, amount: '1000000000000' }));
    const balances = Object.values(RECORDED_ACCOUNTS).map((address) => ({ address, coins }));
    const appState = new TextEncoder().encode(JSON.stringify({ bank: { balances }, ...sections }));
    const time = { seconds: GENESIS_SECONDS, nanos: 0 };
    this.app.initChain({ chainId: RECORDED_CHAIN_ID, time, consensusParams: undefined, appState });
    this.block({ height: 1n, time, txs: [] });
  }

  /** Decides and commits one block. */
  block(block: Parameters<Application['finalizeBlock']>[0]): BlockOutcome {
    const outcome = this.app.finalizeBlock(block);
    this.app.commit();
    return outcome;
  }

  /** Puts the recorded bytes into a block of the recorded height. */
  replay(recorded: RecordedTx): TxOutcome {
    const time = timeFor(recorded);
    const outcome = this.block({ height: recorded.height, time, txs: [recorded.bytes] }).txs[0];
    if (outcome === undefined) throw new Error('a block of one transaction has one result');
    return outcome;
  }

  /** Moves the chain to the time and height at which `recorded` was valid, with an empty block. */
  moveBefore(recorded: RecordedTx): void {
    this.block({ height: recorded.height - 1n, time: timeFor(recorded), txs: [] });
  }
}
