import { describe, expect, it } from '@jest/globals';
import { Timeline } from './timeline.js';

describe('Timeline', () => {
  it('tells when each step happened and how long it took, also for one told late', () => {
    let now = 1000;
    const lines: string[] = [];
    const timeline = new Timeline(
      (line) => lines.push(line),
      () => now,
      false,
    );
    timeline.begin();
    now = 3500;
    timeline.note('bid in block', '42', '21.25 USD/h', 2500);
    timeline.note('lease', '43', '');
    expect(timeline.entries().map((e) => [e.atSeconds, e.tookSeconds])).toEqual([
      [1.5, 1.5],
      [2.5, 1],
    ]);
    expect(lines[1]).toBe('  1.50 s  +1.50 s  42      bid in block          21.25 USD/h');
    expect(lines[2]).toBe('  2.50 s  +1.00 s  43      lease');
  });
});
