/**
 * The state of one GPU over time, as a pure step. What is known to be ill is sold to nobody and closes nothing: under a
 * running lease it drains until the lease has gone by itself. It comes back by itself, after a proving run. Silence changes
 * nothing: unknown is never unhealthy, and never proof of health either.
 */
import type { Reason } from '../market/reasons.js';
import type { DeviceFaultFacts } from './cluster-facts.js';
import { reason } from './reasons.js';
import { pluginSees, xidClass, xidWords } from './xid.js';

/** What an agent on the node, or whoever else knows, says of a GPU at one moment. */
export interface DeviceReading {
  readonly uuid: string;
  /** Number on its node. */
  readonly index: number;
  /** Unix milliseconds. */
  readonly readAtMs: number;
  /** Xid codes since the driver was loaded or the GPU was reset; those of the catalogue's application class included. */
  readonly xids: readonly number[];
  /** Whether the driver still reaches it. */
  readonly reachable: boolean;
  /** Uncorrected memory errors since the driver was loaded. */
  readonly uncorrectedErrors: number;
  readonly rowRemapFailed: boolean;
  /** A remapped row waits for a reset. */
  readonly rowRemapPending: boolean;
  /** Slowed down by heat or power that the hardware cannot stand. */
  readonly hardwareSlowdown: boolean;
  readonly pcieWidth?: number | undefined;
  readonly pcieWidthMost?: number | undefined;
  /** What the driver itself asks for, for example `Reset`; absent or `None` when it asks for nothing. */
  readonly recoveryAction?: string | undefined;
  /** Whether a process has it open. */
  readonly inUse: boolean;
}

/** `back`: well again, and in its proving run. Only `healthy` ones are sold. */
export type DeviceState = 'healthy' | 'suspect' | 'draining' | 'quarantined' | 'back';

export interface DeviceHealth {
  readonly uuid: string;
  readonly index: number;
  readonly state: DeviceState;
  /** Unix milliseconds. */
  readonly sinceMs: number;
  /** Of the last reading; a gap longer than the rules allow starts a proving run over. */
  readonly readAtMs: number;
  /** Why it is not healthy. */
  readonly why?: Reason | undefined;
  /** Whether the device plugin has taken it out of `allocatable` by itself. */
  readonly pluginSees: boolean;
}

export interface HealthRules {
  /** How long a suspect has to give no further cause. */
  readonly suspectMs: number;
  /** How long a GPU that was ill has to be well before it is sold again. */
  readonly provingMs: number;
  /** Readings further apart than this prove nothing about the time between them. */
  readonly longestGapMs: number;
}

export const HEALTH_RULES: HealthRules = {
  suspectMs: 10 * 60_000,
  provingMs: 15 * 60_000,
  longestGapMs: 2 * 60_000,
};

/** What one reading means: nothing wrong, worth watching, or ill. */
export type Verdict =
  | { readonly kind: 'well' }
  | { readonly kind: 'watch' | 'ill'; readonly why: Reason; readonly pluginSees: boolean };

const ill = (
  code: 'GpuXid' | 'GpuLost' | 'GpuMemoryFaulty',
  message: string,
  seen: boolean,
): Verdict => ({
  ...{ kind: 'ill', why: reason(code, message), pluginSees: seen },
});
const watch = (message: string): Verdict => ({
  ...{ kind: 'watch', why: reason('GpuSuspect', message), pluginSees: false },
});

