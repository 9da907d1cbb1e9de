import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { A100, aNode, aSnapshot, H100 } from '../bidengine/testing/node-builder.js';
import type { DescribedCluster } from './cluster.js';
import type { Scenario } from './scenario.js';
import { groupMaxPrice } from '../market/resources.js';
import { hindsightBound } from './hindsight.js';
import { toAtto } from './money.js';
import { replay } from './replay.js';
import {
  aClusterOf,
  aDemand,
  aScenario,
  clusters,
  crowds,
  scenarios,
  tableStrategy,
  uact,
} from './testing/scenarios.js';

const atto = (amount: number): bigint => toAtto(uact(String(amount)));
const run = (
  ...[scenario, cluster, prices]: readonly [
    Parameters<typeof replay>[0],
    Parameters<typeof replay>[1],
    readonly (number | string)[],
  ]
) =>
  replay(scenario, cluster, {
    name: 'table',
    policies: [],
    strategy: tableStrategy(prices),
    bidTimeoutBlocks: 50n,
  });

describe('the bound of perfect hindsight', () => {
  it('no policy beats it, whatever it asks of whom', () => {
    const prices = fc.array(fc.integer({ min: -5, max: 60 }), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(scenarios, clusters, prices, (scenario, cluster, table) => {
        const { earned } = run(scenario, cluster, table);
        expect(earned <= hindsightBound(scenario, cluster).earned).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('nor does one on nodes that fail', () => {
    const prices = fc.array(fc.integer({ min: -5, max: 60 }), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(scenarios, clusters, prices, (scenario, cluster, table) => {
        const outages = cluster.snapshot.nodes.map(({ name }, i) => ({
          ...{ node: name, from: BigInt(10 + 20 * i), until: BigInt(40 + 20 * i) },
        }));
        const { earned } = replay(scenario, cluster, {
          ...{ name: 'table', policies: [], strategy: tableStrategy(table), outages },
          bidTimeoutBlocks: 50n,
        });
        expect(earned <= hindsightBound(scenario, cluster).earned).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  /** Every subset of at most seven orders, each asked the most that still wins. */
  const expectNoChoiceBeats = (scenario: Scenario, cluster: DescribedCluster): void => {
    const bound = hindsightBound(scenario, cluster).earned;
    const few = { ...scenario, demands: scenario.demands.slice(0, 7) };
    const best = few.demands.map(({ limit, order }) => {
      const most = groupMaxPrice(order.spec).amount;
      if (limit === undefined) return '0';
      const asked = limit.inclusive ? limit.amount : limit.amount.minus('0.000001');
      return (asked.lt(most) ? asked : most).toFixed();
    });
    for (let subset = 0; subset < 2 ** few.demands.length; subset += 1) {
      const table = Array.from({ length: scenario.demands.length }, () => '0');
      for (const [i, { order }] of few.demands.entries()) {
        if ((subset >> i) & 1) table[Number(order.id.dseq) - 1] = best[i] ?? '0';
      }
      expect(run(few, cluster, table).earned <= bound).toBe(true);
    }
  };

  it('no choice of orders beats it, each sold at the most that still wins', () => {
    fc.assert(fc.property(scenarios, clusters, expectNoChoiceBeats), { numRuns: 25 });
  });

  it('nor where all want the same GPUs at once', () => {
    const three = aClusterOf(aSnapshot([aNode().withGpus(H100, 3).obj()]));
    fc.assert(
      fc.property(crowds, (scenario) => expectNoChoiceBeats(scenario, three)),
      { numRuns: 50 },
    );
  });

  const eight = aClusterOf(aSnapshot([aNode().withGpus(H100, 8).obj()]));
  const demand = {
    gpus: 8,
    models: ['h100'],
    maximum: 50,
    openedAt: 1,
    settlesAfter: 4,
    blocks: 10,
  };

  it('is met by the one order there is, at the price below which it is won', () => {
    const scenario = aScenario([aDemand(1, { ...demand, limit: 30, inclusive: true })]);
    const bound = hindsightBound(scenario, eight);
    expect([bound.winnable, bound.eligible, bound.earned]).toEqual([1, 1, 10n * atto(30)]);
    expect(run(scenario, eight, [30]).earned).toBe(bound.earned);
  });

  it("is the tenant's maximum where no rival bid less", () => {
    const scenario = aScenario([aDemand(1, { ...demand, limit: 80 })]);
    expect(hindsightBound(scenario, eight).earned).toBe(10n * atto(50));
  });

  it('of two orders at one time serves the dearer, and the rest of the other by the GPU', () => {
    const first = { ...demand, gpus: 6, limit: 30 };
    const second = { ...demand, gpus: 4, limit: 10 };
    const scenario = aScenario([aDemand(1, first), aDemand(2, second)]);
    expect(hindsightBound(scenario, eight).earned).toBe(10n * atto(30) + 10n * atto(5));
  });

  it('lets one order follow another on the same GPUs', () => {
    const later = { ...demand, openedAt: 11, limit: 10 };
    const scenario = aScenario([aDemand(1, { ...demand, limit: 30 }), aDemand(2, later)]);
    expect(hindsightBound(scenario, eight).earned).toBe(10n * atto(30) + 10n * atto(10));
  });

  it('leaves out what the cluster could never serve, and what nobody could have won', () => {
    const scenario = aScenario([
      aDemand(1, { ...demand, gpus: 9, limit: 30 }),
      aDemand(2, { ...demand, models: ['b200'], limit: 30 }),
      aDemand(3, demand),
    ]);
    expect(hindsightBound(scenario, eight)).toMatchObject({ earned: 0n, winnable: 2, eligible: 0 });
  });

  it('an order that accepts either model leaves the scarce one to who needs it', () => {
    const two = aClusterOf(
      aSnapshot([aNode('a').withGpus(H100, 1).obj(), aNode('b').withGpus(A100, 1).obj()]),
    );
    const one = { ...demand, gpus: 1 };
    const scenario = aScenario([
      aDemand(1, { ...one, models: ['h100', 'a100'], limit: 20 }),
      aDemand(2, { ...one, models: ['h100'], limit: 10 }),
    ]);
    expect(hindsightBound(scenario, two).earned).toBe(10n * atto(30));
  });

  it('never falls as time goes on, and ends at what it says', () => {
    fc.assert(
      fc.property(scenarios, clusters, (scenario, cluster) => {
        const { series, earned } = hindsightBound(scenario, cluster);
        for (const [i, point] of series.entries()) {
          const before = series[i - 1];
          if (before === undefined) continue;
          expect(point.earned >= before.earned && point.height >= before.height).toBe(true);
        }
        expect(series.at(-1)?.earned).toBe(earned);
      }),
    );
  });
});
