/** The verb `record`. */
import type { Command } from 'commander';
import { parseUint64 } from '../../market/ids.js';
import { recordBook } from '../commands/record.js';
import { misused } from '../failure.js';
import { readDuration } from '../input.js';
import type { Wire } from '../wiring.js';

interface Options {
  readonly out?: string;
  readonly rpc?: string;
  readonly from?: string;
  readonly until?: string;
  readonly once?: boolean;
  readonly poll: string;
}

const height = (text: string | undefined, field: string): bigint | undefined =>
  text === undefined ? undefined : parseUint64(text, field);

/** Adds it. */
export const addRecord = (program: Command, wire: Wire): void => {
  program
    .command('record')
    .description('write the order book of a chain to a file, for backtests; resumable')
    .option('--out <file>', 'JSON lines, gzip; one that exists is gone on with')
    .option('--rpc <url>', 'RPC URL of any node, the same as --node')
    .option('--from <height>', 'first block; from now on when left out')
    .option('--until <height>', 'last block; until Ctrl-C when left out')
    .option('--once', 'stop at the newest block')
    .option('--poll <time>', 'pause between two looks at the height', '2s')
    .action(async (options: Options, command: Command) => {
      const { rpc, out } = options;
      const globals: Readonly<Record<string, unknown>> = command.optsWithGlobals();
      const wiring = wire(rpc === undefined ? globals : { ...globals, node: [rpc] });
      if (out === undefined)
        throw misused('OptionMissing', '--out is needed: the file to write', { field: 'out' });
      await recordBook(wiring.past(), {
        out,
        from: height(options.from, 'from'),
        until: height(options.until, 'until'),
        once: options.once === true,
        pollMs: readDuration(options.poll, 'poll'),
      });
    });
};
