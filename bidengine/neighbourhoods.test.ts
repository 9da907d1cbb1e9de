import { describe, expect, it } from '@jest/globals';
import { place } from './placement.js';
import { reservationOf } from './reserve.js';
import { withReservations } from './reservations.js';
import { keepWholeNodesWhole } from './scorer.js';
import type { NodeSnapshot } from './snapshot.js';
import { dec } from './testing/input-builder.js';
import { A100, aNode, aSnapshot, H100 } from './testing/node-builder.js';
import { anOrder, aUnit } from './testing/order-builder.js';
import type { UnitBuilder } from './testing/order-builder.js';

const options = {
  worth: () => dec('1'),
  scorer: keepWholeNodesWhole,
};
const nodesFor = (
  units: readonly UnitBuilder[],
  nodes: readonly NodeSnapshot[],
  together = true,
): readonly string[] => {
  const { spec } = anOrder()
    .withUnits(...units.map((u) => u.obj()))
    .obj();
  const placed = place(spec, aSnapshot(nodes), { ...options, together });
  if (!placed.ok) throw new Error(JSON.stringify(placed.reasons));
  return placed.placement.map((p) => p.node).sort();
};
const h100 = (name: string, free: number, labels: Record<string, string> = {}): NodeSnapshot => ({
  ...aNode(name)
    .withGpus(H100, 8)
    .using({ gpus: BigInt(8 - free) })
    .obj(),
  labels,
});
const clique = (name: string) => ({ 'nvidia.com/gpu.clique': name });
const zone = (name: string) => ({ 'topology.kubernetes.io/zone': name });
const two = (gpus: number) => [aUnit().withGpu('nvidia', 'h100', gpus).withCount(2)];

describe('replicas of a group are kept close together', () => {
  it.each<[string, readonly UnitBuilder[], readonly NodeSnapshot[], readonly string[]]>([
    [
      'on one machine, the tightest',
      two(2),
      [h100('a', 2), h100('b', 5), h100('c', 4)],
      ['c', 'c'],
    ],
    [
      'in one NVLink clique, when no machine holds them',
      two(8),
      [h100('a', 8, clique('x')), h100('b', 8, clique('y')), h100('c', 8, clique('y'))],
      ['b', 'c'],
    ],
    [
      'in the clique that stays least free',
      two(4),
      [
        ...['a', 'b', 'c'].map((n) => h100(n, 7, clique('x'))),
        ...['d', 'e'].map((n) => h100(n, 5, clique('y'))),
      ],
      ['d', 'e'],
    ],
    [
      'in one zone, where there are no cliques',
      two(8),
      [h100('a', 8, zone('x')), h100('b', 8, zone('y')), h100('c', 8, zone('y'))],
      ['b', 'c'],
    ],
    [
      'anywhere, when nothing close has room',
      two(8),
      [h100('a', 8, zone('x')), h100('b', 8)],
      ['a', 'b'],
    ],
    [
      'two units that talk to each other share a machine',
      [aUnit(1).withGpu('nvidia', 'h100', 2), aUnit(2).withGpu('nvidia', 'h100', 2)],
      [h100('a', 3), h100('b', 4)],
      ['b', 'b'],
    ],
  ])('%s', (_name, units, nodes, want) => {
    expect(nodesFor(units, nodes)).toEqual(want);
  });

  it('unless the policy does not care', () => {
    expect(nodesFor(two(2), [h100('a', 2), h100('b', 5), h100('c', 4)], false)).toEqual(['a', 'c']);
  });

  it('units on different models go each to its own', () => {
    const units = [aUnit(1).withGpu('nvidia', 'h100', 2), aUnit(2).withGpu('nvidia', 'a100', 2)];
    expect(nodesFor(units, [h100('a', 3), aNode('b').withGpus(A100, 8).obj()])).toEqual(['a', 'b']);
  });
});

describe('MIG slices beside whole GPUs', () => {
  const MIG = 'nvidia.com/mig-1g.10gb';
  const slice = { ...H100, model: 'h100-mig-1g10gb', ram: '10Gi' };
  const cut = (name: string, slices: bigint, cpu = 64_000n): NodeSnapshot => {
    const node = aNode(name).withGpus(H100, 4).having({ milliCpu: cpu }).obj();
    return {
      ...node,
      slices: [{ resourceName: MIG, model: slice }],
      allocatable: { ...node.allocatable, slices: { [MIG]: slices } },
    };
  };
  const spec = (...units: readonly UnitBuilder[]) =>
    anOrder().withUnits(...units.map((u) => u.obj()));

  it('are placed under their own name and resource, and reserved as such', () => {
    const order = spec(aUnit().withGpu('nvidia', 'h100-mig-1g10gb', 1).withCount(3)).obj();
    const snapshot = aSnapshot([cut('a', 2n), cut('b', 3n)]);
    const placed = place(order.spec, snapshot, options);
    if (!placed.ok) throw new Error(JSON.stringify(placed.reasons));
    expect(placed.placement.map((p) => [p.node, p.resource, p.model?.model])).toEqual(
      Array(3).fill(['b', MIG, 'h100-mig-1g10gb']),
    );
    const held = reservationOf(order.id, order.spec, placed.placement, 'bid open');
    expect(held.perNode[0]?.quantities).toMatchObject({ gpus: 0n, slices: { [MIG]: 3n } });
    const after = withReservations(snapshot, [held]);
    expect(after.nodes[1]?.allocated).toMatchObject({ gpus: 0n, slices: { [MIG]: 3n } });
    const again = place(order.spec, after, options);
    expect(!again.ok && again.reasons.map((r) => r.code)).toEqual(['InsufficientReplicas']);
  });

  it('never satisfy who takes any model, and whole GPUs never satisfy who wants a slice', () => {
    const any = place(
      spec(aUnit().withGpu('nvidia', '*', 4)).obj().spec,
      aSnapshot([cut('a', 9n)]),
      options,
    );
    expect(any.ok && any.placement[0]).toMatchObject({ model: H100 });
    const nine = spec(aUnit().withGpu('nvidia', '*', 9)).obj().spec;
    expect(place(nine, aSnapshot([cut('a', 9n)]), options).ok).toBe(false);
  });

  it('share CPU with the whole GPUs of their machine', () => {
    const both = spec(
      aUnit(1).withGpu('nvidia', 'h100', 1).withCpu(5_000),
      aUnit(2).withGpu('nvidia', 'h100-mig-1g10gb', 1).withCpu(5_000),
    ).obj().spec;
    expect(place(both, aSnapshot([cut('a', 4n, 10_000n)]), options).ok).toBe(true);
    const tight = place(both, aSnapshot([cut('a', 4n, 9_000n)]), options);
    expect(!tight.ok && tight.reasons.map((r) => r.code)).toEqual(['UnitsDoNotFitTogether']);
    expect(place(both, aSnapshot([cut('a', 4n, 9_000n), cut('b', 4n, 9_000n)]), options).ok).toBe(
      true,
    );
  });
});
