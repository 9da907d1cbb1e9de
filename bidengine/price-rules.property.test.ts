import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Decimal } from '../market/money.js';
import { groupMaxPrice } from '../market/resources.js';
import type { Resources, ResourceUnit } from '../market/resources.js';
import { decide } from './decide.js';
import { assetOf } from './exchange.js';
import { explain } from './explain.js';
import type { DecideInput } from './input.js';
import { toMicroUsdPerBlock } from './price-rounding.js';
import { NOTHING } from './quantities.js';
import { SKIP_REASONS } from './reasons.js';
import type { InventorySnapshot, NodeSnapshot } from './snapshot.js';
import { inputs, nodes } from './testing/arbitraries.js';
import { curvedPolicies, policySets, richPolicies } from './testing/rich-policy.js';

const RUNS = { numRuns: 250 };
const GIB = 2n ** 30n;

const times = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) });
const withPolicies = (arbitrary: typeof policySets): fc.Arbitrary<DecideInput> =>
  fc
    .tuple(inputs, arbitrary, times)
    .map(([input, policies, nowMs]) => ({ ...input, policies, nowMs }));
const one = (arbitrary: typeof richPolicies): typeof policySets => arbitrary.map((p) => [p]);

/** The order pays anything, so that only prices are compared. */
const rich = (input: DecideInput, denom = 'uact'): DecideInput => ({
  ...input,
  policies: input.policies.map(({ ceilingUsdPerHour: _, ...p }) => p),
  order: {
    ...input.order,
    spec: {
      ...input.order.spec,
      units: input.order.spec.units.map((u) => ({
        ...u,
        price: { denom, amount: new Decimal('1000000000') },
      })),
    },
  },
});

