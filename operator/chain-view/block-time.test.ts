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

  it('a halt of an hour changes nothing: no bid gets dearer and no timeout shorter by it', () => {
    const estimate = new BlockTimeEstimate(5900);
    for (let i = 0; i < 15; i += 1) estimate.observe(BigInt(i), i * 6000);
    estimate.observe(15n, 15 * 6000 + 3_600_000);
    expect(estimate.ms()).toBe(6000);
    for (let i = 16; i < 40; i += 1) {
      estimate.observe(BigInt(i), i * 6000 + 3_600_000);
      expect(estimate.ms()).toBe(6000);
    }
  });

  it('started during a halt, it assumes until blocks come again', () => {
    const estimate = new BlockTimeEstimate(5900);
    estimate.observe(1n, 0);
    estimate.observe(2n, 3_600_000);
    expect(estimate.ms()).toBe(5900);
    estimate.observe(3n, 3_606_000);
    expect(estimate.ms()).toBe(6000);
  });

  it('blocks missed in between count by their number', () => {
    const estimate = new BlockTimeEstimate(5900);
    estimate.observe(1n, 0);
    estimate.observe(101n, 100 * 1000);
    estimate.observe(102n, 101 * 1000);
    expect(estimate.ms()).toBe(1000);
  });

  it('is never below one millisecond, whatever the clocks of proposers say', () => {
    const estimate = new BlockTimeEstimate(5900);
    estimate.observe(1n, 1000);
    estimate.observe(2n, 1000);
    expect(estimate.ms()).toBe(1);
  });
});
