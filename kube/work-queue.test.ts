import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FakeClock, settle } from './testing/fake-clock.js';
import { WorkQueue } from './work-queue.js';
import { runWorkers } from './workers.js';

const never = new AbortController().signal;
const setup = (): { clock: FakeClock; queue: WorkQueue } => {
  const clock = new FakeClock();
  return { clock, queue: new WorkQueue({ clock }) };
};

describe('WorkQueue', () => {
  it('queues a key once, in the order of first arrival', async () => {
    const { queue } = setup();
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    expect(queue.depth).toBe(3);
    expect([await queue.next(never), await queue.next(never), await queue.next(never)]).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('holds a key back while it is in work and gives it out again afterwards', async () => {
    const { queue } = setup();
    queue.add('a');
    await queue.next(never);
    queue.add('a');
    queue.add('a');
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(queue.depth).toBe(1);
    await queue.next(never);
    queue.done('a');
    expect(queue.depth).toBe(0);
  });

  it('doubles the delay of each failure from 5 ms to 16 min, and starts over when forgotten', () => {
    const { queue } = setup();
    const delays = Array.from({ length: 20 }, () => queue.addRateLimited('a'));
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(delays.at(-1)).toBe(16 * 60_000);
    expect(Math.max(...delays)).toBe(16 * 60_000);
    queue.forget('a');
    expect(queue.addRateLimited('a')).toBe(5);
    queue.close();
  });

  it('waits at least as long as the server asked', () => {
    const { queue } = setup();
    expect(queue.addRateLimited('a', 3_000)).toBe(3_000);
    queue.close();
  });

  it('keeps the earliest of several delays for a key', async () => {
    const { clock, queue } = setup();
    queue.addAfter('a', 1_000);
    queue.addAfter('a', 100);
    queue.addAfter('a', 500);
    await clock.advance(99);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(queue.depth).toBe(1);
    await queue.next(never);
    queue.done('a');
    await clock.advance(5_000);
    expect(queue.depth).toBe(0);
  });

  it('close ends takers and delays, leaves no timer, and takes nothing more', async () => {
    const { clock, queue } = setup();
    const taker = queue.next(never);
    queue.addAfter('a', 1_000);
    queue.close();
    expect(await taker).toBeUndefined();
    queue.add('b');
    queue.addAfter('c', 5);
    expect([queue.depth, clock.pending]).toEqual([0, 0]);
  });

  it('a taker whose signal aborts leaves the key to another', async () => {
    const { queue } = setup();
    const stop = new AbortController();
    const leaving = queue.next(stop.signal);
    const staying = queue.next(never);
    queue.add('a');
    stop.abort();
    expect(await leaving).toBeUndefined();
    expect(await staying).toBe('a');
  });

  it('refuses done for a key that is not in work', () => {
    expect(() => setup().queue.done('a')).toThrow('key a is not in work');
  });

  it('however it is used, no key is in work twice and none that was added is lost', async () => {
    const command = fc.record({
      what: fc.constantFrom('add', 'take', 'done', 'delay', 'fail', 'pass time'),
      key: fc.constantFrom('a', 'b', 'c'),
      ms: fc.integer({ min: 1, max: 50 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
        const { clock, queue } = setup();
        const working = new Set<string>();
        /** Keys added since they were last taken: each must still come out. */
        const owed = new Set<string>();
        const take = async (): Promise<void> => {
          const key = await queue.next(never);
          if (key === undefined) return;
          expect(working.has(key)).toBe(false);
          working.add(key);
          owed.delete(key);
        };
        for (const { what, key, ms } of commands) {
          if (what === 'add') queue.add(key);
          if (what === 'delay') queue.addAfter(key, ms);
          if (what === 'fail') queue.addRateLimited(key);
          if (what === 'add' || what === 'delay' || what === 'fail') owed.add(key);
          if (what === 'pass time') await clock.advance(ms);
          if (what === 'take' && queue.depth > 0) await take();
          if (what === 'done' && working.delete(key)) queue.done(key);
          expect(queue.inWork).toBe(working.size);
        }
        for (const key of working) queue.done(key);
        working.clear();
        await clock.advance(20 * 60_000);
        while (queue.depth > 0) await take();
        expect([...owed]).toEqual([]);
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});

describe('runWorkers', () => {
  it('retries a failed key with growing delays and forgets its failures when it succeeds', async () => {
    const { clock, queue } = setup();
    const stop = new AbortController();
    const delays: number[] = [];
    let calls = 0;
    const running = runWorkers(
      {
        queue,
        concurrency: 1,
        reconcile: async () => {
          calls += 1;
          if (calls < 4) throw new Error('not yet');
          return undefined;
        },
        onError: (_error, _key, delayMs) => delays.push(delayMs),
      },
      stop.signal,
    );
    queue.add('a');
    await clock.advance(1_000);
    expect([calls, delays, queue.failures('a')]).toEqual([4, [5, 10, 20], 0]);
    stop.abort();
    await running;
    expect(clock.pending).toBe(0);
  });

  it('works on several keys at once but on one key only once, and comes back when asked to', async () => {
    const { clock, queue } = setup();
    const stop = new AbortController();
    const active = new Map<string, number>();
    let most = 0;
    const seen: string[] = [];
    const running = runWorkers(
      {
        queue,
        concurrency: 3,
        reconcile: async (key, signal) => {
          const now = (active.get(key) ?? 0) + 1;
          expect(now).toBe(1);
          active.set(key, now);
          most = Math.max(
            most,
            [...active.values()].reduce((a, b) => a + b, 0),
          );
          seen.push(key);
          await clock.sleep(10, signal);
          active.set(key, 0);
          return key === 'a' ? { requeueAfterMs: 100 } : undefined;
        },
        onError: (error) => {
          throw error;
        },
      },
      stop.signal,
    );
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
    await clock.advance(5);
    queue.add('a');
    await clock.advance(200);
    expect(most).toBe(3);
    expect(seen.filter((k) => k === 'a').length).toBeGreaterThanOrEqual(3);
    stop.abort();
    await running;
    await settle();
    expect(clock.pending).toBe(0);
  });

  it('a reconcile that ends because of the stop is no failure', async () => {
    const { clock, queue } = setup();
    const stop = new AbortController();
    const errors: unknown[] = [];
    const running = runWorkers(
      {
        queue,
        concurrency: 1,
        reconcile: async (_key, signal) => {
          await clock.sleep(1_000, signal);
          signal.throwIfAborted();
          return undefined;
        },
        onError: (error) => errors.push(error),
      },
      stop.signal,
    );
    queue.add('a');
    await settle();
    stop.abort();
    await running;
    expect(errors).toEqual([]);
    expect([queue.inWork, clock.pending]).toEqual([0, 0]);
  });
});
