import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../crds/object.js';
import { AppliedObjects } from './applied-objects.js';

const object = (name: string): readonly KubeObject[] => [
  { apiVersion: 'v1', kind: 'Service', metadata: { name } },
];

const setup = () => {
  let now = 0;
  let runs = 0;
  const applied = new AppliedObjects({ monotonic: () => now }, 1000);
  const ensure = (name: string, ok = true): Promise<boolean> =>
    applied.ensure('lease', object(name), () => {
      runs += 1;
      return Promise.resolve(ok);
    });
  const wait = (ms: number): void => {
    now += ms;
  };
  return { applied, ensure, wait, runs: () => runs };
};

describe('AppliedObjects', () => {
  it('applies once, again when the objects differ, and again after a while', async () => {
    const { ensure, wait, runs } = setup();
    expect(await ensure('a')).toBe(true);
    expect(await ensure('a')).toBe(false);
    expect(await ensure('b')).toBe(true);
    wait(1001);
    expect(await ensure('b')).toBe(true);
    expect(runs()).toBe(3);
  });

  it('going back to the objects before a refused set applies them again: half of the refused set may be there', async () => {
    const { ensure, runs } = setup();
    await ensure('a');
    await ensure('refused', false);
    expect(await ensure('a')).toBe(true);
    expect(runs()).toBe(3);
  });

  it('a failure counts as not applied, and reaches the caller', async () => {
    const { applied, ensure } = setup();
    await ensure('a');
    await expect(
      applied.ensure('lease', object('b'), () => Promise.reject(new Error('no answer'))),
    ).rejects.toThrow('no answer');
    expect(applied.size).toBe(0);
    expect(await ensure('a')).toBe(true);
  });

  it('what is forgotten is applied again and takes no memory', async () => {
    const { applied, ensure } = setup();
    await ensure('a');
    applied.forget('lease');
    expect(applied.size).toBe(0);
    expect(await ensure('a')).toBe(true);
  });
});
