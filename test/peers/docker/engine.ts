/**
 * A container engine of this run's own: Debian's dockerd in fresh mount and process namespaces, so that the kernel ends every
 * container and drops every layer's mount with it, however the run ends. It makes no bridge and no firewall rule; containers
 * share the machine's network.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { assertRunning, startProgram } from '../process.js';
import { waitFor } from '../wait.js';

const run = promisify(execFile);
const START_TIMEOUT_MS = 30_000;

export interface DockerEngine {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Loads a `docker save` archive. */
  load(archive: string): Promise<void>;
  /** Ends the engine with all its containers and deletes what it kept. */
  stop(): Promise<void>;
}

/** Why no engine can run here, as a sentence; undefined when one can. */
export const dockerObstacle = (path = process.env['PATH'] ?? ''): string | undefined => {
  if (process.platform !== 'linux') return `the image is tried on Linux, not ${process.platform}`;
  if (process.getuid?.() !== 0) return 'dockerd needs root';
  if (!path.split(delimiter).some((dir) => existsSync(join(dir, 'dockerd')))) {
    return 'dockerd is missing; hack/release/install.sh installs it';
  }
  return undefined;
};

/** @throws ProgramError or WaitTimeoutError when it does not come up */
export const startDockerEngine = async (dir: string): Promise<DockerEngine> => {
  mkdirSync(dir, { recursive: true });
  const host = `unix://${join(dir, 'docker.sock')}`;
  const program = await startProgram({
    name: 'dockerd',
    command: 'unshare',
    args: [
      ...['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'dockerd'],
      ...['--host', host, '--pidfile', join(dir, 'docker.pid')],
      ...['--data-root', join(dir, 'data'), '--exec-root', join(dir, 'exec')],
      ...['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--bridge=none'],
    ],
    logPath: join(dir, 'dockerd.log'),
  });
  const docker = (...args: readonly string[]): Promise<unknown> =>
    run('docker', ['--host', host, ...args]);
  const stop = async (): Promise<void> => {
    await program.stop(20_000);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await waitFor(
      'dockerd to answer',
      async () => {
        assertRunning(program);
        return docker('version').then(
          () => true,
          () => undefined,
        );
      },
      { timeoutMs: START_TIMEOUT_MS },
    );
  } catch (error) {
    await program.stop(0);
    throw error;
  }
  return {
    host,
    load: async (archive) => {
      await docker('load', '--input', archive);
    },
    stop,
  };
};
