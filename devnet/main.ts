/** `npx tsx devnet/main.ts`: runs a local Akash market chain until interrupted. Flags: `--help`. */
import { rm } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { startDevnet } from './process.js';

const millis = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text);
  const value = Number(match?.[1] ?? Number.NaN) * (match?.[2] === 's' ? 1000 : 1);
  if (!(value >= 100 && value <= 60_000)) {
    throw new InvalidArgumentError('a time between 100ms and 60s, such as 200ms or 1s');
  }
  return value;
};

const port = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('a port up to 65535, 0 for any free one');
  }
  return value;
};

const program = new Command('devnet')
  .description('A local Akash market chain: CometBFT consensus, the state machine in TypeScript.')
  .requiredOption('--dir <folder>', 'folder of the chain')
  .option('--reset', 'delete the folder first')
  .option('--block-time <time>', 'time between blocks', millis, 1000)
  .option('--chain-id <id>', 'chain id', 'berth-devnet')
  .option('--rpc-port <port>', 'RPC port on loopback, 0 for any free one', port, 26657)
  .option('--cometbft <path>', 'the cometbft program; default the one that hack/tools builds')
  .option('--min-gas-price <uakt>', 'least fee per gas that the mempool takes', '0.025')
  .option('--no-unordered', 'refuse unordered transactions')
  .parse();

interface Flags {
  readonly dir: string;
  readonly reset?: true;
  readonly blockTime: number;
  readonly chainId: string;
  readonly rpcPort: number;
  readonly cometbft?: string;
  readonly minGasPrice: string;
  readonly unordered: boolean;
}
const flags = program.opts<Flags>();

if (flags.reset === true) await rm(flags.dir, { recursive: true, force: true });
const devnet = await startDevnet({
  dir: flags.dir,
  blockTimeMs: flags.blockTime,
  chainId: flags.chainId,
  ports: flags.rpcPort === 0 ? {} : { rpc: flags.rpcPort },
  minGasPrice: flags.minGasPrice,
  ...(flags.cometbft === undefined ? {} : { cometbft: flags.cometbft }),
  unordered: flags.unordered,
});
const end = (): void => {
  void devnet.stop().then(() => process.exit(0));
};
process.once('SIGINT', end);
process.once('SIGTERM', end);
console.log(`chain ${devnet.chainId} at ${devnet.rpcUrl}; accounts (public, worthless):`);
for (const { name, address, mnemonic } of devnet.accounts) {
  console.log(`  ${name.padEnd(14)}${address}  ${mnemonic}`);
}
// A killed application leaves nothing to serve: end with it rather than linger.
await devnet.validator.appEnded();
await devnet.kill();
