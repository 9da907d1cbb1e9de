import { describe, expect, it } from '@jest/globals';
import type { Clock } from './clock.js';
import { systemClock } from './clock.js';
import { Loop } from './loop.js';

/** A clock that records each pause and lets it end at once, until `stop` pauses were made. */
const countingClock = (
  stop: number,
  controller: AbortController,
): { clock: Clock; pauses: number[] } => {
  const pauses: number[] = [];
  const clock: Clock = {
    ...systemClock,
    sleep: async (ms) => {
      pauses.push(ms);
      if (pauses.length >= stop) controller.abort();
      await Promise.resolve();
    },
  };
  return { clock, pauses };
};

describe('Loop', () => {
  it('backs off after failures, up to its rhythm, and recovers', async () => {
    const controller = new AbortController();
    const { clock, pauses } = countingClock(7, controller);
    const errors: unknown[] = [];
    let runs = 0;
    const loop = new Loop(
      async () => {
        runs += 1;
        if (runs <= 5) throw new Error(`run ${runs}`);
        await Promise.resolve();
      },
      { clock, everyMs: 1000, retryMs: 100, onError: (e) => errors.push(e) },
    );
    await loop.run(controller.signal);
    expect(errors).toHaveLength(5);
    expect(pauses).toEqual([100, 200, 400, 800, 1000, 1000, 1000]);
  });

  it('runs once more, without a pause, when woken during a run', async () => {
    const controller = new AbortController();
    const { clock, pauses } = countingClock(1, controller);
    let runs = 0;
    const loop: Loop = new Loop(
      async () => {
        runs += 1;
        if (runs === 1) loop.wake();
        await Promise.resolve();
      },
      { clock, everyMs: 1000, onError: () => undefined },
    );
    await loop.run(controller.signal);
    expect(runs).toBe(2);
    expect(pauses).toEqual([1000]);
  });

  it('a wake-up ends the pause early', async () => {
    const controller = new AbortController();
    let runs = 0;
    const loop: Loop = new Loop(
      async () => {
        runs += 1;
        if (runs === 2) controller.abort();
        else setImmediate(() => loop.wake());
        await Promise.resolve();
      },
      { clock: systemClock, everyMs: 60_000, onError: () => undefined },
    );
    await loop.run(controller.signal);
    expect(runs).toBe(2);
  });

  it('a burst of wishes makes one run', async () => {
    const controller = new AbortController();
    let runs = 0;
    const loop: Loop = new Loop(
      async () => {
        runs += 1;
        if (runs === 1) for (let i = 0; i < 1000; i += 1) loop.wakeAfter(20);
        else setTimeout(() => controller.abort(), 60);
        await Promise.resolve();
      },
      { clock: systemClock, everyMs: 60_000, onError: () => undefined },
    );
    await loop.run(controller.signal);
    expect(runs).toBe(2);
  });
});
