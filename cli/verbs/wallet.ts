/** The verbs `wallet …`. */
import type { Command } from 'commander';
import {
  createWallet,
  importWallet,
  listWallets,
  walletAddress,
  walletBalance,
} from '../commands/wallet.js';
import { readText } from '../input.js';
import type { Wire, Wiring } from '../wiring.js';

/** Adds them. */
export const addWallet = (program: Command, wire: Wire): void => {
  const wallet = program.command('wallet').description('keys of your own');
  const at = (command: Command): Wiring => wire(command.optsWithGlobals());
  wallet
    .command('create')
    .description('make a key; its mnemonic is shown once, on stderr')
    .action(async (_: unknown, command: Command) => {
      const wiring = at(command);
      const { key } = wiring.globals;
      await createWallet(wiring.context(), wiring.home, key, (n) => wiring.random(n));
    });
  wallet
    .command('import')
    .description('store a mnemonic, read from stdin or a file')
    .option('--from <file>', 'the file that holds it')
    .action(async ({ from }: { readonly from?: string }, command: Command) => {
      const wiring = at(command);
      const read = (): Promise<string> => readText(from ?? '-', () => wiring.stdin(), 'from');
      await importWallet(wiring.context(), wiring.home, wiring.globals.key, read);
    });
  wallet
    .command('address')
    .description('print the address of --key')
    .action(async (_: unknown, command: Command) => {
      const wiring = at(command);
      await walletAddress(wiring.context(), wiring.home, wiring.globals.key);
    });
  wallet
    .command('balance')
    .description('print what --key holds')
    .action(async (_: unknown, command: Command) => {
      const wiring = at(command);
      const { address } = await wiring.home.signer(wiring.globals.key);
      await walletBalance(wiring.chain(), address);
    });
  wallet
    .command('list')
    .description('print all keys')
    .action(async (_: unknown, command: Command) => {
      const wiring = at(command);
      await listWallets(wiring.context(), wiring.home);
    });
};