describe('price books with every rule', () => {
  it('a price is a number, in the coin of the order, at least the floor, at most the ceiling and the order maximum', () => {
    let bids = 0;
    fc.assert(
      fc.property(withPolicies(policySets), fc.constantFrom('uact', 'uakt'), (raw, denom) => {
        const units = raw.order.spec.units.map((u) => ({ ...u, price: { ...u.price, denom } }));
        const order = { ...raw.order, spec: { ...raw.order.spec, units } };
        const input = { ...raw, order };
        const decision = decide(input);
        if (decision.type === 'skip') return;
        bids += 1;
        const { price, policy: name } = decision;
        const policy = input.policies.find((p) => p.name === name);
        const { blockTimeMs } = input.chain;
        expect(price.amount.toFixed()).toMatch(/^\d+(\.\d{1,18})?$/);
        expect([price.denom, assetOf(price.denom)]).toEqual([
          denom,
          denom === 'uact' ? 'act' : 'akt',
        ]);
        expect(price.amount.gt('0')).toBe(true);
        expect(price.amount.lte(groupMaxPrice(order.spec).amount)).toBe(true);
        // One unit of the last place at most is lost or won by rounding.
        const step = new Decimal('10').pow(-(policy?.places ?? 6));
        const uact = (amount: Decimal): Decimal =>
          denom === 'uact' ? amount : amount.times('0.5');
        const floor = toMicroUsdPerBlock(policy?.floorUsdPerHour ?? new Decimal('0'), blockTimeMs);
        const slack = policy?.rounding === 'nearest' ? step : new Decimal('0.000000000000000001');
        expect(uact(price.amount.plus(slack)).gte(floor)).toBe(true);
        expect(uact(price.amount.plus(slack)).gte(policy?.minimumUactPerBlock ?? '0')).toBe(true);
        const ceiling = policy?.ceilingUsdPerHour;
        if (ceiling !== undefined) {
          expect(uact(price.amount.minus(step)).lte(toMicroUsdPerBlock(ceiling, blockTimeMs))).toBe(
            true,
          );
        }
      }),
      RUNS,
    );
    expect(bids).toBeGreaterThan(RUNS.numRuns / 10);
  });

  const change = (u: ResourceUnit, r: Partial<Resources>): ResourceUnit => ({
    ...u,
    resources: { ...u.resources, ...r },
  });
  it.each<[string, (u: ResourceUnit) => ResourceUnit]>([
    [
      'vCPU',
      (u) => change(u, { cpu: { ...u.resources.cpu, milliCpu: u.resources.cpu.milliCpu + 500n } }),
    ],
    [
      'memory',
      (u) =>
        change(u, {
          memory: { ...u.resources.memory, quantityBytes: u.resources.memory.quantityBytes + GIB },
        }),
    ],
    [
      'storage',
      (u) =>
        change(u, {
          storage: [...u.resources.storage, { name: 'more', quantityBytes: GIB, attributes: [] }],
        }),
    ],
    [
      'endpoints',
      (u) =>
        change(u, {
          endpoints: [...u.resources.endpoints, { kind: 'RANDOM_PORT', sequenceNumber: 0 }],
        }),
    ],
    ['GPUs', (u) => change(u, { gpu: { ...u.resources.gpu, units: u.resources.gpu.units + 1n } })],
    ['replicas', (u) => ({ ...u, count: u.count + 1 })],
  ])('more %s never costs less', (_name, more) => {
    fc.assert(
      fc.property(withPolicies(one(richPolicies)), (raw) => {
        // Ranked by price alone: what is free decides beside it otherwise.
        const input = { ...rich(raw), rules: { ...raw.rules, placement: 'lowestPrice' as const } };
        const [first, ...rest] = input.order.spec.units;
        // An order with its first GPU is another kind of order: a curve or a cost then applies that did not.
        if (first === undefined) return;
        const spec = { ...input.order.spec, units: [more(first), ...rest] };
        const [was, is] = [decide(input), decide({ ...input, order: { ...input.order, spec } })];
        if (was.type === 'bid' && is.type === 'bid') {
          expect(is.price.amount.gte(was.price.amount)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  const free = (extra: NodeSnapshot): NodeSnapshot => ({ ...extra, allocated: NOTHING });
  type Enlarge = (s: InventorySnapshot, extra: NodeSnapshot) => InventorySnapshot;
  const another: Enlarge = (s, extra) => ({
    ...s,
    nodes: [...s.nodes, { ...free(extra), name: 'x' }],
  });
  const emptied: Enlarge = (s) => ({ ...s, nodes: s.nodes.map((n, i) => (i === 0 ? free(n) : n)) });
  const more: Enlarge = (s) => ({
    ...s,
    leasedIpsAvailable: s.leasedIpsAvailable + 1,
    storage: s.storage.map((p) => ({ ...p, availableBytes: (p.availableBytes ?? 0n) + GIB })),
  });
  it.each<[string, typeof policySets, Enlarge]>([
    ['another free node, with scarcity', one(richPolicies), another],
    ['another free node, with books for some GPUs', policySets, another],
    ['an emptied node, without scarcity', one(curvedPolicies), emptied],
    ['more storage and addresses', policySets, more],
  ])('%s never turns a bid into a skip', (_name, policies, enlarge) => {
    fc.assert(
      fc.property(withPolicies(policies), nodes, (input, extra) => {
        if (decide(input).type === 'skip') return;
        const after = decide({ ...input, snapshot: enlarge(input.snapshot, extra) });
        // Room that the scheduler could spoil is no room, and a better node may bring a group into such room.
        const reasons = after.type === 'skip' ? after.reasons : [];
        expect(reasons.filter((r) => r.code !== 'PlacementUncertain')).toEqual([]);
      }),
      RUNS,
    );
  });

  it('explain and decide always agree, and every skip has a documented code', () => {
    fc.assert(
      fc.property(withPolicies(policySets), (input) => {
        const decision = decide(input);
        const explained = explain(input);
        expect(explained.decision).toEqual(decision);
        if (decision.type === 'bid') {
          expect(explained.quote?.price).toEqual(decision.price);
          expect(explained.checks.filter((c) => c.reason !== undefined)).toEqual([]);
          return;
        }
        const failed = explained.checks.flatMap((c) => c.reason ?? []);
        for (const reason of failed) expect(decision.reasons).toContainEqual(reason);
        for (const { code, message } of decision.reasons) {
          expect(Object.keys(SKIP_REASONS)).toContain(code);
          expect(message.length).toBeGreaterThan(10);
        }
      }),
      RUNS,
    );
  });
});
