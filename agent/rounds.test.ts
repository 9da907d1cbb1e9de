import { describe, expect, it } from '@jest/globals';
import type { Round } from './agent.js';
import { createMetrics } from './metrics.js';
import { Rounds } from './rounds.js';

const told: Round = { told: true, gpus: 8, lost: 1 };

/** One round per outcome, then the signal. */
const setup = async (...outcomes: readonly (Round | Error)[]) => {
  const stop = new AbortController();
  const left = [...outcomes];
  const clock = { ms: 1_000 };
  const metrics = createMetrics();
  const warnings: string[] = [];
  const rounds = new Rounds({
    agent: {
      round: () => {
        const outcome = left.shift() ?? new Error('no more outcomes');
        return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
      },
    },
    ...{ metrics, periodMs: 30_000, nowMs: () => clock.ms },
    pause: () => {
      if (left.length === 0) stop.abort();
      return Promise.resolve();
    },
    warn: (_err, message) => warnings.push(message),
  });
  const before = rounds.probes.ready();
  await rounds.run(stop.signal);
  return { rounds, clock, before, warnings, text: await metrics.registry.metrics() };
};

describe('Rounds', () => {
  it('is ready once it has told something, and counts what it told', async () => {
    const { rounds, before, text } = await setup(told);
    expect([before, rounds.probes.ready()]).toEqual(['the GPUs have not been read yet', undefined]);
    expect(text).toContain('berth_agent_gpus{state="present"} 8');
    expect(text).toContain('berth_agent_gpus{state="lost"} 1');
    expect(text).toContain('berth_agent_told_timestamp_seconds 1\n');
    expect(text).toContain('berth_agent_rounds_total{result="told"} 1');
  });

  it.each<[string, Round | Error, string, string]>([
    [
      'nvidia-smi gives no answer',
      { told: false, why: 'too slow' },
      'the GPUs were not read: too slow',
      'unread',
    ],
    [
      'the API server takes nothing',
      new Error('forbidden'),
      'what was read could not be told; the log says why',
      'failed',
    ],
  ])('goes on and says why it is not ready when %s', async (_name, outcome, why, result) => {
    const { rounds, warnings, text } = await setup(told, outcome);
    expect(rounds.probes.ready()).toBe(why);
    expect(warnings).toHaveLength(1);
    expect(text).toContain(`berth_agent_rounds_total{result="${result}"} 1`);
    expect(text).toContain('berth_agent_told_timestamp_seconds 1\n');
    const again = await setup(outcome, told);
    expect(again.rounds.probes.ready()).toBeUndefined();
  });

  it('is alive while rounds end, well or badly, and not when none does', async () => {
    const { rounds, clock } = await setup(new Error('x'));
    expect(rounds.probes.live()).toBeUndefined();
    clock.ms += 330_000;
    expect(rounds.probes.live()).toBeUndefined();
    clock.ms += 1_000;
    expect(rounds.probes.live()).toBe('no round has ended for 331 s');
  });
});
