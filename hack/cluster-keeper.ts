/**
 * Holds a cluster that `make cluster` started, in the background, until it is told to stop: everything a cluster consists of
 * dies with its parent, and this is the parent. Its standard error is the log that cluster-up.ts shows.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster } from '../test/peers/cluster/start-cluster.js';
import { READY_FILE } from './cluster-state.js';

const { values } = parseArgs({
  options: { dir: { type: 'string' }, nodes: { type: 'string' } },
});
const dir = values.dir ?? '';
const ready = join(dir, READY_FILE);
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
}

try {
  const cluster = await startCluster({
    dir,
    signal: stop.signal,
    log: (line) => console.error(line),
    ...(values.nodes === undefined ? {} : { nodesFile: values.nodes }),
  });
  writeFileSync(
    ready,
    JSON.stringify({
      pid: process.pid,
      kubeconfigPath: cluster.kubeconfigPath,
      describe: cluster.describe(),
    }),
  );
  const alive = setInterval(() => undefined, 60_000);
  if (!stop.signal.aborted) {
    await new Promise((resolve) => {
      stop.signal.addEventListener('abort', resolve, { once: true });
    });
  }
  clearInterval(alive);
  await cluster.stop();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  rmSync(ready, { force: true });
}
