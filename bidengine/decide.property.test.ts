import { describe, expect, it } from '@jest/globals';
import { Big } from 'big.js';
import fc from 'fast-check';
import { gpuSatisfiesAny, parseGpuRequirements } from '../market/gpu.js';
import { Decimal, usdPerHourToUactPerBlock } from '../market/money.js';
import type { Order } from '../market/records.js';
import { groupMaxPrice } from '../market/resources.js';
import type { ResourceUnit } from '../market/resources.js';
import { decide } from './decide.js';
import type { BidDecision, DecideInput, Decision } from './input.js';
import { DIMENSIONS, NOTHING } from './quantities.js';
import { SKIP_REASONS } from './reasons.js';
import { withReservations } from './reservations.js';
import { reservationOf } from './reserve.js';
import type { InventorySnapshot, NodeSnapshot } from './snapshot.js';
import { inputs, nodes, orders, UNPRICED } from './testing/arbitraries.js';
import { fitsSomehow } from './testing/brute-force.js';

const RUNS = { numRuns: 250 };

/** A bid with prices out of the way, so that only capacity decides. */
const generous = (order: Order): Order => ({
  ...order,
  spec: {
    ...order.spec,
    units: order.spec.units.map((u) => ({
      ...u,
      price: { ...u.price, amount: new Decimal('1000000000') },
    })),
  },
});
const withOrder = (input: DecideInput, order: Order): DecideInput => ({ ...input, order });
const plainPolicy = (input: DecideInput): DecideInput => {
  const [policy] = input.policies;
  if (policy === undefined) return input;
  const { ceilingUsdPerHour: _ceiling, ...rest } = policy;
  // Even an order for nothing then has a price.
  return { ...input, policies: [{ ...rest, minimumUactPerBlock: new Decimal('1') }] };
};
/** Under `pressureOfUse` what is free decides beside the price, so a bid may get dearer when more is free. */
const ranksByPrice = ({ rules }: DecideInput): boolean =>
  rules.placement !== undefined && rules.placement !== 'pressureOfUse';

const asBid = (decision: Decision): BidDecision => {
  if (decision.type !== 'bid') throw new Error(JSON.stringify(decision.reasons));
  return decision;
};

