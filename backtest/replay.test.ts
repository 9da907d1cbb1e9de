import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BidOutcome, PricingStrategy } from '../bidengine/strategy.js';
import { aPolicy, dec } from '../bidengine/testing/input-builder.js';
import { aNode, aSnapshot, H100 } from '../bidengine/testing/node-builder.js';
import { toAtto } from './money.js';
import { replay } from './replay.js';
import type { ReplayOptions } from './replay.js';
import type { Scenario } from './scenario.js';
import type { DemandSpec } from './testing/scenarios.js';
import {
  aClusterOf,
  aDemand,
  aScenario,
  clusters,
  scenarios,
  tableStrategy,
  uact,
} from './testing/scenarios.js';

const EIGHT = aClusterOf(aSnapshot([aNode().withGpus(H100, 8).obj()]));
const base: DemandSpec = {
  ...{ gpus: 8, models: ['h100'], maximum: 50, openedAt: 1, settlesAfter: 4, blocks: 10 },
};
const atto = (amount: number): bigint => toAtto(uact(String(amount)));

const run = (scenario: Scenario, prices: readonly number[], options: Partial<ReplayOptions> = {}) =>
  replay(scenario, EIGHT, {
    ...{ name: 'test', policies: [], bidTimeoutBlocks: 50n },
    strategy: tableStrategy(prices),
    ...options,
  });

