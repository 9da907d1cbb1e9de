/** The real node as a guest on this machine: alone, and gone without a trace however it ends. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it, jest } from '@jest/globals';
import { afterTests } from '../after-tests.js';
import { startCluster } from '../peers/cluster/start-cluster.js';
import type { Cluster } from '../peers/cluster/types.js';
import { FIXED_FOLDERS, OUTSIDE_INTERFACE } from '../peers/node/layout.js';
import { startRealNode } from '../peers/node/start-real-node.js';
import { waitFor } from '../peers/wait.js';
import { NODES_BESIDE_REAL } from '../stack/on-real-node.js';
import { describeOnNode } from './describe-on-node.js';

jest.setTimeout(180_000);

const run = promisify(execFile);

/** What a node could leave on the machine outside. */
const traces = (dir: string): Readonly<Record<string, unknown>> => ({
  links: execFileSync('ip', ['-oneline', 'link']).toString().includes(OUTSIDE_INTERFACE),
  routes: execFileSync('ip', ['route']).toString(),
  mounts: readFileSync('/proc/mounts', 'utf8').includes(dir),
  rules: execFileSync('iptables-save').toString(),
  cgroups: execFileSync('find', ['/sys/fs/cgroup', '-name', 'berth-node']).toString(),
  folders: FIXED_FOLDERS.filter((folder) => existsSync(folder)),
  programs: execFileSync('ps', ['-eo', 'args'])
    .toString()
    .split('\n')
    .filter((line) => line.includes(dir)),
});

describeOnNode('the real node on its machine', () => {
  let dir: string;
  let cluster: Cluster;
  const atEnd = afterTests();
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'berth-machine-'));
    atEnd(() => {
      rmSync(dir, { recursive: true });
    });
    cluster = await startCluster({
      dir: join(dir, 'cluster'),
      flavour: 'local',
      nodesFile: NODES_BESIDE_REAL,
    });
    atEnd(() => cluster.stop());
  });

  it('is the only one, says so, leaves nothing when it stops, and can be started again', async () => {
    const nodeDir = join(dir, 'node');
    const before = traces(nodeDir);
    for (const _time of ['first', 'again']) {
      const node = await startRealNode({ cluster, dir: nodeDir });
      expect(traces(nodeDir)).not.toEqual(before);
      await expect(startRealNode({ cluster, dir: join(dir, 'second') })).rejects.toThrow(
        `another real node is up on this machine (process`,
      );
      expect(await node.inventory()).toMatchObject({ containers: [], mounts: [] });
      await node.stop();
      expect(traces(nodeDir)).toEqual(before);
    }
  });

  it('refuses a cluster that it cannot join', async () => {
    const foreign = { ...cluster, flavour: 'kubeconfig' as const };
    delete (foreign as { clientKubeconfig?: unknown }).clientKubeconfig;
    await expect(startRealNode({ cluster: foreign, dir: join(dir, 'x') })).rejects.toThrow(
      'a real node joins a local cluster only, not one of kubeconfig',
    );
  });

  it('goes with the process that started it, kill -9 and running pods included', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, 'abandoned-node.ts'), join(dir, 'abandoned')],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
    );
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await waitFor('a pod to run on the node', async () => said.includes('running') || undefined, {
      timeoutMs: 90_000,
      guard: () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${said}`);
      },
    });
    expect((await run('ip', ['-oneline', 'link'])).stdout).toContain(OUTSIDE_INTERFACE);
    child.kill('SIGKILL');
    await waitFor(
      'every program, interface and mount of it to be gone',
      async () => {
        const { links, mounts, programs } = traces(join(dir, 'abandoned'));
        expect({ links, mounts, programs }).toEqual({ links: false, mounts: false, programs: [] });
        return true;
      },
      { timeoutMs: 20_000 },
    );
    // What is left are empty control groups, which the next node takes over and removes.
    const node = await startRealNode({ cluster, dir: join(dir, 'node') });
    await node.stop();
    expect(traces(dir)['cgroups']).toBe('');
  });
});
