/** Starts a devnet: writes its home, runs its validator, and adds full nodes of the same chain. Used by tests and demo. */
import { execFile } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DEVNET_ACCOUNTS, type DevnetAccount } from './accounts.js';
import { configToml, type NodePorts } from './node/config.js';
import { genesisJson } from './node/genesis.js';
import { newNodeKey, newValidatorKey } from './node/keys.js';
import { DevnetNode, DevnetStartError, type RestartOptions } from './node/node.js';
import { freePort } from './node/ports.js';

export interface DevnetOptions {
  /** Folder of the chain; must not hold one yet. */
  readonly dir: string;
  /** Time between blocks, milliseconds; default 1000. */
  readonly blockTimeMs?: number;
  /** Default `berth-devnet`. */
  readonly chainId?: string;
  /** Accounts of genesis; default `DEVNET_ACCOUNTS`. */
  readonly accounts?: readonly DevnetAccount[];
  /** Whether unordered transactions are taken; default true. */
  readonly unordered?: boolean;
  /** RFC 3339; default now. */
  readonly genesisTime?: string;
  /** Sections of app state by module name, over the defaults. */
  readonly genesis?: Readonly<Record<string, unknown>>;
  /** Default: free ones. */
  readonly ports?: Partial<NodePorts>;
  /** uakt per gas that the mempool asks for, decimal text; default 0.025. */
  readonly minGasPrice?: string;
  /** How many past heights answer queries; default 1000. */
  readonly keepHeights?: number;
  /** Path of the cometbft binary; default: where `hack/tools/build.sh` put it. */
  readonly cometbft?: string;
  /** How long a start may take; default 20000 ms. */
  readonly startTimeoutMs?: number;
  /** Ends the start, or the running devnet. */
  readonly signal?: AbortSignal;
}

export interface FullNodeOptions {
  /** Called with the validator's p2p port; the node connects to the port that it returns (a proxy's). */
  readonly peerThrough?: (p2pPort: number) => Promise<number>;
}

export interface Devnet {
  readonly rpcUrl: string;
  readonly chainId: string;
  readonly accounts: readonly DevnetAccount[];
  /** The validator; its processes can be killed one by one. */
  readonly validator: DevnetNode;
  /** Starts a full node of the same chain in `home`, which syncs from the validator. It ends with the devnet. */
  addFullNode(home: string, options?: FullNodeOptions): Promise<DevnetNode>;
  /** Ends every node in order. */
  stop(): Promise<void>;
  /** Kills every node with -9. */
  kill(): Promise<void>;
  /** Starts the validator again on what it had stored. */
  restart(options?: RestartOptions): Promise<void>;
}

const BUILD = fileURLToPath(new URL('../hack/tools/build.sh', import.meta.url));

/** Where the built cometbft lies. */
export const cometbftPath = async (): Promise<string> => {
  const { stdout } = await promisify(execFile)(BUILD, ['--print-dir']);
  return join(stdout.trim(), 'cometbft');
};

interface HomeFiles {
  readonly config: string;
  readonly genesis: string;
  readonly nodeKey: string;
  readonly validatorKey: string;
}

const writeHome = async (home: string, files: HomeFiles): Promise<void> => {
  await mkdir(join(home, 'config'), { recursive: true });
  await mkdir(join(home, 'data'), { recursive: true });
  await Promise.all([
    writeFile(join(home, 'config/config.toml'), files.config),
    // 'wx': a chain is never written over.
    writeFile(join(home, 'config/genesis.json'), files.genesis, { flag: 'wx' }),
    writeFile(join(home, 'config/node_key.json'), files.nodeKey, { mode: 0o600 }),
    writeFile(join(home, 'config/priv_validator_key.json'), files.validatorKey, { mode: 0o600 }),
    writeFile(
      join(home, 'data/priv_validator_state.json'),
      JSON.stringify({ height: '0', round: 0, step: 0 }),
    ),
  ]);
};

const choosePorts = async (given: Partial<NodePorts> | undefined): Promise<NodePorts> => ({
  rpc: given?.rpc ?? (await freePort()),
  p2p: given?.p2p ?? (await freePort()),
});

/**
 * Resolves when the first block is committed and served.
 * @throws DevnetStartError when it does not come up; the error of `writeFile` when `dir` holds a chain already
 */
export const startDevnet = async (options: DevnetOptions): Promise<Devnet> => {
  const { dir, blockTimeMs = 1000, chainId = 'berth-devnet', signal } = options;
  signal?.throwIfAborted();
  const accounts = options.accounts ?? Object.values(DEVNET_ACCOUNTS);
  const cometbft = options.cometbft ?? (await cometbftPath());
  await access(cometbft).catch((cause: unknown) => {
    throw new DevnetStartError(`${cometbft} is not built: run hack/tools/build.sh cometbft`, cause);
  });
  const ports = await choosePorts(options.ports);
  const nodeKey = newNodeKey();
  const validatorKey = newValidatorKey();
  const genesis = genesisJson({
    chainId,
    genesisTime: options.genesisTime ?? new Date().toISOString(),
    validator: validatorKey,
    accounts,
    unordered: options.unordered ?? true,
    sections: options.genesis ?? {},
  });
  const nodeAt = (home: string, rpcPort: number): DevnetNode =>
    new DevnetNode({
      home,
      rpcPort,
      cometbft,
      minGasPrice: options.minGasPrice ?? '0.025',
      keepHeights: options.keepHeights ?? 1000,
      startTimeoutMs: options.startTimeoutMs ?? 20_000,
    });
  await writeHome(dir, {
    config: configToml({ ports, blockTimeMs, persistentPeer: '' }),
    genesis,
    nodeKey: nodeKey.file,
    validatorKey: validatorKey.file,
  });
  const validator = nodeAt(dir, ports.rpc);
  const nodes = [validator];
  await validator.start({}, signal);
  const kill = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()));
  };
  signal?.addEventListener('abort', () => void kill(), { once: true });
  return {
    rpcUrl: validator.rpcUrl,
    chainId,
    accounts,
    validator,
    kill,
    addFullNode: async (home, { peerThrough } = {}) => {
      const own = await choosePorts(undefined);
      const peerPort = (await peerThrough?.(ports.p2p)) ?? ports.p2p;
      await writeHome(home, {
        config: configToml({
          ports: own,
          blockTimeMs,
          persistentPeer: `${nodeKey.id}@127.0.0.1:${peerPort}`,
        }),
        genesis,
        nodeKey: newNodeKey().file,
        validatorKey: newValidatorKey().file,
      });
      const node = nodeAt(home, own.rpc);
      nodes.push(node);
      await node.start({}, signal);
      return node;
    },
    stop: async () => {
      await Promise.all([...nodes].reverse().map((node) => node.stop()));
    },
    restart: (restart) => validator.start(restart ?? {}, signal),
  };
};
