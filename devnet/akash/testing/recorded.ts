/** Recordings of a real node (`test/recorded/`): transactions, what they left behind, block-level events. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TxBody, TxRaw } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { Event } from '../../kernel/module.js';
import type { AnyMessage } from './memory-chain.js';

const FOLDER = join(import.meta.dirname, '../../../test/recorded');

const read = (name: string): unknown => JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));

interface TxFile {
  readonly result: {
    readonly height: string;
    readonly tx: string;
    readonly tx_result: {
      readonly code: number;
      readonly codespace: string;
      readonly log: string;
      readonly data: string | null;
      readonly gas_used: string;
      readonly events: readonly Event[];
    };
  };
}

/** A recorded transaction: its messages as they were signed, and the events of its messages. */
export interface RecordedTx {
  readonly height: bigint;
  readonly messages: readonly AnyMessage[];
  readonly log: string;
  readonly events: readonly Event[];
}

const isOfMessage = (event: Event): boolean =>
  event.attributes.some(({ key }) => key === 'msg_index') &&
  !event.attributes.some(({ key }) => key === 'action');

/** Events without `msg_index` and `index`, which the kernel adds. */
const bare = (event: Event): Event => ({
  type: event.type,
  attributes: event.attributes
    .filter(({ key }) => key !== 'msg_index' && key !== 'mode')
    .map(({ key, value }) => ({ key, value })),
});

/** The recording `name` (`bid-create`), ante events left out. */
export const recordedTx = (name: string): RecordedTx => {
  const { result } = read(`${name}.tx.json`) as TxFile;
  const raw = TxRaw.decode(Buffer.from(result.tx, 'base64'));
  return {
    height: BigInt(result.height),
    messages: TxBody.decode(raw.bodyBytes).messages,
    log: result.tx_result.log,
    events: result.tx_result.events.filter(isOfMessage).map(bare),
  };
};

/** Events of the end of a recorded block, in order. */
export const recordedEndBlock = (name: string): readonly Event[] => {
  const { result } = read(`${name}.block_results.json`) as {
    readonly result: { readonly finalize_block_events: readonly Event[] | null };
  };
  return (result.finalize_block_events ?? [])
    .filter((event) =>
      event.attributes.some(({ key, value }) => key === 'mode' && value === 'EndBlock'),
    )
    .map(bare);
};

/** Akash events of the ends of the recorded blocks 30 to 50, by height. */
export const recordedAkashEvents = (): ReadonlyMap<bigint, readonly Event[]> => {
  const lines = readFileSync(join(FOLDER, 'finalize_block_akash_events.jsonl'), 'utf8');
  return new Map(
    lines
      .trim()
      .split('\n')
      .map((line) => {
        const block = JSON.parse(line) as {
          readonly height: string;
          readonly events: readonly Event[];
        };
        return [BigInt(block.height), block.events.map(bare)];
      }),
  );
};