describe('decide, for any market', () => {
  it('I3: whatever is bid and reserved, no node gives more than it has', () => {
    fc.assert(
      fc.property(inputs, fc.array(orders, { maxLength: 6 }), (input, more) => {
        let snapshot = input.snapshot;
        const sold = new Map<string, bigint>();
        for (const [i, order] of [input.order, ...more].entries()) {
          const numbered = { ...generous(order), id: { ...order.id, dseq: BigInt(i) } };
          const decision = decide({ ...plainPolicy(input), order: numbered, snapshot });
          if (decision.type === 'skip') continue;
          const { spec, id } = numbered;
          const held = reservationOf(id, spec, decision.placement, 'bid open');
          const before = snapshot;
          snapshot = withReservations(snapshot, [held]);
          expect(snapshot.anomalies).toEqual([]);
          for (const { node, quantities } of held.perNode) {
            const had = before.nodes.find((n) => n.name === node);
            const has = snapshot.nodes.find((n) => n.name === node);
            if (had === undefined || has === undefined) throw new Error(`no node ${node}`);
            expect(had.unsellable).toEqual([]);
            for (const d of DIMENSIONS) {
              if (quantities[d] === 0n) continue;
              expect(has.allocated[d]).toBe(had.allocated[d] + quantities[d]);
              expect(has.allocated[d] <= has.allocatable[d]).toBe(true);
            }
          }
          for (const s of held.storage)
            sold.set(s.className, (sold.get(s.className) ?? 0n) + s.bytes);
        }
        for (const pool of input.snapshot.storage) {
          expect((sold.get(pool.name) ?? 0n) <= (pool.availableBytes ?? 0n)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('places every replica once, on GPUs the order accepts and the offer names', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const decision = decide(input);
        if (decision.type === 'skip') return;
        const { units } = input.order.spec;
        expect(decision.offer.map((o) => [o.resources.id, o.count])).toEqual(
          units.map((u) => [u.resources.id, u.count]),
        );
        for (const [i, unit] of units.entries()) {
          const placed = decision.placement.filter((p) => p.unitId === unit.resources.id);
          expect(placed.map((p) => p.replica)).toEqual(
            Array.from({ length: unit.count }, (_, r) => r),
          );
          const offered = decision.offer[i]?.resources.gpu.attributes ?? [];
          const wants = parseGpuRequirements(unit.resources.gpu.attributes);
          for (const { model, node } of placed) {
            expect(model !== undefined).toBe(unit.resources.gpu.units > 0n);
            if (model === undefined) continue;
            expect(input.snapshot.nodes.find((n) => n.name === node)?.gpu?.model).toEqual(model);
            expect(gpuSatisfiesAny(model, wants)).toBe(true);
            expect(parseGpuRequirements(offered)).toEqual([model]);
          }
        }
      }),
      RUNS,
    );
  });

  it('I13: the price is at least the floor, at most the ceiling and the order maximum, in uact', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const decision = decide(input);
        if (decision.type === 'skip') return;
        const { amount, denom } = decision.price;
        const [policy] = input.policies;
        const { blockTimeMs } = input.chain;
        const uact = (usd: Decimal | undefined): Decimal =>
          usdPerHourToUactPerBlock(usd ?? new Decimal('0'), blockTimeMs);
        expect(denom).toBe('uact');
        expect(amount.gt('0')).toBe(true);
        expect(amount.lte(groupMaxPrice(input.order.spec).amount)).toBe(true);
        expect(amount.gte(uact(policy?.floorUsdPerHour).round(12, Big.roundDown))).toBe(true);
        expect(amount.gte(policy?.minimumUactPerBlock ?? '0')).toBe(true);
        const ceiling = policy?.ceilingUsdPerHour;
        if (ceiling !== undefined) {
          expect(amount.lte(uact(ceiling).plus('0.000001'))).toBe(true);
        }
        const sum = decision.breakdown.reduce((s, t) => s.plus(t.usdPerHour), new Decimal('0'));
        expect(decision.usdPerHour.plus('0.000000000001').gte(sum)).toBe(true);
      }),
      RUNS,
    );
  });

  const grow: readonly (readonly [string, (u: ResourceUnit) => ResourceUnit])[] = [
    [
      'cpu',
      (u) => change(u, { cpu: { ...u.resources.cpu, milliCpu: u.resources.cpu.milliCpu + 500n } }),
    ],
    [
      'memory',
      (u) =>
        change(u, {
          memory: {
            ...u.resources.memory,
            quantityBytes: u.resources.memory.quantityBytes + 2n ** 30n,
          },
        }),
    ],
    [
      'storage',
      (u) =>
        change(u, {
          storage: [
            ...u.resources.storage,
            { name: 'more', quantityBytes: 2n ** 30n, attributes: [] },
          ],
        }),
    ],
    ['GPUs', (u) => change(u, { gpu: { ...u.resources.gpu, units: u.resources.gpu.units + 1n } })],
    [
      'endpoints',
      (u) =>
        change(u, {
          endpoints: [...u.resources.endpoints, { kind: 'RANDOM_PORT', sequenceNumber: 0 }],
        }),
    ],
    ['replicas', (u) => ({ ...u, count: u.count + 1 })],
  ];
  const change = (u: ResourceUnit, r: Partial<ResourceUnit['resources']>): ResourceUnit => ({
    ...u,
    resources: { ...u.resources, ...r },
  });

  it.each(grow)('more %s never costs less', (_name, more) => {
    fc.assert(
      fc.property(inputs, (raw) => {
        const input = withOrder(plainPolicy(raw), generous(raw.order));
        const { spec } = input.order;
        const [first, ...rest] = spec.units;
        if (first === undefined) return;
        const larger = { ...input.order, spec: { ...spec, units: [more(first), ...rest] } };
        const [was, is] = [decide(input), decide(withOrder(input, larger))];
        // Only two bids can be compared; that a larger order fits less often is another property.
        if (ranksByPrice(input) && was.type === 'bid' && is.type === 'bid') {
          expect(is.price.amount.gte(was.price.amount)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  const enlarged: readonly (readonly [
    string,
    (s: InventorySnapshot, extra: NodeSnapshot) => InventorySnapshot,
  ])[] = [
    ['another node', (s, extra) => ({ ...s, nodes: [...s.nodes, { ...extra, name: 'extra' }] })],
    [
      'a node that sorts first',
      (s, extra) => ({ ...s, nodes: [{ ...extra, name: 'a' }, ...s.nodes] }),
    ],
    [
      'a node of a model without a rate',
      (s, extra) => ({
        ...s,
        nodes: [
          ...s.nodes,
          {
            ...extra,
            name: 'extra',
            unsellable: [],
            gpu: { resourceName: 'nvidia.com/gpu', model: UNPRICED },
          },
        ],
      }),
    ],
    [
      'an emptied node',
      (s) => ({ ...s, nodes: s.nodes.map((n, i) => (i === 0 ? { ...n, allocated: NOTHING } : n)) }),
    ],
    [
      'larger nodes',
      (s) => ({
        ...s,
        nodes: s.nodes.map((n) => ({
          ...n,
          allocatable: {
            ...n.allocatable,
            gpus: n.allocatable.gpus + 1n,
            milliCpu: n.allocatable.milliCpu + 700n,
            pods: n.allocatable.pods + 1n,
          },
        })),
      }),
    ],
    [
      'more storage and addresses',
      (s) => ({
        ...s,
        leasedIpsAvailable: s.leasedIpsAvailable + 1,
        storage: s.storage.map((p) => ({ ...p, availableBytes: (p.availableBytes ?? 0n) + 7n })),
      }),
    ],
  ];

  it.each(enlarged)('%s never turns a bid into a skip, nor a bid dearer', (_name, enlarge) => {
    fc.assert(
      fc.property(inputs, nodes, (input, extra) => {
        const before = decide(input);
        if (before.type === 'skip') return;
        const after = decide({ ...input, snapshot: enlarge(input.snapshot, extra) });
        // Room that the scheduler could spoil is no room, and a better node may bring a group into such room.
        if (after.type === 'skip' && after.reasons.every((r) => r.code === 'PlacementUncertain'))
          return;
        const { price } = asBid(after);
        if (ranksByPrice(input)) expect(price.amount.lte(before.price.amount)).toBe(true);
      }),
      RUNS,
    );
  });

  it('is deterministic, whatever order nodes come in', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const copy = structuredClone(input.snapshot);
        const snapshot = { ...copy, nodes: copy.nodes.toReversed() };
        expect(decide({ ...input, snapshot })).toEqual(decide(input));
      }),
      RUNS,
    );
  });

  it('gives every skip a documented code and a sentence', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const decision = decide(input);
        if (decision.type === 'bid') return;
        expect(decision.reasons.length).toBeGreaterThan(0);
        for (const { code, message } of decision.reasons) {
          expect(Object.keys(SKIP_REASONS)).toContain(code);
          expect(message.length).toBeGreaterThan(10);
        }
      }),
      RUNS,
    );
  });

  it('bids exactly when some placement exists', () => {
    let bids = 0;
    fc.assert(
      fc.property(inputs, (raw) => {
        const unpriced = raw.order.spec.units.some((u) =>
          u.resources.gpu.attributes.some((a) => a.key.includes(UNPRICED.model)),
        );
        const ips = { ...raw.snapshot, leasedIpsAvailable: 1 };
        const input = { ...withOrder(plainPolicy(raw), generous(raw.order)), snapshot: ips };
        if (unpriced) return;
        const decision = decide(input);
        const bid = decision.type === 'bid';
        if (bid) bids += 1;
        // Room that the scheduler could spoil is no room; whether it could is for certain-binding.test.ts.
        const uncertain =
          decision.type === 'skip' && decision.reasons.some((r) => r.code === 'PlacementUncertain');
        expect(bid || uncertain).toBe(
          fitsSomehow(input.order.spec, input.snapshot, (m) => m.model !== UNPRICED.model),
        );
      }),
      RUNS,
    );
    expect(bids).toBeGreaterThan(RUNS.numRuns / 8);
  });
});
