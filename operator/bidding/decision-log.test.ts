import { describe, expect, it } from '@jest/globals';
import { DecisionLog } from './decision-log.js';

const skip = (code: string, message = '') =>
  ({ result: 'skip', reasons: [{ code, message }] }) as const;

describe('DecisionLog', () => {
  it('tells a decision once, again when its codes change, not when only its words do', () => {
    const log = new DecisionLog();
    expect(log.note('a', skip('InsufficientGpus', '1 free'))).toBe(true);
    expect(log.note('a', skip('InsufficientGpus', '2 free'))).toBe(false);
    expect(log.note('a', skip('InsufficientCpu'))).toBe(true);
    expect(log.note('a', { result: 'bid', reasons: [] })).toBe(true);
  });

  it('counts skipped orders by their first reason, and forgets those that are not open', () => {
    const log = new DecisionLog();
    log.note('a', skip('InsufficientGpus'));
    log.note('b', skip('InsufficientGpus'));
    log.note('c', skip('TenantDenied'));
    log.note('d', { result: 'bid', reasons: [] });
    expect(log.skippedByReason()).toEqual({ InsufficientGpus: 2, TenantDenied: 1 });
    log.retain((path) => path === 'c');
    expect(log.skippedByReason()).toEqual({ TenantDenied: 1 });
    expect(log.get('a')).toBeUndefined();
  });
});
