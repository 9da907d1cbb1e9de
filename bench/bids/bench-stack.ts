/** All of Berth on real parts, operator and gateway as their release runs them, and a tenant to give them work. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectChain } from '../../chain/client.js';
import type { ChainReader, TxLane, TxOutcome } from '../../chain/ports.js';
import { signerFromMnemonic } from '../../chain/wallet.js';
import { isTrue } from '../../crds/conditions.js';
import { DEVNET_ACCOUNTS } from '../../devnet/accounts.js';
import { startDevnet } from '../../devnet/process.js';
import { buildBundle, NODE_FLAGS } from '../../hack/release/bundle.js';
import { COMPUTE_PROVIDERS } from '../../kube/resources.js';
import { parseDecimal } from '../../market/money.js';
import type { Chain, ChainRole } from '../../test/peers/chain.js';
import { startChain } from '../../test/peers/chain.js';
import { toolsDir } from '../../test/peers/tools.js';
import { waitFor } from '../../test/peers/wait.js';
import { startStack } from '../../test/stack/stack.js';
import type { Stack, StackOptions } from '../../test/stack/stack.js';
import { supervise } from '../../test/stack/supervised.js';

export const BLOCK_TIME_MS = 1000;

export interface BenchStack {
  readonly stack: Stack;
  readonly reader: ChainReader;
  readonly tenant: TxLane;
  /** The provider's own key beside the operator's, to prepare what the operator then finds. */
  readonly provider: TxLane;
  /** Resolves when orders are being decided. */
  bidding(): Promise<void>;
  stop(): Promise<void>;
}

export interface BenchOptions {
  /** Whether the chain takes unordered transactions; default true. */
  readonly unordered?: boolean;
  readonly chainThrough?: StackOptions['chainThrough'];
  readonly withdrawalPeriodSeconds?: number;
}

/** PROFILE=folder has every process leave its processor profile there. */
const PROFILING =
  process.env['PROFILE'] === undefined
    ? []
    : ['--cpu-prof', '--cpu-prof-dir', process.env['PROFILE']];

export const say = (line: string): void => console.error(line);

/** A devnet of the peers' kind that refuses unordered transactions. */
const orderedOnly: NonNullable<StackOptions['startChain']> = async ({ dir, blockTimeMs = 200 }) => {
  const bin = await toolsDir(['cometbft'], ['cometbft']);
  const cometbft = join(bin, 'cometbft');
  const devnet = await startDevnet({ dir, blockTimeMs, cometbft, unordered: false });
  const chain: Chain = {
    ...{ flavour: 'devnet', rpcUrl: devnet.rpcUrl, chainId: devnet.chainId },
    account: (role: ChainRole) => DEVNET_ACCOUNTS[role],
    stop: () => devnet.stop(),
    kill: () => devnet.kill(),
    restart: () => Promise.reject(new Error('not in this bench')),
    describe: () => [],
  };
  return chain;
};

/** @throws Error with how a transaction that the bench depends on ended */
export const mustLand = (outcome: TxOutcome): bigint => {
  if (outcome.status === 'included' && outcome.code === 0) return outcome.height;
  const detail =
    outcome.status === 'expired' ? '' : `${outcome.codespace}/${outcome.code} ${outcome.log}`;
  throw new Error(`the bench's own transaction was ${outcome.status} ${detail}`);
};

/** Starts everything; the folder goes with it. */
export const startBench = async (options: BenchOptions = {}): Promise<BenchStack> => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-bench-bids-'));
  const bundle = join(dir, 'bundle');
  await buildBundle(bundle);
  const { unordered = true, chainThrough, withdrawalPeriodSeconds } = options;
  const stack = await startStack({
    ...{ dir, blockTimeMs: BLOCK_TIME_MS, log: say },
    startChain: unordered ? startChain : orderedOnly,
    provider: {
      // Nothing of the bench's own may end while it measures.
      ...{ bidTimeoutSeconds: 3600, manifestTimeoutSeconds: 3600 },
      ...(withdrawalPeriodSeconds === undefined ? {} : { withdrawalPeriodSeconds }),
    },
    operator: { timings: TIMINGS },
    start: ({ name, configFile, logPath }) =>
      supervise({
        ...{ name, command: process.execPath, logPath, env: { NODE_OPTIONS: '' } },
        args: [...PROFILING, ...NODE_FLAGS, join(bundle, name, 'main.js'), '--config', configFile],
      }),
    ...(chainThrough === undefined ? {} : { chainThrough }),
  });
  const { chain } = stack;
  const client = connectChain({ endpoints: [chain.rpcUrl], chainId: chain.chainId });
  const laneOf = async (role: ChainRole): Promise<TxLane> =>
    client.laneFor(await signerFromMnemonic(chain.account(role).mnemonic), {
      gasPrice: { denom: 'uakt', amount: parseDecimal('0.025') },
    });
  return {
    ...{ stack, reader: client.reader },
    tenant: await laneOf('tenant'),
    provider: await laneOf('provider'),
    bidding: async () => {
      await waitFor(
        'Berth to be bidding',
        async () => {
          const object = await stack.api.get(COMPUTE_PROVIDERS, { name: 'provider' });
          return isTrue(object?.status?.conditions, 'Bidding') || undefined;
        },
        { timeoutMs: 90_000 },
      );
    },
    stop: async () => {
      client.close();
      await stack.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

/** The product's own rhythms but for those that follow the block time: six times as fast as on the real chain. */
const TIMINGS = {
  ...{ recountMs: 5_000, compareMs: 20_000, leaseResyncMs: 30_000, fundsMs: 10_000 },
  ...{ statusMs: 2_000, staleAfterMs: 6_000, txTimeoutMs: 30_000 },
  assumedBlockTimeMs: BLOCK_TIME_MS,
};
