/**
 * `make cluster`: a cluster with simulated GPU nodes, left running in the background.
 *
 *   tsx hack/cluster-up.ts [--nodes FILE] [--dir DIR]
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toolsDir } from '../test/peers/tools.js';
import { waitFor } from '../test/peers/wait.js';
import { CLUSTER_DIR, type KeptCluster, keptCluster } from './cluster-state.js';

const READY_TIMEOUT_MS = 10 * 60_000; // K3s may have to be pulled, or binaries to be built

const { values } = parseArgs({ options: { dir: { type: 'string' }, nodes: { type: 'string' } } });
const dir = resolve(values.dir ?? CLUSTER_DIR);
const log = join(dir, 'keeper.log');

const show = (cluster: KeptCluster, kubectl: string): void => {
  console.log(
    [
      ...cluster.describe,
      '',
      'Look at it:',
      '',
      `    export KUBECONFIG=${cluster.kubeconfigPath}`,
      `    alias kubectl=${kubectl}`,
      '    kubectl get nodes -L nvidia.com/gpu.product,nvidia.com/gpu.count',
      '',
      'End it: make cluster-down',
    ].join('\n'),
  );
};

/** Starts the keeper and shows its progress until the cluster is ready or the keeper has ended. */
const startKeeper = async (): Promise<KeptCluster> => {
  mkdirSync(dir, { recursive: true });
  writeFileSync(log, '');
  const out = openSync(log, 'a');
  const keeper = spawn(
    process.execPath,
    [
      ...['--import', 'tsx', join(import.meta.dirname, 'cluster-keeper.ts'), '--dir', dir],
      ...(values.nodes === undefined ? [] : ['--nodes', resolve(values.nodes)]),
    ],
    { detached: true, stdio: ['ignore', out, out], cwd: join(import.meta.dirname, '..') },
  );
  closeSync(out);
  let shown = 0;
  const follow = (): void => {
    const text = readFileSync(log, 'utf8');
    process.stderr.write(text.slice(shown));
    shown = text.length;
  };
  let ended = false;
  keeper.once('exit', () => {
    ended = true;
  });
  const interrupt = (): void => {
    if (keeper.pid !== undefined) process.kill(keeper.pid, 'SIGTERM');
  };
  process.once('SIGINT', interrupt);
  try {
    return await waitFor(
      'the cluster',
      async () => {
        follow();
        return keptCluster(dir);
      },
      {
        timeoutMs: READY_TIMEOUT_MS,
        guard: () => {
          if (!ended) return;
          follow();
          throw new Error(`the cluster did not start; its log is ${log}`);
        },
      },
    );
  } finally {
    process.off('SIGINT', interrupt);
    keeper.unref();
  }
};

try {
  const bin = await toolsDir(['kubernetes'], ['kubectl']);
  const running = keptCluster(dir);
  if (running !== undefined && values.nodes !== undefined) {
    console.error('a cluster runs already; the nodes file counts after `make cluster-down`');
  }
  show(running ?? (await startKeeper()), join(bin, 'kubectl'));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
