import { describe, expect, it } from '@jest/globals';
import { decide } from './decide.js';
import { explain } from './explain.js';
import type { DecideInput } from './input.js';
import { compileExpression } from './price-expression.js';
import { onCurve } from './price-curve.js';
import { localTime, windowAt } from './price-windows.js';
import type { PricingPolicy, TimeWindow } from './pricing-policy.js';
import { anInput, aPolicy, dec } from './testing/input-builder.js';
import { A100, aNode, aSnapshot, H100 } from './testing/node-builder.js';
import { anOrder, TENANT } from './testing/order-builder.js';
import type { OrderBuilder } from './testing/order-builder.js';
import type { NodeSnapshot } from './snapshot.js';

/** GPUs at 1 USD an hour and nothing else, so that a price reads as a number of GPUs. */
const book = (rules: Partial<PricingPolicy> = {}): PricingPolicy =>
  aPolicy(
    {
      ...{ cpuUsdPerHour: dec('0'), memoryGibUsdPerHour: dec('0'), endpointUsdPerHour: dec('0') },
      storageGibUsdPerHour: { '*': dec('0') },
      gpus: [{ vendor: 'nvidia', model: '*', usdPerHour: dec('1') }],
    },
    rules,
  );
const node = (name: string, gpus: number, used = 0): NodeSnapshot =>
  aNode(name)
    .withGpus(H100, gpus)
    .using({ gpus: BigInt(used) })
    .obj();
const order = (gpus: number, count = 1): OrderBuilder =>
  anOrder().withGpu('nvidia', 'h100', gpus).withCount(count);

const usd = (
  rules: Partial<PricingPolicy>,
  of: OrderBuilder,
  nodes: readonly NodeSnapshot[] = [node('a', 8)],
  changes: Partial<DecideInput> = {},
): string => {
  const decision = decide(
    anInput({ order: of.obj(), policies: [book(rules)], snapshot: aSnapshot(nodes), ...changes }),
  );
  return decision.type === 'bid'
    ? decision.usdPerHour.round(6, 1).toFixed()
    : decision.reasons.map((r) => `${r.code}: ${r.message}`).join('\n');
};

describe('scarcity', () => {
  const scarcity = {
    nodeGpus: 8,
    steps: [
      { wholeNodesLeft: 1, multiplier: dec('2.5') },
      { wholeNodesLeft: 3, multiplier: dec('1.2') },
    ],
  };
  const three = [node('a', 8), node('b', 8), node('c', 8)];
  it.each<[string, OrderBuilder, readonly NodeSnapshot[], string]>([
    ['one GPU of the last whole node', order(1), [node('a', 8)], '2.5'],
    ['several cost no more than the whole node', order(4), [node('a', 8)], '8'],
    ['the whole node costs what it always does', order(8), [node('a', 8)], '8'],
    ['with two more nodes it is less scarce', order(1), three, '1.2'],
    ['with many it is not scarce', order(1), [...three, node('d', 8)], '1'],
    ['a started node has room', order(1), [node('a', 8), node('b', 8, 7)], '1'],
    [
      'a started node has room for one of two replicas',
      order(1, 2),
      [node('a', 8), node('b', 8, 7)],
      '5',
    ],
    ['a node of four is not kept whole', order(1), [node('a', 8), node('b', 4)], '1'],
  ])('%s', (_name, of, nodes, want) => {
    expect(usd({ scarcity }, of, nodes)).toBe(want);
  });

  it('a node that becomes empty is one to keep whole: more is free, and a part of it is dearer', () => {
    expect(usd({ scarcity }, order(1), [node('a', 8, 4)])).toBe('1');
    expect(usd({ scarcity }, order(1), [node('a', 8)])).toBe('2.5');
  });

  it('says so in the term', () => {
    const input = anInput({
      order: order(1).obj(),
      policies: [book({ scarcity })],
      snapshot: aSnapshot([node('a', 8)]),
    });
    expect(explain(input).quote?.breakdown[0]?.factors?.map((f) => f.why)).toEqual([
      'breaks one of the last 1 whole nodes of h100',
    ]);
  });
});

describe('curves', () => {
  const points = [
    { percent: dec('25'), multiplier: dec('0.8') },
    { percent: dec('75'), multiplier: dec('1.8') },
  ];
  it.each([
    ['0', '0.8'],
    ['25', '0.8'],
    ['50', '1.3'],
    ['75', '1.8'],
    ['100', '1.8'],
  ])('at %s %% the multiplier is %s', (percent, want) => {
    expect(onCurve(points, dec(percent)).toFixed()).toBe(want);
  });

  it('follow their own model, all GPUs, or both', () => {
    const nodes = [node('a', 8, 4), aNode('b').withGpus(A100, 8).obj()];
    expect(usd({ utilisation: { gpuModel: points } }, order(1), nodes)).toBe('1.3');
    expect(usd({ utilisation: { gpu: points } }, order(1), nodes)).toBe('0.8');
    expect(usd({ utilisation: { gpu: points, gpuModel: points } }, order(1), nodes)).toBe('1.04');
  });
});

