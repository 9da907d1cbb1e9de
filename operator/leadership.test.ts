import { describe, expect, it } from '@jest/globals';
import { COORDINATION_LEASES } from '../kube/resources.js';
import { FakeKube } from '../kube/testing/fake-kube.js';
import { systemClock } from './clock.js';
import { workWhileLeading } from './leadership.js';

const setup = () => {
  const api = new FakeKube();
  const stop = new AbortController();
  const lost: string[] = [];
  let elected: () => void = () => undefined;
  const leading = new Promise<void>((resolve) => {
    elected = resolve;
  });
  const options = {
    ...{ api, clock: systemClock, random: () => 0, namespace: 'berth', name: 'operator' },
    ...{ identity: 'a', leaseDurationMs: 300, renewDeadlineMs: 200, retryPeriodMs: 20 },
    onElected: () => elected(),
    onLost: (why: Error) => lost.push(why.message),
    onError: () => undefined,
  };
  const holder = async (): Promise<string | undefined> =>
    (await api.get(COORDINATION_LEASES, { namespace: 'berth', name: 'operator' }))?.spec
      ?.holderIdentity;
  return { api, stop, lost, leading, options, holder };
};

describe('workWhileLeading', () => {
  it('gives the Lease back only after the work has ended', async () => {
    const { stop, leading, options, holder } = setup();
    let finish: () => void = () => undefined;
    const work = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const run = workWhileLeading(options, () => work, stop.signal);
    await leading;
    stop.abort();
    await systemClock.sleep(60, new AbortController().signal);
    expect(await holder()).toBe('a');
    finish();
    await run;
    expect(await holder()).toBe('');
  });

  it('ends at once when it never led', async () => {
    const { api, stop, options } = setup();
    api.goAway();
    const run = workWhileLeading(options, () => Promise.reject(new Error('never')), stop.signal);
    stop.abort();
    await run;
  });

  it('a failure of the work reaches the caller, after the Lease was given back', async () => {
    const { stop, options, holder } = setup();
    const run = workWhileLeading(
      options,
      () => Promise.reject(new Error('a fault of ours')),
      stop.signal,
    );
    await expect(run).rejects.toThrow('a fault of ours');
    expect(await holder()).toBe('');
  });

  it('losing the Lease is told, and the work is awaited all the same', async () => {
    const { api, stop, lost, leading, options } = setup();
    let ended = false;
    const work = (): Promise<void> =>
      new Promise((resolve) => {
        stop.signal.addEventListener('abort', () => {
          setTimeout(() => {
            ended = true;
            resolve();
          }, 20);
        });
      });
    const told = {
      ...options,
      onLost: (why: Error) => {
        options.onLost(why);
        stop.abort();
      },
    };
    const run = workWhileLeading(told, work, stop.signal);
    await leading;
    api.goAway();
    await run;
    expect(lost).toEqual(['not renewed in 0.2 s']);
    expect(ended).toBe(true);
  });
});
