import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { keptCluster } from '../../../hack/cluster-state.js';

jest.setTimeout(120_000);
const root = join(import.meta.dirname, '../../..');
const run = promisify(execFile);

const hack = (script: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  run(process.execPath, ['--import', 'tsx', join(root, 'hack', script), ...args], {
    cwd: root,
    env: { ...process.env, BERTH_CLUSTER: 'local' },
  });

describe('make cluster', () => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-keeper-'));
  afterAll(async () => {
    await hack('cluster-down.ts', '--dir', dir);
    rmSync(dir, { recursive: true, force: true });
  });

  it('leaves a cluster of the given nodes behind, and cluster-down ends all of it', async () => {
    const nodes = join(dir, 'nodes.yaml');
    writeFileSync(
      nodes,
      "nodes:\n  - { name: lone, count: 1, cpu: '4', memory: 8Gi, ephemeralStorage: 10Gi }\n",
    );
    const { stdout } = await hack('cluster-up.ts', '--dir', dir, '--nodes', nodes);
    expect(stdout).toContain(`export KUBECONFIG=${join(dir, 'admin.kubeconfig')}`);
    const config = new KubeConfig();
    config.loadFromFile(join(dir, 'admin.kubeconfig'));
    const core = config.makeApiClient(CoreV1Api);
    expect((await core.listNode()).items.map((n) => n.metadata?.name)).toEqual(['lone-0']);

    expect((await hack('cluster-down.ts', '--dir', dir)).stdout).toContain('has ended');
    expect(keptCluster(dir)).toBeUndefined();
    await expect(core.listNode()).rejects.toThrow();
    expect((await hack('cluster-down.ts', '--dir', dir)).stdout).toContain('no cluster is running');
  });

  it('fails with the nodes file at fault, and leaves nothing running', async () => {
    const nodes = join(dir, 'bad.yaml');
    writeFileSync(nodes, 'nodes: [{ name: x, gpus: 3 }]\n');
    const up = hack('cluster-up.ts', '--dir', dir, '--nodes', nodes);
    await expect(up).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nodes.0: Unrecognized key: "gpus"'),
    });
    expect(keptCluster(dir)).toBeUndefined();
  });
});
