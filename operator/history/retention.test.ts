import { describe, expect, it } from '@jest/globals';
import type { StoredSegment } from './ports.js';
import { segmentsToRemove } from './retention.js';

const segment = (name: string, lastMs: number, bytes = 10): StoredSegment => ({
  name,
  lastMs,
  bytes,
});
const at = { nowMs: 1000, keepMs: 100, maxBytes: 1000 };

describe('which segments go', () => {
  it.each<[string, readonly StoredSegment[], number, readonly string[]]>([
    ['none while all are young and small', [segment('a', 950), segment('b', 900)], 1000, []],
    [
      'those whose last entry is too old',
      [segment('new', 950), segment('old', 899)],
      1000,
      ['old'],
    ],
    [
      'the oldest while all together are too large',
      [segment('c', 990), segment('a', 970), segment('b', 980)],
      15,
      ['a', 'b'],
    ],
    ['one of unknown age stays while there is room', [segment('x', 0)], 1000, []],
    [
      'one of unknown age goes first when there is none',
      [segment('a', 990), segment('x', 0)],
      15,
      ['x'],
    ],
  ])('%s', (_, segments, maxBytes, want) => {
    expect(segmentsToRemove(segments, { ...at, maxBytes })).toEqual(want);
  });
});