describe('replay', () => {
  it('a bid below the limit wins, earns until the lease ends, and then the GPUs are free again', () => {
    const scenario = aScenario([
      aDemand(1, { ...base, limit: 30 }),
      aDemand(2, { ...base, openedAt: 20, limit: 30 }),
    ]);
    const result = run(scenario, [20]);
    expect(result).toMatchObject({ bids: 2, won: 2, lost: 0, earned: 20n * atto(20) });
    expect(Object.values(result.gpuBlocks)).toEqual([160n]);
    expect(result.series.map((p) => [p.height, p.gpus])).toEqual([
      [0n, 0],
      [5n, 8],
      [15n, 0],
      [24n, 8],
      [34n, 0],
      [100n, 0],
    ]);
  });

  it('a bid at the limit loses to the one that was taken, and by how much is told', () => {
    const result = run(aScenario([aDemand(1, { ...base, limit: 30 })]), [32]);
    expect(result).toMatchObject({ won: 0, lost: 1, lostByPrice: 1, earned: 0n });
    expect(result.lostByPriceAtto).toBe(toAtto(uact('2.000001')));
  });

  it('an order that comes while its GPUs are taken is decided again when they are free', () => {
    const scenario = aScenario([
      aDemand(1, { ...base, limit: 30 }),
      aDemand(2, { ...base, openedAt: 12, settlesAfter: 8, limit: 30 }),
    ]);
    expect(run(scenario, [20])).toMatchObject({ decisions: 3, bids: 2, won: 2 });
  });

  it('but not when it comes too late to be taken', () => {
    const scenario = aScenario([
      aDemand(1, { ...base, limit: 30 }),
      aDemand(2, { ...base, openedAt: 12, settlesAfter: 4, limit: 30 }),
    ]);
    expect(run(scenario, [20])).toMatchObject({ bids: 2, won: 1, lost: 1, lostLate: 1 });
  });

  it('an order that is never bid on is counted by every reason it was refused for', () => {
    const scenario = aScenario([
      aDemand(1, { ...base, limit: 30 }),
      aDemand(2, { ...base, openedAt: 2, settlesAfter: 2, limit: 30 }),
    ]);
    const result = run(scenario, [20]);
    expect(result).toMatchObject({ rejected: 1, rejectedByReason: { InsufficientGpus: 1 } });
  });

  it('a bid that nobody takes gives its GPUs back at its timeout', () => {
    const scenario = aScenario([
      aDemand(1, { ...base, settlesAfter: 80 }),
      aDemand(2, { ...base, openedAt: 40, limit: 30 }),
    ]);
    expect(run(scenario, [20], { bidTimeoutBlocks: 30n })).toMatchObject({ expired: 1, won: 1 });
    expect(run(scenario, [20], { bidTimeoutBlocks: 90n })).toMatchObject({ expired: 1, won: 0 });
  });

  it('an order that was never leased is never won', () => {
    expect(run(aScenario([aDemand(1, { ...base, blocks: 0 })]), [1])).toMatchObject({
      won: 0,
      expired: 1,
    });
  });

  it('fees are paid for every bid, and for every withdrawal of a lease and its last', () => {
    const fees = { bid: atto(1), withdrawal: atto(2), withdrawalBlocks: 4n };
    const scenario = aScenario([
      aDemand(1, { ...base, limit: 30 }),
      aDemand(2, { ...base, openedAt: 20, limit: 10 }),
    ]);
    const result = run(scenario, [20], { fees });
    // Two bids; the lease lives ten blocks: withdrawals after four, eight and at its end.
    expect(result).toMatchObject({ bids: 2, won: 1, fees: 2n * atto(1) + 3n * atto(2) });
    expect(result.earned).toBe(run(scenario, [20]).earned);
  });

  it('a node that fails ends its leases, takes no order while it is out, and one again after', () => {
    const [node] = EIGHT.snapshot.nodes;
    const outages = [{ node: node?.name ?? '', from: 9n, until: 40n }];
    const scenario = aScenario([
      aDemand(1, { ...base, limit: 30 }),
      aDemand(2, { ...base, openedAt: 20, limit: 30 }),
      aDemand(3, { ...base, openedAt: 50, limit: 30 }),
    ]);
    const result = run(scenario, [20], { outages });
    expect(result).toMatchObject({ bids: 2, won: 2, failed: 1, rejected: 1 });
    // Four blocks of the first lease, ten of the third.
    expect(result.earned).toBe(14n * atto(20));
  });

  it('price books price as they do in the operator', () => {
    const policy = aPolicy({
      gpus: [{ vendor: 'nvidia', model: 'h100', usdPerHour: dec('0.001') }],
    });
    const scenario = aScenario([aDemand(1, { ...base, limit: 1000, maximum: 1000 })]);
    const result = replay(scenario, EIGHT, {
      ...{ name: 'book', policies: [policy], bidTimeoutBlocks: 50n },
    });
    expect(result.won).toBe(1);
    expect(result.earned > 0n).toBe(true);
  });

  it('a strategy learns from every outcome, in order', () => {
    const learner = (known: readonly BidOutcome[]): PricingStrategy => ({
      ...tableStrategy([20]),
      name: `learner ${known.length}`,
      learn: (outcome) => {
        seen.push(outcome.result);
        return learner([...known, outcome]);
      },
    });
    const seen: string[] = [];
    const scenario = aScenario([
      aDemand(1, { ...base, limit: 30 }),
      aDemand(2, { ...base, openedAt: 20, limit: 10 }),
      aDemand(3, { ...base, openedAt: 40 }),
    ]);
    run(scenario, [], { strategy: learner([]) });
    expect(seen).toEqual(['won', 'lost', 'expired']);
  });

  it('gives the same result twice, never takes more GPUs than there are, and accounts for every bid', () => {
    const prices = fc.array(fc.integer({ min: -2, max: 40 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(scenarios, clusters, prices, (scenario, cluster, table) => {
        const options = {
          ...{ name: 'x', policies: [], bidTimeoutBlocks: 20n },
          strategy: tableStrategy(table),
        };
        const result = replay(scenario, cluster, options);
        expect(replay(scenario, cluster, options)).toEqual(result);
        const gpus = cluster.snapshot.nodes.reduce((sum, n) => sum + Number(n.allocatable.gpus), 0);
        for (const point of result.series) {
          expect(point.gpus).toBeGreaterThanOrEqual(0);
          expect(point.gpus).toBeLessThanOrEqual(gpus);
        }
        const { won, lost, expired, bids } = result;
        expect(won + lost + expired).toBeLessThanOrEqual(bids);
      }),
      { numRuns: 100 },
    );
  });
});
