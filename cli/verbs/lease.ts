/** The verbs for a lease that runs: `lease logs`, `lease events`. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { leaseEvents, leaseLogs } from '../commands/lease-streams.js';
import type { LeaseChoice } from '../commands/lease-streams.js';
import { readDseq } from '../input.js';
import type { Wire } from '../wiring.js';

interface StreamFlags {
  readonly gseq?: number;
  readonly service?: readonly string[];
  readonly follow?: boolean;
}

const count = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('give a whole number');
  return Number(text);
};

const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

const choiceOf = (
  dseq: string,
  { gseq, service = [], follow = false }: StreamFlags,
): LeaseChoice => ({
  ...{ dseq: readDseq(dseq), gseq, services: service, follow },
});

const withStreamFlags = (command: Command): Command =>
  command
    .addOption(new Option('--gseq <group>', 'which lease, when there are several').argParser(count))
    .option('-s, --service <name>', 'only this service, repeatable', collect)
    .option('-f, --follow', 'go on with what comes');

/** Adds them. */
export const addLease = (program: Command, wire: Wire): void => {
  const lease = program.command('lease').description('look at a lease that runs');
  withStreamFlags(lease.command('logs <dseq>').description('print what its containers say'))
    .addOption(
      new Option('-t, --tail <lines>', 'begin with the last lines of each container').argParser(
        count,
      ),
    )
    .action(
      async (dseq: string, flags: StreamFlags & { readonly tail?: number }, command: Command) => {
        const ctx = await wire(command.optsWithGlobals()).tenant();
        await leaseLogs(ctx, choiceOf(dseq, flags), flags.tail);
      },
    );
  withStreamFlags(
    lease.command('events <dseq>').description('print what the cluster did for it'),
  ).action(async (dseq: string, flags: StreamFlags, command: Command) => {
    const ctx = await wire(command.optsWithGlobals()).tenant();
    await leaseEvents(ctx, choiceOf(dseq, flags));
  });
};
