import { describe, expect, it } from '@jest/globals';
import { runTogether } from './run-together.js';

const until = (signal: AbortSignal, log: string[], name: string): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      setTimeout(() => {
        log.push(name);
        resolve();
      }, 5);
    });
  });

describe('runTogether', () => {
  it('a part that fails halts the others, is reported last, and nothing is left running', async () => {
    const halt = new AbortController();
    const log: string[] = [];
    const run = runTogether(
      [
        until(halt.signal, log, 'a'),
        Promise.reject(new Error('fault')),
        until(halt.signal, log, 'b'),
      ],
      halt,
      () => {
        log.push('last');
        return Promise.resolve();
      },
    );
    await expect(run).rejects.toThrow('fault');
    expect(log).toEqual(['a', 'b', 'last']);
  });

  it('resolves when every part has ended', async () => {
    const halt = new AbortController();
    const log: string[] = [];
    const run = runTogether([until(halt.signal, log, 'a')], halt);
    halt.abort();
    await run;
    expect(log).toEqual(['a']);
  });
});
