/** The command line: every verb, its arguments and options, and which function runs it. */
import { Command, Option } from 'commander';
import { deploy } from './commands/deploy.js';
import {
  createWallet,
  importWallet,
  listWallets,
  walletAddress,
  walletBalance,
} from './commands/wallet.js';
import { misused } from './failure.js';
import { readAccept, readCoin, readDseq, readDuration, readSdlFile, readUsd } from './input.js';
import { feeReserve } from './wiring.js';
import type { Wiring } from './wiring.js';

/** Makes the wiring of a run from the options that commander read. */
export type Wire = (options: unknown) => Wiring;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

const BLOCKS_PATTERN = /^\d{1,3}$/;

const readBlocks = (value: string): number => {
  if (BLOCKS_PATTERN.test(value)) return Number(value);
  throw misused('BlocksInvalid', `--settle takes a number of blocks, got "${value}"`, {
    field: 'settle',
  });
};

const addDeploy = (program: Command, wire: Wire): void => {
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

const addWallet = (program: Command, wire: Wire): void => {
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
      const read = (): Promise<string> => wiring.text(from);
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

/** The whole of it, unparsed. */
export const createProgram = (wire: Wire): Command => {
  const program = new Command('berth')
    .description('Rent GPUs on the Akash marketplace.')
    .option('--node <url>', 'RPC URL of a chain node, repeatable [env BERTH_NODE]', collect)
    .option('--home <dir>', "Berth's own folder [env BERTH_HOME, default ~/.berth]")
    .option('--key <name>', 'the key to sign with', 'default')
    .addOption(new Option('-o, --output <form>', 'text, json or jsonl').default('text'))
    .option('--gas-price <price>', 'what is paid for a unit of gas', '0.025uakt')
    .option('-y, --yes', 'ask nothing, take the default answers')
    .showHelpAfterError(false)
    .exitOverride();
  addDeploy(program, wire);
  addWallet(program, wire);
  return program;
};
