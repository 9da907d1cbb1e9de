import { describe, expect, it } from '@jest/globals';
import { aNode, aSnapshot, H100 } from '../bidengine/testing/node-builder.js';
import { compare, regretOf, utilisationOf, winRateOf } from './compare.js';
import { plot } from './plot.js';
import { aClusterOf, aDemand, aScenario, tableStrategy } from './testing/scenarios.js';

const EIGHT = aClusterOf(aSnapshot([aNode().withGpus(H100, 8).obj()]));
const base = { gpus: 8, models: ['h100'], maximum: 50, openedAt: 10, settlesAfter: 4, blocks: 50 };
const scenario = aScenario([
  aDemand(1, { ...base, limit: 30, inclusive: true }),
  aDemand(2, { ...base, openedAt: 70, blocks: 10, limit: 30, inclusive: true }),
]);
const option = (name: string, price: number) => ({
  ...{ name, policies: [], bidTimeoutBlocks: 50n },
  strategy: tableStrategy([price]),
});
const comparison = compare(scenario, EIGHT, [option('low & <slow>', 15), option('all', 30)]);

describe('a comparison', () => {
  it('tells regret, utilisation and win rate exactly', () => {
    const [low, all] = comparison.results;
    if (low === undefined || all === undefined) throw new Error('two results are expected');
    expect([low, all].map((r) => regretOf(r, comparison.bound).toFixed())).toEqual(['0.5', '0']);
    expect(utilisationOf(all, comparison).toFixed()).toBe('0.6');
    expect(winRateOf(all).toFixed()).toBe('1');
  });

  it('without anything to earn there is nothing to regret', () => {
    const none = compare(aScenario([]), EIGHT, [option('idle', 1)]);
    const [idle] = none.results;
    if (idle === undefined) throw new Error('a result is expected');
    expect(regretOf(idle, none.bound).toFixed()).toBe('0');
    expect(winRateOf(idle).toFixed()).toBe('0');
  });
});

describe('the plot', () => {
  it('is the same bytes for the same figures', () => {
    expect(plot(comparison)).toBe(plot(comparison));
  });

  it('says SYNTHETIC across a made-up scenario, and not across a recorded one', () => {
    expect(plot(comparison)).toContain('>SYNTHETIC</text>');
    const recorded = { ...comparison, scenario: { ...scenario, origin: 'recorded' as const } };
    expect(plot(recorded)).not.toContain('SYNTHETIC');
  });

  it('has a line for the bound and two for each policy, names made harmless, no number broken', () => {
    const svg = plot(comparison);
    expect(svg.match(/<path /g)).toHaveLength(5);
    expect(svg).toContain('low &amp; &lt;slow&gt;');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});
