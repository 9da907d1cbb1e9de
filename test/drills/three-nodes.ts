/** The chain that drills break: a validator and two full nodes, each full node's way to the validator through toxiproxy. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEVNET_ACCOUNTS } from '../../devnet/accounts.js';
import type { DevnetNode } from '../../devnet/node/node.js';
import { startDevnet } from '../../devnet/process.js';
import type { Chain, StartChainOptions } from '../peers/chain.js';
import { toolsDir } from '../peers/tools.js';
import { startToxicLink } from '../peers/toxiproxy.js';
import type { OwnToxicLink } from '../peers/toxiproxy.js';

/** One node and what connects it to the others; the validator has no `peering`. */
export interface ChainNode {
  readonly node: DevnetNode;
  readonly peering: OwnToxicLink | undefined;
}

export interface ThreeNodes {
  readonly chain: Chain;
  /** Full nodes first: what befalls them does not stop the chain. */
  readonly nodes: readonly ChainNode[];
  readonly validator: DevnetNode;
}

const FULL_NODES = 2;

/** Resolves when all three serve; the chain's `stop` ends them all. */
export const startThreeNodes = async ({
  dir,
  blockTimeMs = 500,
}: StartChainOptions): Promise<ThreeNodes> => {
  const bin = await toolsDir(['cometbft'], ['cometbft']);
  if (existsSync(join(dir, 'validator', 'config'))) await rm(dir, { recursive: true });
  const devnet = await startDevnet({
    dir: join(dir, 'validator'),
    blockTimeMs,
    cometbft: join(bin, 'cometbft'),
  });
  const links: OwnToxicLink[] = [];
  const stopLinks = async (): Promise<void> => {
    await Promise.all(links.map((link) => link.stop()));
  };
  const full = async (i: number): Promise<ChainNode> => {
    const through: OwnToxicLink[] = [];
    const node = await devnet.addFullNode(join(dir, `full-${i}`), {
      peerThrough: async (p2pPort) => {
        const link = await startToxicLink(dir, `peering-${i}`, p2pPort);
        through.push(link);
        links.push(link);
        return link.port;
      },
    });
    return { node, peering: through[0] };
  };
  try {
    const fulls = await Promise.all(Array.from({ length: FULL_NODES }, (_, i) => full(i)));
    return {
      nodes: [...fulls, { node: devnet.validator, peering: undefined }],
      validator: devnet.validator,
      chain: {
        flavour: 'devnet',
        rpcUrl: devnet.rpcUrl,
        chainId: devnet.chainId,
        account: (role) => DEVNET_ACCOUNTS[role],
        stop: async () => {
          await devnet.stop();
          await stopLinks();
        },
        kill: () => devnet.kill(),
        restart: () => devnet.restart(),
        describe: () => [`devnet ${devnet.chainId}: a validator and ${FULL_NODES} full nodes`],
      },
    };
  } catch (error) {
    await devnet.kill();
    await stopLinks();
    throw error;
  }
};