describe('time windows', () => {
  const night: TimeWindow = {
    name: 'night',
    timeZone: 'Europe/Berlin',
    days: [5],
    from: 22 * 60,
    to: 6 * 60,
    multiplier: dec('0.5'),
  };
  it.each([
    ['a Friday evening', '2026-01-09T21:00:00Z', true],
    ['the Saturday morning after it', '2026-01-10T04:59:00Z', true],
    ['the minute it ends', '2026-01-10T05:00:00Z', false],
    ['the Friday morning before it', '2026-01-09T04:00:00Z', false],
    ['summer time, an hour earlier by UTC', '2026-07-10T20:00:00Z', true],
    ['winter time at that hour', '2026-01-09T20:00:00Z', false],
  ])('hold on %s', (_name, at, want) => {
    expect(windowAt([night], Date.parse(at)) !== undefined).toBe(want);
    const price = usd({ timeWindows: [night] }, order(1), undefined, { nowMs: Date.parse(at) });
    expect(price).toBe(want ? '0.5' : '1');
  });

  it('a day has its own clock in each place', () => {
    const at = Date.parse('2026-01-04T23:30:00Z');
    expect(localTime(at, 'UTC')).toEqual({ weekday: 0, minute: 23 * 60 + 30 });
    expect(localTime(at, 'Asia/Kolkata')).toEqual({ weekday: 1, minute: 5 * 60 });
  });
});

describe('costs and discounts', () => {
  const costs = {
    usdPerKwh: dec('0.25'),
    siteOverhead: dec('1.5'),
    gpus: [
      {
        vendor: 'nvidia',
        model: 'h100',
        watts: dec('800'),
        capexUsd: dec('29200'),
        lifeMonths: dec('40'),
      },
    ],
  };
  const off = (percent: string): Partial<PricingPolicy> => ({
    tenants: { allow: [], deny: [], discounts: new Map([[TENANT, dec(percent)]]) },
  });
  it('power and wear of a GPU are a floor: 0.8 kW x 1.5 x 0.25 + 29,200 / (40 x 730)', () => {
    expect(usd({ costs }, order(2))).toBe('2.6');
  });
  it('a discount is taken off, and never under the cost', () => {
    expect(usd(off('12.5'), order(2))).toBe('1.75');
    expect(usd({ ...off('12.5'), costs }, order(2))).toBe('2.6');
    expect(usd(off('100'), order(2))).toBe(
      'PriceZero: standard asks for nothing; a free lease is never offered',
    );
  });
  it('an expression cannot go under the cost either', () => {
    expect(usd({ costs, expression: compileExpression('price / dec(10)') }, order(1))).toBe('1.3');
  });
});

describe('expressions', () => {
  it.each([
    ['price * dec("1.5")', '3'],
    ['gpus >= 2 && gpuModel == "h100" && gpuInterface == "sxm" ? dec(7) : price', '7'],
    ['owner.startsWith("akash1") ? price + dec(1) : price', '3'],
    ['"tier" in attributes ? price : max(price, dec("2.5"))', '2.5'],
    ['min(maxPrice, price + utilisation / dec(10))', '7'],
    ['hour == 12 && weekday == 1 ? vcpu : memoryGib', '1'],
    ['replicas == 1 ? price : dec(0)', '2'],
  ])('%s', (text, want) => {
    expect(usd({ expression: compileExpression(text) }, order(2), [node('a', 8, 4)])).toBe(want);
  });
  it.each([
    ['price / (price - price)', 'it divides by zero'],
    ['price - dec(100)', 'it yields -98, less than nothing'],
    ['dec(attributes["tier"])', 'No such key: tier'],
    ['dec("1e9")', 'amount must be a non-negative decimal with at most 18 places, got "1e9"'],
  ])('no price, no bid: %s', (text, problem) => {
    expect(usd({ expression: compileExpression(text) }, order(2))).toBe(
      `PriceExpressionFailed: the expression of policy standard gives no price: ${problem}`,
    );
  });
});

describe('several books', () => {
  const forH100 = book({
    ...{ name: 'h100', priority: 5, floorUsdPerHour: dec('9') },
    appliesTo: { gpus: [{ vendor: 'nvidia', model: 'h100' }] },
  });
  const forTier = book({
    ...{ name: 'tier', priority: 9 },
    appliesTo: { attributes: [{ key: 'tier', value: 'gold' }] },
  });
  const policies = [book({ name: 'b' }), book({ name: 'a' }), forH100, forTier];
  it('the highest priority that applies prices; of equals the first by name; each is told what became of it', () => {
    const bid = explain(anInput({ policies, order: order(1).obj() }));
    expect(bid.decision).toMatchObject({ type: 'bid', policy: 'h100' });
    expect(bid.policies).toEqual([
      {
        name: 'tier',
        priority: 9,
        outcome: 'does not apply',
        why: 'applies to orders that require tier=gold',
      },
      {
        name: 'h100',
        priority: 5,
        outcome: 'prices',
        why: 'it applies, and no other that does comes before it',
      },
      { name: 'a', priority: 0, outcome: 'outranked', why: 'h100 comes first' },
      { name: 'b', priority: 0, outcome: 'outranked', why: 'h100 comes first' },
    ]);
    const a100 = anOrder().withGpu('nvidia', 'a100').obj();
    const snapshot = aSnapshot([aNode().withGpus(A100, 8).obj()]);
    expect(decide(anInput({ policies, order: a100, snapshot }))).toMatchObject({ policy: 'a' });
  });

  it('a model whose book denies the tenant is not chosen while another fits, and is told when none does', () => {
    const closed = { ...forH100, tenants: { allow: [], deny: [TENANT] } };
    const any = anOrder().withGpu('nvidia', '*').obj();
    const both = aSnapshot([node('a', 8), aNode('b').withGpus(A100, 8).obj()]);
    const books = [closed, book({ name: 'a' })];
    expect(decide(anInput({ policies: books, order: any, snapshot: both }))).toMatchObject({
      type: 'bid',
      policy: 'a',
    });
    expect(decide(anInput({ policies: books, order: any }))).toMatchObject({
      type: 'skip',
      reasons: [{ code: 'TenantDenied' }],
    });
  });
});
