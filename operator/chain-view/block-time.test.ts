import { describe, expect, it } from '@jest/globals';
import { BlockTimeEstimate } from './block-time.js';

describe('BlockTimeEstimate', () => {
  it('assumes until two blocks were seen, then measures', () => {
    const estimate = new BlockTimeEstimate(5900);
    expect(estimate.ms()).toBe(5900);
    estimate.observe(10n, 1000);
    expect(estimate.ms()).toBe(5900);
    estimate.observe(14n, 2000);
    expect(estimate.ms()).toBe(250);
  });

  it('follows a change of pace within its window and ignores repeated heights', () => {
    const estimate = new BlockTimeEstimate(5900);
    for (let i = 0; i < 50; i += 1)
      estimate.observe(BigInt(i), i < 25 ? i * 6000 : 25 * 6000 + (i - 25) * 1000);
    estimate.observe(49n, 10 ** 9);
    expect(estimate.ms()).toBe(1000);
  });
});
