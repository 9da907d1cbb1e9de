/** Every process of an order's way as a container: devnet, a proxy in front of it, operator and gateway; one control plane outside. */
import { chmod, chown, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { DEVNET_ACCOUNTS } from '../../devnet/accounts.js';
import { packImage } from '../../hack/images/docker-archive.js';
import { place } from '../../hack/images/root-fs.js';
import { USER_ID } from '../../hack/release/debian-root.js';
import { BERTH_IMAGE, buildImage } from '../../hack/release/image.js';
import type { BuiltImage } from '../../hack/release/image.js';
import { startChain } from '../peers/chain.js';
import { startContainer } from '../peers/docker/container.js';
import { startDockerEngine } from '../peers/docker/engine.js';
import { superviseContainer } from '../peers/docker/supervised-container.js';
import { freePorts } from '../peers/ports.js';
import { toolsDir } from '../peers/tools.js';
import { openToxiproxy } from '../peers/toxiproxy.js';
import type { ToxicLink } from '../peers/toxiproxy.js';
import { startStack } from '../stack/stack.js';
import type { Stack } from '../stack/stack.js';

const PROXY_IMAGE = 'berth.local/toxiproxy:1';
const BLOCK_TIME_MS = 500;

export interface ContainerStack {
  readonly stack: Stack;
  readonly image: BuiltImage;
  /** The way of operator and gateway to the chain. */
  readonly chainLink: ToxicLink;
  stop(): Promise<void>;
}

/** A static Go program alone in its image. */
const packToxiproxy = async (dir: string): Promise<string> => {
  const root = join(dir, 'toxiproxy-root');
  await mkdir(root, { recursive: true });
  await chmod(root, 0o755);
  place(
    join(await toolsDir(['toxiproxy'], ['toxiproxy-server']), 'toxiproxy-server'),
    root,
    'toxiproxy',
  );
  const archive = join(dir, 'toxiproxy.tar');
  await packImage(
    { references: [PROXY_IMAGE], root, entrypoint: ['/toxiproxy'], user: `${USER_ID}:${USER_ID}` },
    archive,
  );
  return archive;
};

/** A folder or file that the image's user may use. */
const handOver = async (path: string): Promise<string> => {
  await chown(path, USER_ID, USER_ID);
  return path;
};

/**
 * What a pod would have mounted: the configuration, and every file of the stack that it names, in one folder of the image's
 * user. They are copied, because the originals are root's alone.
 */
const mountedFiles = async (folder: string, configFile: string): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const home = dirname(configFile);
  const named: string[] = [];
  const config = JSON.stringify(parse(await readFile(configFile, 'utf8')), (_, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith(`${home}/`)) return value;
    named.push(value);
    return `/etc/berth/${basename(value)}`;
  });
  for (const from of named) {
    await copyFile(from, join(folder, basename(from)));
    await handOver(join(folder, basename(from)));
  }
  await writeFile(join(folder, 'config.yaml'), config);
  return folder;
};

const devnetContainer = async (dir: string, rpcPort: number) => {
  const chainDir = join(dir, 'chain');
  await mkdir(chainDir, { recursive: true });
  return startContainer({
    image: BERTH_IMAGE,
    command: [
      ...['devnet/main.js', '--dir', '/chain', '--rpc-port', String(rpcPort)],
      ...['--block-time', `${BLOCK_TIME_MS}ms`, '--cometbft', '/opt/cometbft'],
    ],
    mounts: [
      { from: await handOver(chainDir), to: '/chain', writable: true },
      // The devnet guards its engine by a shell, and the image has none.
      { from: '/bin/busybox', to: '/bin/sh' },
      { from: join(await toolsDir(['cometbft'], ['cometbft']), 'cometbft'), to: '/opt/cometbft' },
    ],
    logPath: join(dir, 'devnet.log'),
    until: /^chain /m,
  });
};

/** The mnemonics as AKASH_ACCOUNTS wants them. */
const writeAccounts = async (path: string): Promise<string> => {
  const mnemonics = Object.values(DEVNET_ACCOUNTS).map((a) => [a.name, a.mnemonic]);
  await writeFile(path, stringify(Object.fromEntries(mnemonics)));
  return path;
};

/** @param dir a folder of this run's own. Starts everything, or throws and leaves nothing running. */
export const startContainerStack = async (dir: string): Promise<ContainerStack> => {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const engine = await startDockerEngine(join(dir, 'docker'));
    undo.push(() => engine.stop());
    // Where testcontainers looks; its reaper is an image that cannot be pulled here, and the engine ends with the run anyway.
    process.env['DOCKER_HOST'] = engine.host;
    process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
    // Else it would ask for the bridge, of which this engine has none.
    process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1';
    const image = await buildImage(join(dir, 'image'));
    await engine.load(image.archive);
    await engine.load(await packToxiproxy(dir));

    const [rpcPort = 0, proxyPort = 0] = await freePorts(2);
    const devnet = await devnetContainer(dir, rpcPort);
    undo.push(() => devnet.stop());
    const proxy = await startContainer({
      image: PROXY_IMAGE,
      command: ['-host', '127.0.0.1', '-port', String(proxyPort)],
      logPath: join(dir, 'toxiproxy.log'),
      until: /Starting Toxiproxy|starting HTTP server/i,
    });
    undo.push(() => proxy.stop());
    const chainLink = await (
      await openToxiproxy(proxyPort, () => undefined)
    ).link('chain', rpcPort);
    const env = {
      AKASH_NODE: `http://127.0.0.1:${rpcPort}`,
      AKASH_ACCOUNTS: await writeAccounts(join(dir, 'accounts.yaml')),
    };
    const stack = await startStack({
      dir: join(dir, 'stack'),
      blockTimeMs: BLOCK_TIME_MS,
      startChain: (options) => startChain({ ...options, env }),
      chainThrough: async () => `http://127.0.0.1:${chainLink.port}`,
      start: async ({ name, configFile, logPath }) =>
        superviseContainer({
          name,
          image: BERTH_IMAGE,
          command: [`${name}/main.js`, '--config', '/etc/berth/config.yaml'],
          mounts: [{ from: await mountedFiles(join(dir, name), configFile), to: '/etc/berth' }],
          logPath,
          until: name === 'operator' ? /operator listens/ : /serving tenants/,
        }),
    });
    undo.push(() => stack.stop());
    return { stack, image, chainLink, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
