/** A container behind the interface of a supervised program, so that the stack can run either. */
import { getContainerRuntimeClient } from 'testcontainers';
import type { Supervised } from '../../stack/supervised.js';
import { startContainer } from './container.js';
import type { ContainerSpec } from './container.js';

/** Starts the container. A held one comes back only on `release`; a killed one is started again at once. */
export const superviseContainer = async (
  spec: ContainerSpec & { readonly name: string },
): Promise<Supervised> => {
  const started = await startContainer(spec);
  const runtime = await getContainerRuntimeClient();
  const container = runtime.container.getById(started.getId());
  let starts = 1;
  const start = async (): Promise<void> => {
    await container.start();
    starts += 1;
  };
  const end = async (signal: string, hold: boolean): Promise<string> => {
    await container.kill({ signal });
    const { StatusCode } = (await container.wait()) as { readonly StatusCode: number };
    if (!hold) await start();
    return `exit status ${StatusCode}`;
  };
  return {
    name: spec.name,
    logPath: spec.logPath,
    pid: () => undefined,
    starts: () => starts,
    kill: async ({ hold = false } = {}) => {
      await end('SIGKILL', hold);
    },
    terminate: ({ hold = false } = {}) => end('SIGTERM', hold),
    release: () => {
      void start();
    },
    stop: async () => {
      await started.stop({ timeout: 10_000, remove: true });
    },
  };
};
