import { describe, expect, it } from '@jest/globals';
import { decide } from './decide.js';
import { explain } from './explain.js';
import type { DecideInput } from './input.js';
import type { PlacementPolicyName } from './placement-policy.js';
import type { NodeSnapshot } from './snapshot.js';
import { anInput } from './testing/input-builder.js';
import { A100, aNode, aSnapshot, H100, RTX4090 } from './testing/node-builder.js';
import { anOrder, aUnit } from './testing/order-builder.js';

/** For eight GPUs of a model, so many of them in use. */
const node = (name: string, model: typeof H100, used: bigint): NodeSnapshot =>
  aNode(name).withGpus(model, 8).using({ gpus: used }).obj();

/** An order for one GPU of any model. */
const under = (
  placement: PlacementPolicyName | undefined,
  nodes: readonly NodeSnapshot[],
): DecideInput => {
  const input = anInput({
    order: anOrder().withUnits(aUnit().withGpu('nvidia', '*').withPrice('100000').obj()).obj(),
    snapshot: aSnapshot(nodes),
  });
  return { ...input, rules: { ...input.rules, placement } };
};

const placedOn = (
  placement: PlacementPolicyName | undefined,
  nodes: readonly NodeSnapshot[],
): readonly unknown[] => {
  const decision = decide(under(placement, nodes));
  if (decision.type === 'skip') throw new Error(JSON.stringify(decision.reasons));
  return [decision.placement[0]?.node, decision.placedBy];
};

describe('spec.bidding.placement', () => {
  // Per hour 0.4 for an RTX 4090, 1.5 for an A100, 2.5 for an H100.
  const busy = [
    node('a', RTX4090, 0n),
    node('b', RTX4090, 7n),
    node('c', RTX4090, 7n),
    node('d', RTX4090, 7n),
    node('e', A100, 0n),
    node('f', H100, 0n),
  ];
  const scarce = [node('a', RTX4090, 7n), node('b', A100, 0n), node('c', H100, 0n)];
  it.each<[string, PlacementPolicyName | undefined, readonly NodeSnapshot[], string]>([
    ['pressureOfUse weighs price against what is free', 'pressureOfUse', busy, 'b'],
    ['pressureOfUse keeps the last of a scarce model', 'pressureOfUse', scarce, 'b'],
    [
      'pressureOfUse does not give away a model six times as dear',
      'pressureOfUse',
      [node('a', RTX4090, 6n), node('c', H100, 0n)],
      'a',
    ],
    ['lowestPrice takes the cheapest to its last', 'lowestPrice', scarce, 'a'],
    ['lowestPrice keeps whole nodes whole', 'lowestPrice', busy, 'b'],
    ['firstFit takes the first node by name', 'firstFit', busy, 'a'],
  ])('%s', (_name, placement, nodes, want) => {
    expect(placedOn(placement, nodes)).toEqual([want, placement]);
  });

  it('is pressureOfUse where nothing is said', () => {
    expect(placedOn(undefined, scarce)).toEqual(['b', 'pressureOfUse']);
  });

  it('falls back to a cheaper model where the price of the first would not be paid', () => {
    const input = under('pressureOfUse', scarce);
    const order = anOrder().withUnits(aUnit().withGpu('nvidia', '*').withPrice('1000').obj()).obj();
    const decision = decide({ ...input, order });
    expect(decision).toMatchObject({ type: 'bid', placement: [{ node: 'a' }] });
  });

  it('is told by an explanation, also of an order that gets no bid', () => {
    expect(explain(under('firstFit', scarce)).placedBy).toBe('firstFit');
    expect(explain(under(undefined, [])).placedBy).toBe('pressureOfUse');
  });
});
