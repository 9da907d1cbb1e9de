import { describe, expect, it } from '@jest/globals';
import { outagesOf } from './outages.js';

const model = { seed: 7, meanBlocksBetween: 1_000, repairBlocks: 50 };
const span = { from: 0n, through: 1_000_000n };

describe('outages', () => {
  it('come as often as the model says, are repaired in its time, and never overlap on a node', () => {
    const all = outagesOf(['a'], model, span);
    // 1,000,000 blocks at 1,050 from failure to failure: 952 on the mean, 31 the deviation.
    expect(all.length).toBeGreaterThan(952 - 4 * 31);
    expect(all.length).toBeLessThan(952 + 4 * 31);
    for (const [i, { from, until }] of all.entries()) {
      expect(until - from).toBe(50n);
      expect(from > (all[i - 1]?.until ?? 0n)).toBe(true);
    }
  });

  it('are the same for every policy, and others for another seed', () => {
    expect(outagesOf(['a', 'b'], model, span)).toEqual(outagesOf(['a', 'b'], model, span));
    expect(outagesOf(['a'], { ...model, seed: 8 }, span)).not.toEqual(
      outagesOf(['a'], model, span),
    );
  });
});
