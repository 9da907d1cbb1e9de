/**
 * One chain behind one interface. Order of choice: the node that AKASH_NODE names (mainnet, sandbox, any node), then a devnet
 * of our own. Nothing that uses it may care which it is.
 */
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DirectSecp256k1HdWallet } from '@cosmjs/proto-signing';
import { parse } from 'yaml';
import { z } from 'zod';
import { DEVNET_ACCOUNTS } from '../../devnet/accounts.js';
import { startDevnet } from '../../devnet/process.js';
import { toolsDir } from './tools.js';

/** An account that tests may sign with. */
export interface ChainAccount {
  readonly name: string;
  readonly address: string;
  readonly mnemonic: string;
}

/** The parts that tests and demo play; a real node needs only those that are used. */
export type ChainRole = keyof typeof DEVNET_ACCOUNTS;

/** How to start a chain. */
export interface StartChainOptions {
  /** The devnet's folder; a chain that lies there is thrown away. */
  readonly dir: string;
  /** Time between the devnet's blocks, milliseconds; default 200. */
  readonly blockTimeMs?: number;
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
  /** Environment to read AKASH_NODE and AKASH_ACCOUNTS from; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A running chain. */
export interface Chain {
  readonly flavour: 'akash-node' | 'devnet';
  /** CometBFT RPC. */
  readonly rpcUrl: string;
  readonly chainId: string;
  /** @throws ChainPeerError when a real node's AKASH_ACCOUNTS names no such account */
  readonly account: (role: ChainRole) => ChainAccount;
  /** Ends a devnet in order; a real node is left alone. */
  readonly stop: () => Promise<void>;
  /** Kills a devnet with -9. @throws ChainPeerError on a real node */
  readonly kill: () => Promise<void>;
  /** Starts a killed devnet on what it had stored. @throws ChainPeerError on a real node */
  readonly restart: () => Promise<void>;
  /** For people: what this chain is, one line each. */
  readonly describe: () => readonly string[];
}

/** Why a chain could not be used, or cannot do what was asked. */
export class ChainPeerError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ChainPeerError';
  }
}

const STATUS_TIMEOUT_MS = 10_000;
const status = z.object({
  result: z.object({
    node_info: z.object({ network: z.string().min(1) }),
    sync_info: z.object({ latest_block_height: z.string() }),
  }),
});
const accountsFile = z.record(z.string(), z.string().min(1));

/** The accounts of a real node: a YAML file, role to mnemonic. */
const readAccounts = async (
  path: string | undefined,
): Promise<ReadonlyMap<string, ChainAccount>> => {
  if (path === undefined || path === '') return new Map();
  let mnemonics: Record<string, string>;
  try {
    mnemonics = accountsFile.parse(parse(readFileSync(path, 'utf8')));
  } catch (error) {
    // The cause may quote a mnemonic: it is not passed on.
    const why = (error as NodeJS.ErrnoException).code ?? 'no YAML of role: mnemonic';
    throw new ChainPeerError(`AKASH_ACCOUNTS=${path} cannot be read: ${why}`);
  }
  const accounts = await Promise.all(
    Object.entries(mnemonics).map(async ([name, mnemonic]): Promise<[string, ChainAccount]> => {
      const wallet = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, {
        prefix: 'akash',
      }).catch(() => {
        throw new ChainPeerError(`AKASH_ACCOUNTS=${path}: ${name} is not a mnemonic`);
      });
      const [account] = await wallet.getAccounts();
      return [name, { name, address: account?.address ?? '', mnemonic }];
    }),
  );
  return new Map(accounts);
};

const openNode = async (rpcUrl: string, accountsPath: string | undefined): Promise<Chain> => {
  const accounts = await readAccounts(accountsPath);
  let found: z.infer<typeof status>['result'];
  try {
    const response = await fetch(`${rpcUrl.replace(/\/$/, '')}/status`, {
      signal: AbortSignal.timeout(STATUS_TIMEOUT_MS),
    });
    found = status.parse(await response.json()).result;
  } catch (error) {
    throw new ChainPeerError(`AKASH_NODE=${rpcUrl} does not answer /status as a node does`, {
      cause: error,
    });
  }
  const refuse = async (): Promise<void> => {
    throw new ChainPeerError(`the node of AKASH_NODE (${rpcUrl}) is not ours to stop`);
  };
  return {
    flavour: 'akash-node',
    rpcUrl,
    chainId: found.node_info.network,
    account: (role) => {
      const account = accounts.get(role);
      if (account === undefined) {
        throw new ChainPeerError(`AKASH_ACCOUNTS names no account "${role}"`);
      }
      return account;
    },
    stop: async () => undefined,
    kill: refuse,
    restart: refuse,
    describe: () => [
      `chain ${found.node_info.network} at ${rpcUrl}, height ${found.sync_info.latest_block_height}`,
    ],
  };
};

/** Opens the node of AKASH_NODE or starts a devnet. @throws ChainPeerError, or what `startDevnet` throws */
export const startChain = async (options: StartChainOptions): Promise<Chain> => {
  const env = options.env ?? process.env;
  const node = env['AKASH_NODE'] ?? '';
  if (node !== '') {
    options.log?.(`using the node of AKASH_NODE at ${node}`);
    return openNode(node, env['AKASH_ACCOUNTS']);
  }
  const started = performance.now();
  const bin = await toolsDir(['cometbft'], ['cometbft'], options.signal);
  const dir = resolve(options.dir);
  // Only what is a chain's folder by its looks: nobody's home directory goes because of a wrong setting.
  if (existsSync(join(dir, 'config', 'genesis.json'))) await rm(dir, { recursive: true });
  const blockTimeMs = options.blockTimeMs ?? 200;
  const devnet = await startDevnet({
    dir,
    blockTimeMs,
    cometbft: join(bin, 'cometbft'),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  options.log?.(`chain ready in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return {
    flavour: 'devnet',
    rpcUrl: devnet.rpcUrl,
    chainId: devnet.chainId,
    account: (role) => DEVNET_ACCOUNTS[role],
    stop: () => devnet.stop(),
    kill: () => devnet.kill(),
    restart: () => devnet.restart(),
    describe: () => [
      `devnet ${devnet.chainId} at ${devnet.rpcUrl}, a block every ${blockTimeMs} ms; CometBFT with our state machine`,
    ],
  };
};
