import { describe, expect, it } from '@jest/globals';
import { aDemand, aScenario } from './testing/scenarios.js';
import { Timeline } from './timeline.js';

const base = { gpus: 1, models: ['h100'], maximum: 1 };
const scenario = aScenario([
  aDemand(1, { ...base, openedAt: 1, settlesAfter: 4, blocks: 10 }),
  aDemand(2, { ...base, openedAt: 5, settlesAfter: 10, blocks: 0 }),
  aDemand(3, { ...base, openedAt: 15, settlesAfter: 80, blocks: 10 }),
]);

describe('Timeline', () => {
  it('goes from block to block, and frees before it asks for room', () => {
    const timeline = new Timeline(scenario);
    timeline.timeoutAt(15n, 1);
    const blocks = [];
    for (let b = timeline.next(); b !== undefined; b = timeline.next()) {
      blocks.push([Number(b.height), ...b.events.map((e) => `${e.kind} ${e.demand}`)]);
    }
    expect(blocks).toEqual([
      [1, 'open 0'],
      [5, 'settle 0', 'open 1'],
      [15, 'depart 0', 'bid-timeout 1', 'settle 1', 'open 2'],
      [95, 'settle 2'],
    ]);
  });

  it('a timeout between two blocks has a block of its own, one after the end has none', () => {
    const timeline = new Timeline(scenario);
    timeline.timeoutAt(7n, 0);
    timeline.timeoutAt(200n, 1);
    const heights = [];
    for (let b = timeline.next(); b !== undefined; b = timeline.next())
      heights.push(Number(b.height));
    expect(heights).toEqual([1, 5, 7, 15, 95]);
  });
});
