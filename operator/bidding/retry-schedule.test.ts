import { describe, expect, it } from '@jest/globals';
import { RetrySchedule } from './retry-schedule.js';

/** Blocks until `path` is due again, counted from `height`. */
const waitOf = (retries: RetrySchedule, path: string, height: bigint): bigint => {
  let at = height;
  while (!retries.isDue(path, at)) at += 1n;
  return at - height;
};

describe('RetrySchedule', () => {
  it('waits 1, 2, 4 … at most 1024 blocks', () => {
    const retries = new RetrySchedule();
    const waits = Array.from({ length: 13 }, () => {
      retries.failed('a', 100n);
      return waitOf(retries, 'a', 100n);
    });
    expect(waits.slice(0, 4)).toEqual([1n, 2n, 4n, 8n]);
    expect(waits.slice(-3)).toEqual([1024n, 1024n, 1024n]);
  });

  it('what never failed, succeeded since, or matters no longer is due at once', () => {
    const retries = new RetrySchedule();
    expect(retries.isDue('a', 1n)).toBe(true);
    for (const path of ['a', 'b', 'c']) retries.failed(path, 1n);
    retries.succeeded('a');
    retries.retain((path) => path === 'c');
    expect(['a', 'b', 'c'].map((path) => retries.isDue(path, 1n))).toEqual([true, true, false]);
  });
});
