import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../clock.js';
import { ChainView } from './chain-view.js';

const setup = (): { view: ChainView; advance: (ms: number) => void } => {
  let at = 0;
  const view = new ChainView({ ...systemClock, monotonic: () => at }, 10_000, 5900);
  return {
    view,
    advance: (ms) => {
      at += ms;
    },
  };
};

describe('ChainView', () => {
  it('says that nothing was seen, then that it is fresh, then how old it is', () => {
    const { view, advance } = setup();
    expect(view.staleness()?.code).toBe('ChainNeverSeen');
    view.observe({ height: 5n, timeMs: 1000 });
    expect(view.staleness()).toBeUndefined();
    advance(10_001);
    expect(view.staleness()?.code).toBe('ChainStale');
    expect(view.staleness()?.message).toContain('block seen is 5, 10 s ago');
  });

  it('a repeated or older block does not make an old view fresh', () => {
    const { view, advance } = setup();
    view.observe({ height: 5n, timeMs: 1000 });
    advance(11_000);
    view.observe({ height: 5n, timeMs: 1000 });
    view.observe({ height: 4n, timeMs: 900 });
    expect(view.staleness()?.code).toBe('ChainStale');
    expect(view.height).toBe(5n);
  });
});
