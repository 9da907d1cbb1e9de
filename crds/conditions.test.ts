import { describe, expect, it } from '@jest/globals';
import { findCondition, isTrue, setCondition } from './conditions.js';

const T1 = '2026-01-01T00:00:00Z';
const T2 = '2026-01-01T00:01:00Z';
const ready = { type: 'Ready', status: 'True', reason: 'AllGood', message: 'all good' } as const;
const bad = { ...ready, status: 'False', reason: 'Broken', message: 'it broke' } as const;

describe('setCondition', () => {
  it('dates a new condition and appends it', () => {
    const first = setCondition(undefined, ready, 3, T1);
    expect(first).toEqual([{ ...ready, observedGeneration: 3, lastTransitionTime: T1 }]);
    const second = setCondition(first, { ...bad, type: 'Funded' }, 3, T2);
    expect(second.map((c) => c.type)).toEqual(['Ready', 'Funded']);
  });

  it('keeps the transition time while the status stays, even when reason and generation change', () => {
    const first = setCondition([], bad, 1, T1);
    const second = setCondition(first, { ...bad, reason: 'StillBroken' }, 2, T2);
    expect(second).toEqual([
      { ...bad, reason: 'StillBroken', observedGeneration: 2, lastTransitionTime: T1 },
    ]);
  });

  it('moves the transition time when the status changes, and leaves its input alone', () => {
    const first = setCondition([], bad, 1, T1);
    const second = setCondition(first, ready, 1, T2);
    expect(findCondition(second, 'Ready')?.lastTransitionTime).toBe(T2);
    expect(findCondition(first, 'Ready')?.lastTransitionTime).toBe(T1);
  });

  it('isTrue holds for True only, not for Unknown or absence', () => {
    expect(isTrue(setCondition([], ready, 1, T1), 'Ready')).toBe(true);
    expect(isTrue(setCondition([], { ...ready, status: 'Unknown' }, 1, T1), 'Ready')).toBe(false);
    expect(isTrue(undefined, 'Ready')).toBe(false);
  });
});
