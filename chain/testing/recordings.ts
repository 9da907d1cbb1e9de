/** The recordings of a real node, read from `test/recorded`; for tests only. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../test/recorded');

/** Names of the recordings that end in `suffix`, without it. */
export const recordingNames = (suffix: string): readonly string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .toSorted();

export const readRecording = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

/** A recorded `/tx` answer. */
export interface RecordedTx {
  readonly result: {
    readonly hash: string;
    readonly height: string;
    /** base64 */
    readonly tx: string;
    readonly tx_result: {
      readonly code: number;
      readonly codespace: string;
      readonly gas_used: string;
      readonly gas_wanted: string;
      readonly log: string;
    };
  };
}

export const recordedTx = (name: string): RecordedTx =>
  JSON.parse(readRecording(`${name}.tx.json`)) as RecordedTx;

export const recordedTxBytes = (name: string): Uint8Array =>
  Uint8Array.from(Buffer.from(recordedTx(name).result.tx, 'base64'));
