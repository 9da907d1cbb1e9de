import { describe, expect, it } from '@jest/globals';
import { gpuSoftware } from './gpu-software.js';

const labels = (entries: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(entries).map(([k, v]) => [`nvidia.com/cuda.${k}`, v]));

describe('gpuSoftware', () => {
  it.each([
    [
      'today’s names',
      {
        'driver-version.full': '580.65.06',
        'driver-version.major': '580',
        'runtime-version.major': '13',
        'runtime-version.minor': '0',
        'runtime-version.full': '13.0.48',
      },
      { driver: '580.65.06', cuda: '13.0' },
    ],
    [
      'today’s names without the full one',
      { 'driver-version.major': '580', 'driver-version.minor': '65' },
      { driver: '580.65' },
    ],
    [
      'the deprecated names',
      {
        'driver.major': '470',
        'driver.minor': '82',
        'driver.rev': '01',
        'runtime.major': '11',
        'runtime.minor': '4',
      },
      { driver: '470.82.01', cuda: '11.4' },
    ],
    [
      'both, while a node is being upgraded: the new ones count',
      { 'driver-version.full': '580.65.06', 'driver.major': '470' },
      { driver: '580.65.06' },
    ],
    ['nothing', {}, {}],
  ])('%s', (_name, entries, want) => {
    expect(gpuSoftware(labels(entries))).toEqual(want);
  });
});
