import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clientKey } from './client-address.js';
import { createConnectionCounter } from './connection-count.js';
import { createTokenBuckets } from './token-bucket.js';

describe('a token bucket', () => {
  it('allows the burst, then the rate, and says when to come again', () => {
    let nowMs = 0;
    const buckets = createTokenBuckets({ burst: 2, perSecond: 4, maxKeys: 10 }, () => nowMs);
    expect([buckets.take('a').ok, buckets.take('a').ok]).toEqual([true, true]);
    expect(buckets.take('a')).toEqual({ ok: false, retryAfterSeconds: 0.25 });
    expect(buckets.take('b').ok).toBe(true);
    nowMs = 250;
    expect([buckets.take('a').ok, buckets.take('a').ok]).toEqual([true, false]);
  });

  it('remembers a bounded number of keys and forgets the one longest unused', () => {
    const buckets = createTokenBuckets({ burst: 1, perSecond: 0.001, maxKeys: 2 }, () => 0);
    for (const key of ['a', 'b', 'a', 'c']) buckets.take(key);
    expect(buckets.take('a').ok).toBe(false); // used after b, so b was forgotten
    expect(buckets.take('b').ok).toBe(true);
  });

  it('never lets more through than burst plus rate times time, whatever the order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(500), { maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 20 }),
        (gaps, burst, perSecond) => {
          let nowMs = 0;
          const buckets = createTokenBuckets({ burst, perSecond, maxKeys: 1 }, () => nowMs);
          let allowed = 0;
          for (const gap of gaps) {
            nowMs += gap;
            if (buckets.take('k').ok) allowed += 1;
          }
          expect(allowed).toBeLessThanOrEqual(burst + (nowMs / 1000) * perSecond + 1e-6);
        },
      ),
    );
  });
});

describe('the key of an address', () => {
  it.each<readonly [string | undefined, string]>([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    [undefined, 'unknown'],
  ])('%p is %s', (address, want) => {
    expect(clientKey(address)).toBe(want);
  });
});

describe('the connection counter', () => {
  it('refuses beyond either limit with its reason, and forgets what was released', () => {
    const counter = createConnectionCounter({ total: 3, perClient: 2 });
    const first = counter.admit('a');
    counter.admit('a');
    expect(counter.admit('a')).toEqual({ ok: false, reason: 'TooManyConnectionsOfClient' });
    counter.admit('b');
    expect(counter.admit('c')).toEqual({ ok: false, reason: 'TooManyConnections' });
    if (!first.ok) throw new Error('refused');
    first.release();
    first.release(); // a second time counts for nothing
    expect(counter.open()).toBe(2);
    expect(counter.admit('c').ok).toBe(true);
    expect(counter.admit('a')).toMatchObject({ ok: false, reason: 'TooManyConnections' });
  });
});
