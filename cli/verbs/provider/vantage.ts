/** The verb `provider vantage`. */
import type { Command } from 'commander';
import { readText } from '../../input.js';
import { vantage } from '../../provider/vantage/command.js';
import type { Wire } from '../../wiring.js';

interface Options {
  readonly listen: string;
  readonly tokenFile: string;
  readonly host?: readonly string[];
  readonly port?: readonly string[];
}

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** Adds it. */
export const addVantage = (provider: Command, wire: Wire): void => {
  provider
    .command('vantage')
    .description('on another machine: tell doctor which ports of the provider are open from there')
    .option('--listen <address>', 'where to listen', '0.0.0.0:8790')
    .requiredOption('--token-file <file>', 'the token that doctor has to know')
    .option('--host <name>', "the provider's host, repeatable; no other is connected to", collect)
    .option('--port <number>', 'a port it may try, repeatable; 8443, 8444, 80, 443', collect)
    .action(async (options: Options, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const { listen, tokenFile, host = [], port = [] } = options;
      const token = (await readText(tokenFile, () => wiring.stdin(), 'token-file')).trim();
      await vantage(wiring.context(), { listen, token, hosts: host, ports: port });
    });
};
