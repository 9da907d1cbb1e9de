/** The verb `deploy` and its options. */
import type { Command } from 'commander';
import { deploy } from '../commands/deploy.js';
import { misused } from '../failure.js';
import { readAccept, readCoin, readDseq, readDuration, readSdlFile, readUsd } from '../input.js';
import { feeReserve } from '../wiring.js';
import type { Wire } from '../wiring.js';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const BLOCKS_PATTERN = /^\d{1,3}$/;

const readBlocks = (value: string): number => {
  if (BLOCKS_PATTERN.test(value)) return Number(value);
  throw misused('BlocksInvalid', `--settle takes a number of blocks, got "${value}"`, {
    field: 'settle',
  });
};

/** Adds it. */
export const addDeploy = (program: Command, wire: Wire): void => {
  program
    .command('deploy <file>')
    .description(
      'create a deployment from an SDL, choose a bid, and wait until its services are ready',
    )
    .option('--deposit <amount>', 'what is locked on chain to pay the lease from', '5000000uact')
    .option('--accept <which>', 'take a bid without asking: "cheapest" or a provider\'s address')
    .option('--bid-wait <time>', 'how long to wait for acceptable bids', '60s')
    .option('--settle <blocks>', 'blocks to wait for better bids once there is one', '2')
    .option('--max-usd-per-hour <usd>', 'take no bid above this')
    .option('--timeout <time>', 'how long the services may take to become ready', '600s')
    .option('--dseq <number>', 'deployment sequence to use, or to go on with')
    .option('--keep', 'leave the deployment open when nothing acceptable bids')
    .action(async (file: string, options: Readonly<Record<string, unknown>>, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const { accept, dseq, maxUsdPerHour } = options;
      const request = {
        file,
        deposit: readCoin(text(options['deposit']) ?? '', 'deposit'),
        accept: typeof accept === 'string' ? readAccept(accept) : undefined,
        bidWaitMs: readDuration(text(options['bidWait']) ?? '', 'bid-wait'),
        settleBlocks: readBlocks(text(options['settle']) ?? ''),
        maxUsdPerHour:
          typeof maxUsdPerHour === 'string'
            ? readUsd(maxUsdPerHour, 'max-usd-per-hour')
            : undefined,
        timeoutMs: readDuration(text(options['timeout']) ?? '', 'timeout'),
        dseq: typeof dseq === 'string' ? readDseq(dseq) : undefined,
        keep: options['keep'] === true,
        feeReserve: feeReserve(wiring.globals),
        sdl: await readSdlFile(file, () => wiring.stdin()),
      };
      const ctx = await wiring.tenant();
      if (request.accept === undefined && !ctx.terminal.canAsk) {
        if (!wiring.globals.yes) {
          throw misused('AcceptMissing', 'there is no terminal to ask which bid to take', {
            field: 'accept',
            next: 'Say --accept cheapest, --accept PROVIDER, or --yes for the cheapest.',
          });
        }
        request.accept = 'cheapest';
      }
      await deploy(ctx, request);
    });
};
