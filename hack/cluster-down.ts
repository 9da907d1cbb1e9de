/**
 * `make cluster-down`: ends the cluster of `make cluster`.
 *
 *   tsx hack/cluster-down.ts [--dir DIR]
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { waitFor } from '../test/peers/wait.js';
import { CLUSTER_DIR, isKeeper, keptCluster } from './cluster-state.js';

const { values } = parseArgs({ options: { dir: { type: 'string' } } });
const kept = keptCluster(resolve(values.dir ?? CLUSTER_DIR));
if (kept === undefined) {
  console.log('no cluster is running');
} else {
  process.kill(kept.pid, 'SIGTERM');
  await waitFor('the cluster to end', async () => !isKeeper(kept.pid) || undefined, {
    timeoutMs: 30_000,
  });
  console.log('the cluster has ended');
}
