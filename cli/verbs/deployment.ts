/** The verbs for deployments that exist: `status`, `leases`, `close`, `update`, `deposit`. */
import type { Command } from 'commander';
import { close } from '../commands/close.js';
import { deposit } from '../commands/deposit.js';
import { leases } from '../commands/leases.js';
import { status } from '../commands/status.js';
import { update } from '../commands/update.js';
import { readCoin, readDseq, readDuration, readSdlFile } from '../input.js';
import type { Wire } from '../wiring.js';

/** Adds them. */
export const addDeploymentVerbs = (program: Command, wire: Wire): void => {
  program
    .command('status <dseq>')
    .description('show a deployment: its escrow, leases and services')
    .action(async (dseq: string, _: unknown, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      await status(await wiring.tenant(), readDseq(dseq));
    });
  program
    .command('leases')
    .description('list your leases')
    .option('-a, --all', 'also those that have ended')
    .action(async ({ all }: { readonly all?: boolean }, command: Command) => {
      await leases(await wire(command.optsWithGlobals()).tenant(), all === true);
    });
  program
    .command('close <dseq>')
    .description('end a deployment and get back what is left of its deposit')
    .action(async (dseq: string, _: unknown, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      await close(await wiring.tenant(), readDseq(dseq));
    });
  program
    .command('update <dseq> <file>')
    .description('run another version of an SDL in a deployment')
    .option('--timeout <time>', 'how long to try to send the manifest', '60s')
    .action(
      async (
        dseq: string,
        file: string,
        { timeout }: { readonly timeout: string },
        command: Command,
      ) => {
        const wiring = wire(command.optsWithGlobals());
        const request = {
          dseq: readDseq(dseq),
          file,
          sdl: await readSdlFile(file, () => wiring.stdin()),
          timeoutMs: readDuration(timeout, 'timeout'),
        };
        await update(await wiring.tenant(), request);
      },
    );
  program
    .command('deposit <dseq> <amount>')
    .description('add to the deposit of a deployment')
    .action(async (dseq: string, amount: string, _: unknown, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const coin = readCoin(amount, 'amount');
      await deposit(await wiring.tenant(), readDseq(dseq), coin);
    });
};
