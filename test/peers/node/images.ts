/** The node's image store, seen from outside through containerd's socket. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { NodeLayout } from './layout.js';
import { NodeError } from './types.js';

const run = promisify(execFile);

/** containerd's client in the namespace that the kubelet uses. @throws NodeError with what it said */
export const ctr = async (layout: NodeLayout, ...args: readonly string[]): Promise<string> => {
  try {
    const at = ['--address', layout.containerdSocket, '--namespace', 'k8s.io'];
    return (await run('ctr', [...at, ...args])).stdout;
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    throw new NodeError(`ctr ${args.join(' ')} failed: ${stderr?.trim() ?? 'no message'}`, {
      cause: error,
    });
  }
};

/** Loads a docker-archive tar. @throws NodeError */
export const importImage = async (layout: NodeLayout, tarPath: string): Promise<void> => {
  await ctr(layout, 'images', 'import', tarPath);
};
