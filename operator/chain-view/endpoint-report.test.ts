import { describe, expect, it } from '@jest/globals';
import type { EndpointCode, EndpointState } from '../../chain/rpc/endpoint-state.js';
import type { Reason } from '../../market/reasons.js';
import { createLogger } from '../logger.js';
import { createMetrics } from '../metrics.js';
import { EndpointReport } from './endpoint-report.js';

const endpoint = (label: string, code: EndpointCode, serving = false): EndpointState => ({
  ...{ label, code, serving, trusted: false, message: `${label} is so`, height: 7n },
  ...{ lagBlocks: 2, latencyMs: 30, errorRate: 0 },
});

const setup = () => {
  const world: { states: readonly EndpointState[]; obstacle: Reason | undefined; ageMs: number } = {
    ...{ states: [], obstacle: undefined, ageMs: 1_200 },
  };
  const told: string[] = [];
  const metrics = createMetrics();
  const report = new EndpointReport({
    endpoints: () => world.states,
    obstacle: () => world.obstacle,
    view: { height: 7n, stalenessMs: () => world.ageMs },
    metrics,
    events: { record: (_about, { reason, note }) => told.push(`${reason} ${note}`) },
    about: () => ({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x' } }),
    log: createLogger('silent'),
  });
  return { world, told, metrics, report };
};

describe('the endpoint report', () => {
  it('tells of each change once, and of nothing while all is well', () => {
    const { world, told, report } = setup();
    world.states = [endpoint('a:1', 'Healthy', true), endpoint('b:1', 'NotChecked')];
    report.run();
    expect(told).toEqual([]);
    world.states = [endpoint('a:1', 'Lagging'), endpoint('b:1', 'Healthy', true)];
    report.run();
    report.run();
    world.states = [endpoint('a:1', 'Healthy'), endpoint('b:1', 'Healthy', true)];
    report.run();
    expect(told).toEqual([
      'EndpointUnhealthy Lagging: a:1 is so.',
      'EndpointServing Chain endpoint b:1 serves in place of a:1.',
      'EndpointHealthy Chain endpoint a:1 is well again.',
    ]);
  });

  it('says that nothing can be torn down, in the condition and once as an Event', () => {
    const { world, told, report } = setup();
    world.states = [endpoint('a:1', 'Healthy', true)];
    world.obstacle = { code: 'NoSecondOpinion', message: 'Only a:1 can be asked.' };
    report.run();
    report.run();
    expect(told).toEqual(['NoSecondOpinion Only a:1 can be asked.']);
    expect(report.fresh()).toEqual({
      code: 'NoSecondOpinion',
      message: 'New blocks come from a:1, the newest less than 10 s ago. Only a:1 can be asked.',
    });
  });

  it('names who serves, how old the view is, and who is ill', () => {
    const { world, report } = setup();
    world.states = [endpoint('a:1', 'Healthy', true), endpoint('b:1', 'WrongChain')];
    world.ageMs = 10_000;
    expect(report.fresh()).toEqual({
      code: 'Fresh',
      message: 'New blocks come from a:1, the newest less than 20 s ago (b:1: WrongChain).',
    });
  });

  it('sets the gauges, and forgets endpoints that are gone', async () => {
    const { world, metrics, report } = setup();
    world.states = [endpoint('a:1', 'Healthy', true), endpoint('b:1', 'Lagging')];
    report.run();
    const text = await metrics.registry.metrics();
    expect(text).toContain('berth_chain_endpoint_healthy{endpoint="a:1"} 1');
    expect(text).toContain('berth_chain_endpoint_healthy{endpoint="b:1"} 0');
    expect(text).toContain('berth_chain_endpoint_serving{endpoint="a:1"} 1');
    expect(text).toContain('berth_chain_endpoint_lag_blocks{endpoint="b:1"} 2');
    expect(text).toContain('berth_chain_endpoint_latency_seconds{endpoint="a:1"} 0.03');
    world.states = [endpoint('a:1', 'Healthy', true)];
    report.run();
    expect(await metrics.registry.metrics()).not.toContain('b:1');
  });
});
