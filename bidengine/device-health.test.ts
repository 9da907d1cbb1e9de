import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextHealth, verdictOf } from './device-health.js';
import type { DeviceHealth, DeviceReading, DeviceState } from './device-health.js';

const RULES = { suspectMs: 100, provingMs: 300, longestGapMs: 60 };
const reading = (extra: Partial<DeviceReading> = {}): DeviceReading => ({
  ...{ uuid: 'GPU-1', index: 1, readAtMs: 0, xids: [], reachable: true, uncorrectedErrors: 0 },
  ...{ rowRemapFailed: false, rowRemapPending: false, hardwareSlowdown: false, inUse: false },
  ...extra,
});
const ILL = { xids: [79] };
const WATCH = { hardwareSlowdown: true };

/** Readings every 50 ms; gives the state after each. */
const walk = (...steps: readonly Partial<DeviceReading>[]): readonly DeviceState[] => {
  let health: DeviceHealth | undefined;
  return steps.map((step, i) => {
    health = nextHealth(health, reading({ readAtMs: i * 50, ...step }), RULES);
    return health.state;
  });
};
const times = <T>(n: number, value: T): readonly T[] => Array<T>(n).fill(value);

describe('verdictOf', () => {
  it.each<[string, Partial<DeviceReading>, string, string, boolean]>([
    ['nothing', {}, 'well', '', false],
    ['an Xid of the application', { xids: [13, 31, 94] }, 'well', '', false],
    ['off the bus', { xids: [13, 79] }, 'ill', 'GpuXid', true],
    ['a fatal Xid that the plugin ignores', { xids: [109] }, 'ill', 'GpuXid', false],
    ['an Xid that nobody knows', { xids: [999] }, 'watch', 'GpuSuspect', false],
    ['not reachable', { reachable: false }, 'ill', 'GpuLost', true],
    ['uncorrected errors', { uncorrectedErrors: 2 }, 'ill', 'GpuMemoryFaulty', false],
    ['a row that cannot be remapped', { rowRemapFailed: true }, 'ill', 'GpuMemoryFaulty', false],
    ['a row that waits for a reset', { rowRemapPending: true }, 'watch', 'GpuSuspect', false],
    ['slowed down', WATCH, 'watch', 'GpuSuspect', false],
    ['the driver asks for a reset', { recoveryAction: 'Reset' }, 'ill', 'GpuXid', false],
    ['the driver asks for nothing', { recoveryAction: 'None' }, 'well', '', false],
    [
      'half the lanes, at work',
      { pcieWidth: 8, pcieWidthMost: 16, inUse: true },
      'watch',
      'GpuSuspect',
      false,
    ],
    ['half the lanes, idle', { pcieWidth: 8, pcieWidthMost: 16 }, 'well', '', false],
  ])('%s', (_name, extra, kind, code, seen) => {
    const verdict = verdictOf(reading(extra));
    expect(verdict.kind).toBe(kind);
    if (verdict.kind === 'well') return;
    expect([verdict.why.code, verdict.pluginSees]).toEqual([code, seen]);
    expect(verdict.why.message).toContain('GPU 1 (GPU-1)');
  });
});

describe('nextHealth', () => {
  it.each<[string, readonly Partial<DeviceReading>[], readonly DeviceState[]]>([
    ['well, and stays so', [{}, {}], ['healthy', 'healthy']],
    ['ill while idle: quarantined at once', [{}, ILL], ['healthy', 'quarantined']],
    [
      'ill under a lease: drains until the lease has gone, and is not back by leaving alone',
      [{ ...ILL, inUse: true }, { ...ILL, inUse: true }, ILL],
      ['draining', 'draining', 'quarantined'],
    ],
    [
      'a lease that goes on after the fault is gone still drains',
      [{ ...ILL, inUse: true }, { inUse: true }, {}, {}],
      ['draining', 'draining', 'quarantined', 'back'],
    ],
    [
      'back after a proving run without a fault',
      [ILL, ...times(7, {}), {}],
      ['quarantined', ...times<DeviceState>(6, 'back'), 'healthy', 'healthy'],
    ],
    [
      'a fault within the proving run starts it over',
      [ILL, {}, {}, ILL, {}, {}],
      ['quarantined', 'back', 'back', 'quarantined', 'back', 'back'],
    ],
    [
      'a cause for watching within the proving run as well',
      [ILL, {}, WATCH, {}],
      ['quarantined', 'back', 'quarantined', 'back'],
    ],
    [
      'suspect, then nothing more for long enough',
      [WATCH, {}, {}, {}],
      ['suspect', 'suspect', 'healthy', 'healthy'],
    ],
    ['suspect as long as it gives cause', times(6, WATCH), times(6, 'suspect')],
    ['a suspect that falls ill', [WATCH, ILL], ['suspect', 'quarantined']],
  ])('%s', (_name, steps, want) => {
    expect(walk(...steps)).toEqual(want);
  });

  it('silence proves nothing: a gap in the readings starts the proving run over', () => {
    let health = nextHealth(undefined, reading({ ...ILL, readAtMs: 0 }), RULES);
    for (const readAtMs of [50, 1_000, 1_050])
      health = nextHealth(health, reading({ readAtMs }), RULES);
    expect(health).toMatchObject({ state: 'back', sinceMs: 1_000 });
  });

  it('a reading that is told again, or late, changes nothing', () => {
    const health = nextHealth(undefined, reading({ readAtMs: 100 }), RULES);
    expect(nextHealth(health, reading({ ...ILL, readAtMs: 100 }), RULES)).toBe(health);
    expect(nextHealth(health, reading({ ...ILL, readAtMs: 50 }), RULES)).toBe(health);
  });

  it('for any readings: what was ill is healthy again only after a whole proving run without any cause', () => {
    const step = fc.record({
      gap: fc.integer({ min: 1, max: 90 }),
      what: fc.constantFrom<Partial<DeviceReading>>({}, {}, {}, ILL, WATCH, { inUse: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let health: DeviceHealth | undefined;
        let now = 0;
        let wellSince = 0;
        let wasIll = false;
        for (const { gap, what } of steps) {
          now += gap;
          const next = reading({ ...what, readAtMs: now });
          const kind = verdictOf(next).kind;
          if (kind !== 'well' || gap > RULES.longestGapMs) wellSince = now;
          if (kind === 'ill') wasIll = true;
          health = nextHealth(health, next, RULES);
          if (kind !== 'well') expect(health.state).not.toBe('healthy');
          if (health.state === 'healthy' && wasIll) {
            expect(now - wellSince).toBeGreaterThanOrEqual(RULES.provingMs);
            wasIll = false;
          }
          expect(health.why === undefined).toBe(health.state === 'healthy');
        }
      }),
    );
  });
});
