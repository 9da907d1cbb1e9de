import { describe, expect, it } from '@jest/globals';
import type { DraClaimFacts, DraFacts, DraSliceFacts } from './cluster-facts.js';
import { draByNode } from './dra-devices.js';

const RESOURCE = 'nvidia.com/gpu';
const slice = (extra: Partial<DraSliceFacts> = {}, ...devices: readonly string[]) => ({
  nodeName: 'n',
  driver: 'gpu.nvidia.com',
  pool: 'n',
  generation: 1,
  slicesInPool: 1,
  devices: devices.map((name) => ({ name, type: 'gpu', uuid: `GPU-${name}`, taints: [] })),
  ...extra,
});
const facts = (slices: readonly DraSliceFacts[], claims: readonly DraClaimFacts[] = []): DraFacts =>
  ({ slices, claims, mappedResources: [RESOURCE] }) as const;
const names = (dra: DraFacts): readonly string[] | undefined =>
  draByNode(dra, RESOURCE)
    .get('n')
    ?.gpus.map((d) => d.name);

describe('draByNode', () => {
  it.each<[string, readonly DraSliceFacts[], readonly string[] | undefined]>([
    ['one slice', [slice({}, 'a', 'b')], ['a', 'b']],
    [
      'a pool of two slices',
      [slice({ slicesInPool: 2 }, 'a'), slice({ slicesInPool: 2 }, 'b')],
      ['a', 'b'],
    ],
    [
      'an older generation beside the new one counts for nothing',
      [slice({}, 'a', 'b'), slice({ generation: 2 }, 'a')],
      ['a'],
    ],
    ['half a pool is unknown', [slice({ slicesInPool: 2 }, 'a')], []],
    ['another vendor’s driver', [slice({ driver: 'gpu.intel.com' }, 'a')], undefined],
    ['devices of no single node', [slice({ nodeName: undefined }, 'a')], undefined],
  ])('%s', (_name, slices, want) => {
    expect(names(facts(slices))).toEqual(want);
  });

  it('tells which pools are incomplete and whether pods can ask for the GPUs', () => {
    const half = facts([slice({ slicesInPool: 2 }, 'a')]);
    expect(draByNode(half, RESOURCE).get('n')).toMatchObject({
      incompletePools: ['n'],
      mapped: true,
    });
    expect(draByNode({ ...half, mappedResources: [] }, RESOURCE).get('n')?.mapped).toBe(false);
  });

  const held = (device: string, extra: Partial<DraClaimFacts> = {}): DraClaimFacts => ({
    forExtendedResource: false,
    devices: [{ driver: 'gpu.nvidia.com', pool: 'n', device }],
    ...extra,
  });
  const withMig = slice({}, 'a', 'b');
  const slices = [
    {
      ...withMig,
      devices: [
        ...withMig.devices,
        { name: 'a-mig-0', type: 'mig', uuid: 'MIG-0', parentUuid: 'GPU-a', taints: [] },
        { name: 'a-mig-1', type: 'mig', uuid: 'MIG-1', parentUuid: 'GPU-a', taints: [] },
      ],
    },
  ];

  it.each<[string, readonly DraClaimFacts[], number]>([
    ['nothing claimed', [], 0],
    ['a whole GPU', [held('a')], 1],
    [
      'one claim, two GPUs',
      [{ ...held('a'), devices: [...held('a').devices, ...held('b').devices] }],
      2,
    ],
    [
      'the scheduler’s own claim is counted by the pod',
      [held('a', { forExtendedResource: true })],
      0,
    ],
    ['two parts of one GPU take one GPU', [held('a-mig-0'), held('a-mig-1')], 1],
    ['a part and its whole take one GPU', [held('a-mig-0'), held('a')], 1],
    ['a device that is not there', [held('z')], 0],
    [
      'another driver’s device of that name',
      [{ forExtendedResource: false, devices: [{ driver: 'x', pool: 'n', device: 'a' }] }],
      0,
    ],
  ])('claims: %s', (_name, claims, want) => {
    const node = draByNode(facts(slices, claims), RESOURCE).get('n');
    expect([node?.gpus.length, node?.claimed]).toEqual([2, want]);
  });
});
