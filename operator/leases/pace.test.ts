import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';

describe('Pace', () => {
  it('doubles while nothing changes, up to the longest pause', () => {
    const pace = new Pace(300, 30_000);
    const pauses = Array.from({ length: 9 }, () => pace.next('a', false));
    expect(pauses).toEqual([300, 600, 1200, 2400, 4800, 9600, 19_200, 30_000, 30_000]);
  });

  it('starts anew for what changed, and after it was forgotten', () => {
    const pace = new Pace(300, 30_000);
    pace.next('a', false);
    pace.next('a', false);
    expect(pace.next('a', true)).toBe(300);
    expect(pace.next('a', false)).toBe(600);
    pace.forget('a');
    expect(pace.next('a', false)).toBe(300);
  });

  it('keeps keys apart', () => {
    const pace = new Pace(300, 30_000);
    pace.next('a', false);
    expect(pace.next('b', false)).toBe(300);
  });
});
