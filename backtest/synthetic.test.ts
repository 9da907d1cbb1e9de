import { describe, expect, it } from '@jest/globals';
import { A100, aNode, aSnapshot, H100 } from '../bidengine/testing/node-builder.js';
import { groupGpus, groupMaxPrice } from '../market/resources.js';
import { MIXED_SIZES } from './demand-shapes.js';
import { bump, count, fromQuantiles, pick, randomOf, waitingTime } from './random.js';
import { DEFAULT_MODEL, describeModel, isNoReference, syntheticScenario } from './synthetic.js';
import { aClusterOf } from './testing/scenarios.js';

const cluster = aClusterOf(
  aSnapshot([
    ...Array.from({ length: 6 }, (_, i) => aNode(`h${i}`).withGpus(H100, 8).obj()),
    ...Array.from({ length: 2 }, (_, i) => aNode(`a${i}`).withGpus(A100, 8).obj()),
  ]),
);
const scenario = syntheticScenario({ ...DEFAULT_MODEL, days: 20 }, cluster);

describe('synthetic demand', () => {
  it('is the same for the same seed and another for another', () => {
    expect(syntheticScenario({ ...DEFAULT_MODEL, days: 20 }, cluster)).toEqual(scenario);
    const other = syntheticScenario({ ...DEFAULT_MODEL, days: 20, seed: 2 }, cluster);
    expect(other.demands).not.toEqual(scenario.demands);
  });

  it('says that it is synthetic, and by which model', () => {
    expect(scenario.origin).toBe('synthetic');
    expect(scenario.title).toBe(describeModel({ ...DEFAULT_MODEL, days: 20 }));
    expect(scenario.title).toMatch(/^SYNTHETIC demand \(seed 1\): 20 days, 120 %/);
  });

  it('asks for about as many GPU-hours as it says', () => {
    const gpuBlocks = scenario.demands.reduce(
      (sum, d) => sum + groupGpus(d.order.spec) * d.leaseBlocks,
      0n,
    );
    const load = Number(gpuBlocks) / (64 * Number(scenario.through));
    expect(load).toBeGreaterThan(0.9);
    expect(load).toBeLessThan(1.5);
  });

  it('every order can be won at some price within its maximum, and settles after it opened', () => {
    for (const { limit, order, openedAt, settledAt, leaseBlocks } of scenario.demands) {
      expect(
        limit?.amount.gt('0') === true && limit.amount.lte(groupMaxPrice(order.spec).amount),
      ).toBe(true);
      expect(settledAt > openedAt && leaseBlocks >= 0n).toBe(true);
      expect(settledAt + leaseBlocks <= scenario.through || leaseBlocks === 0n).toBe(true);
    }
  });

  it('refuses a cluster of GPUs that it has no price for', () => {
    const strange = { ...H100, model: 'z900' };
    const odd = aClusterOf(aSnapshot([aNode().withGpus(strange, 8).obj()]));
    let refused: unknown;
    try {
      syntheticScenario(DEFAULT_MODEL, odd);
    } catch (error) {
      refused = error;
    }
    expect(isNoReference(refused) && refused.message).toContain('z900');
  });
});

describe('the numbers that look random', () => {
  const draws = 20_000;
  const mean = (draw: (random: () => number) => number): number => {
    const random = randomOf(7);
    return Array.from({ length: draws }, () => draw(random)).reduce((a, b) => a + b, 0) / draws;
  };

  it.each<[string, (random: () => number) => number, number, number]>([
    ['even draws have mean 0.5', (r) => r(), 0.5, 0.01],
    ['counts have their mean', (r) => count(r, 2), 2, 0.05],
    ['waiting times have mean 1', waitingTime, 1, 0.03],
    ['bumps have mean 0', bump, 0, 0.03],
    ['bumps have variance 1', (r) => bump(r) ** 2, 1, 0.05],
    ['quantiles have the mean of their steps', (r) => fromQuantiles(r, [0, 10, 30]), 12.5, 0.2],
    ['a pick follows its weights', (r) => pick(r, [1, 3]), 0.75, 0.02],
  ])('%s', (_, draw, want, within) => {
    expect(Math.abs(mean(draw) - want)).toBeLessThan(within);
  });

  it('sizes follow their mix', () => {
    const random = randomOf(3);
    const eights = Array.from({ length: draws }, () => pick(random, MIXED_SIZES.weights)).filter(
      (i) => MIXED_SIZES.gpus[i] === 8,
    ).length;
    expect(Math.abs(eights / draws - 0.2)).toBeLessThan(0.02);
  });
});