/** The worst that a reading tells. */
export const verdictOf = (reading: DeviceReading): Verdict => {
  const { xids, index, uuid } = reading;
  const name = `GPU ${index} (${uuid})`;
  if (!reading.reachable) return ill('GpuLost', `${name} does not answer the driver`, true);
  const bad =
    xids.find((x) => xidClass(x) === 'machine') ?? xids.find((x) => xidClass(x) === 'reset');
  if (bad !== undefined) return ill('GpuXid', `${name}: ${xidWords(bad)}`, pluginSees(bad));
  const { recoveryAction = 'None' } = reading;
  if (!['None', 'N/A'].includes(recoveryAction))
    return ill('GpuXid', `${name}: the driver asks for: ${recoveryAction}`, false);
  if (reading.rowRemapFailed)
    return ill('GpuMemoryFaulty', `${name}: a faulty memory row could not be remapped`, false);
  if (reading.uncorrectedErrors > 0) {
    const message = `${name}: ${reading.uncorrectedErrors} uncorrected memory errors since the driver was loaded`;
    return ill('GpuMemoryFaulty', message, false);
  }
  if (reading.rowRemapPending) return watch(`${name}: a remapped memory row waits for a reset`);
  if (reading.hardwareSlowdown) return watch(`${name} is slowed down by its hardware`);
  const [width, most] = [reading.pcieWidth, reading.pcieWidthMost];
  // An idle link may save power by its speed, not by its width.
  if (width !== undefined && most !== undefined && width < most && reading.inUse)
    return watch(`${name} has ${width} of ${most} PCIe lanes`);
  const odd = xids.find((x) => xidClass(x) === 'watch');
  return odd === undefined ? { kind: 'well' } : watch(`${name}: ${xidWords(odd)}`);
};

/** The state after a reading. @param before `undefined` for a GPU that is seen for the first time */
export const nextHealth = (
  before: DeviceHealth | undefined,
  reading: DeviceReading,
  rules: HealthRules = HEALTH_RULES,
): DeviceHealth => {
  const { uuid, index, readAtMs, inUse } = reading;
  // A reading that came late, or once more, tells nothing new.
  if (before !== undefined && readAtMs <= before.readAtMs) return before;
  const verdict = verdictOf(reading);
  const base = { uuid, index, readAtMs };
  const enter = (state: DeviceState): DeviceHealth => {
    const kept = before?.state === state;
    const told =
      verdict.kind === 'well'
        ? { why: before?.why, pluginSees: before?.pluginSees ?? false }
        : verdict;
    const health = { ...base, state, sinceMs: kept ? before.sinceMs : readAtMs };
    return state === 'healthy'
      ? { ...health, pluginSees: false }
      : { ...health, why: told.why, pluginSees: told.pluginSees };
  };
  const state = before?.state ?? 'healthy';
  if (verdict.kind === 'ill')
    return enter(inUse && state !== 'quarantined' ? 'draining' : 'quarantined');
  if (state === 'draining') return enter(inUse ? 'draining' : 'quarantined');
  if (verdict.kind === 'watch') {
    const next = enter(state === 'healthy' || state === 'suspect' ? 'suspect' : 'quarantined');
    // What goes on being watched does not become less suspect by waiting.
    return next.state === 'suspect' ? { ...next, sinceMs: readAtMs } : next;
  }
  if (state === 'healthy') return enter('healthy');
  if (state === 'quarantined') return enter('back');
  const gap = before !== undefined && readAtMs - before.readAtMs > rules.longestGapMs;
  if (gap) return { ...enter(state), sinceMs: readAtMs };
  const needed = state === 'suspect' ? rules.suspectMs : rules.provingMs;
  const sinceMs = before?.sinceMs ?? readAtMs;
  return enter(readAtMs - sinceMs >= needed ? 'healthy' : state);
};

/** Why a GPU is not sold now; `undefined` when it is. */
export const faultOf = (health: DeviceHealth): DeviceFaultFacts | undefined => {
  const { uuid, index, state, pluginSees: seen, why } = health;
  if (state === 'healthy') return undefined;
  if (state !== 'back' && why !== undefined) return { uuid, why, pluginSees: seen };
  const message = `GPU ${index} (${uuid}) was ill and is in its proving run: ${why?.message ?? ''}`;
  return { uuid, why: reason('GpuProving', message), pluginSees: seen };
};
