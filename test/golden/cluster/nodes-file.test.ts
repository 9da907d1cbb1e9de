import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { nodeObjects } from '../../peers/cluster/node-objects.js';
import { NodesFileError, parseNodesFile, readNodesFile } from '../../peers/cluster/nodes-file.js';

const DEFAULT = join(import.meta.dirname, '../../../hack/cluster/nodes.yaml');

const withNode = (lines: string): string =>
  `nodes:\n  - name: a\n    count: 1\n    cpu: '4'\n    memory: 8Gi\n    ephemeralStorage: 10Gi\n${lines}`;
const withGpu = (lines: string): string =>
  withNode(
    `    gpu:\n      product: NVIDIA-L4\n      count: 2\n      memoryMiB: 23034\n      family: ada-lovelace\n` +
      `      compute: '8.9'\n      machine: box\n${lines}`,
  );

describe('the nodes file', () => {
  it('by default has 24 H100 SXM, 8 RTX 4090 and one machine without GPUs', () => {
    const nodes = nodeObjects(readNodesFile(DEFAULT).nodes);
    const seen = nodes.map((n) => [
      n.metadata?.name,
      n.metadata?.labels?.['nvidia.com/gpu.product'],
      n.status?.capacity?.['nvidia.com/gpu'],
    ]);
    expect(seen).toEqual([
      ['h100-0', 'NVIDIA-H100-80GB-HBM3', '8'],
      ['h100-1', 'NVIDIA-H100-80GB-HBM3', '8'],
      ['h100-2', 'NVIDIA-H100-80GB-HBM3', '8'],
      ['rtx4090-0', 'NVIDIA-GeForce-RTX-4090', '4'],
      ['rtx4090-1', 'NVIDIA-GeForce-RTX-4090', '4'],
      ['cpu-0', undefined, undefined],
    ]);
    expect(nodes.every((n) => n.metadata?.labels?.['akash.network'] === 'true')).toBe(true);
  });

  it('shows an unhealthy device as missing from allocatable only', () => {
    const [node] = nodeObjects(parseNodesFile(withGpu('      unhealthy: 1\n'), 'x').nodes);
    expect(node?.status?.capacity?.['nvidia.com/gpu']).toBe('2');
    expect(node?.status?.allocatable?.['nvidia.com/gpu']).toBe('1');
  });

  it('marks time-sliced GPUs as GPU feature discovery does', () => {
    const text = withGpu('      replicas: 4\n      sharingStrategy: time-slicing\n');
    const [node] = nodeObjects(parseNodesFile(text, 'x').nodes);
    expect(node?.status?.allocatable?.['nvidia.com/gpu']).toBe('8');
    expect(node?.metadata?.labels).toMatchObject({
      'nvidia.com/gpu.product': 'NVIDIA-L4-SHARED',
      'nvidia.com/gpu.count': '2',
      'nvidia.com/gpu.replicas': '4',
      'nvidia.com/gpu.sharing-strategy': 'time-slicing',
    });
  });

  it('gives taints and labels of the file to the node', () => {
    const text = withNode(
      '    taints:\n      - { key: nvidia.com/gpu, effect: NoSchedule }\n    labels: { zone: a }\n',
    );
    const [node] = nodeObjects(parseNodesFile(text, 'x').nodes);
    expect(node?.spec?.taints).toEqual([
      { key: 'nvidia.com/gpu', value: '', effect: 'NoSchedule' },
    ]);
    expect(node?.metadata?.labels?.['zone']).toBe('a');
  });

  it.each([
    ['an unknown key', withNode('    gpus: 4\n'), 'nodes.0: Unrecognized key: "gpus"'],
    ['a quantity that is none', withNode('    pods: many\n'), 'nodes.0.pods: '],
    ['a CPU number without quotes', withNode('').replace("'4'", '4'), 'nodes.0.cpu: '],
    ['no nodes', 'nodes: []', 'nodes: '],
    [
      'two groups of one name',
      `${withNode('')}${withNode('').slice(7)}`,
      'nodes.1.name: "a" twice',
    ],
    [
      'more unhealthy devices than there are',
      withGpu('      unhealthy: 3\n'),
      'nodes.0.gpu.unhealthy: cannot exceed count (2)',
    ],
    [
      'replicas without a sharing strategy',
      withGpu('      replicas: 2\n'),
      'nodes.0.gpu.sharingStrategy: must be mps or time-slicing',
    ],
    ['no YAML', 'nodes: [', 'is not YAML'],
  ])('refuses %s and names the field', (_name, text, wantMessage) => {
    const parse = (): unknown => parseNodesFile(text, 'my.yaml');
    expect(parse).toThrow(NodesFileError);
    expect(parse).toThrow('my.yaml');
    expect(parse).toThrow(wantMessage);
  });

  it('says when the file is not there', () => {
    expect(() => readNodesFile('/nowhere/nodes.yaml')).toThrow(
      '/nowhere/nodes.yaml cannot be read',
    );
  });
});
