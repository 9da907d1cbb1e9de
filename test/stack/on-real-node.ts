/** The whole of Berth on a cluster whose only node for tenants is a real one. */
import { join } from 'node:path';
import { startRealNode } from '../peers/node/start-real-node.js';
import type { RealNode } from '../peers/node/types.js';
import { startStack } from './stack.js';
import type { Stack, StackOptions } from './stack.js';

/** One simulated machine that no tenant's pod tolerates, so that every lease lands on the real one. */
export const NODES_BESIDE_REAL = join(import.meta.dirname, '../../hack/node/nodes.yaml');

export interface StackOnRealNode {
  /** Stopped by `stop` below, after its node. */
  readonly stack: Stack;
  readonly node: RealNode;
  readonly stop: () => Promise<void>;
}

/**
 * Starts both; nothing is left running when a part does not come up.
 * @param devicesFile the GPUs of the node; default hack/node/devices.yaml
 */
export const startStackOnRealNode = async (
  options: StackOptions & { readonly devicesFile?: string },
): Promise<StackOnRealNode> => {
  const { dir, devicesFile, signal, log } = options;
  const stack = await startStack({ nodesFile: NODES_BESIDE_REAL, ...options });
  try {
    const node = await startRealNode({
      ...{ cluster: stack.cluster, dir: join(dir, 'node') },
      ...(devicesFile !== undefined && { devicesFile }),
      ...(signal !== undefined && { signal }),
      ...(log !== undefined && { log }),
    });
    return {
      ...{ stack, node },
      stop: async () => {
        await node.stop();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
};
