/**
 * When a difference between the record on chain and what it should say is sent: not before it has stood for a while (a device
 * plugin that flaps changes nothing), not more often than the day's budget allows, and never what an active lease relies on.
 * Every change is shown before it is sent, in mode DryRun only shown. Pure.
 */
import type { Attribute } from '../../market/attributes.js';
import type { Provider } from '../../market/records.js';

export interface RecordRules {
  readonly mode: 'Apply' | 'DryRun';
  /** How long a change must stand before it is sent. */
  readonly quietMs: number;
  /** How long the cluster must have lacked a capability before it is dropped. */
  readonly dropAfterMs: number;
  readonly updatesPerDay: number;
}

/** One difference: what is on chain, and what should be; absent for nothing. */
export interface RecordStep {
  /** Key of an attribute, or `hostUri`, `email`, `website`. */
  readonly key: string;
  readonly before?: string;
  readonly after?: string;
}

export interface PendingStep extends RecordStep {
  /** Unix milliseconds at which it was first seen. */
  readonly sinceMs: number;
  /** Unix milliseconds from which it may be sent. */
  readonly dueMs: number;
}

/** What is remembered from round to round; `updatesMs` outlives a restart, the rest need not. */
export interface RecordState {
  /** First sight of each step, by its text. */
  readonly since: ReadonlyMap<string, number>;
  /** Updates of the last day, Unix milliseconds. */
  readonly updatesMs: readonly number[];
}

export const NO_RECORD_STATE: RecordState = { since: new Map(), updatesMs: [] };

export interface RecordPlan {
  readonly pending: readonly PendingStep[];
  /** Steps not taken because an active lease relies on what would go. */
  readonly held: readonly RecordStep[];
  /** The record to send now, if any. */
  readonly send: Provider | undefined;
  /** Whether something due waits for the day's budget. */
  readonly overBudget: boolean;
  readonly state: RecordState;
}

const DAY_MS = 86_400_000;
const CAPABILITIES = 'capabilities/';

const FIELDS = {
  hostUri: (p: Provider): string => p.hostUri,
  email: (p: Provider): string => p.info.email,
  website: (p: Provider): string => p.info.website,
} as const;

/** Every difference, fields first, then attributes by key. */
export const recordSteps = (want: Provider, have: Provider): readonly RecordStep[] => {
  const steps: RecordStep[] = [];
  for (const [key, of] of Object.entries(FIELDS)) {
    if (of(want) !== of(have)) steps.push({ key, before: of(have), after: of(want) });
  }
  const now = new Map(have.attributes.map((a) => [a.key, a.value]));
  const then = new Map(want.attributes.map((a) => [a.key, a.value]));
  for (const key of [...new Set([...now.keys(), ...then.keys()])].sort()) {
    const [before, after] = [now.get(key), then.get(key)];
    if (before === after) continue;
    steps.push({
      key,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    });
  }
  return steps;
};

/** `+ region=eu`, `- tier=community`, `region: us -> eu`. */
export const stepWords = ({ key, before, after }: RecordStep): string =>
  before === undefined
    ? `+ ${key}=${after ?? ''}`
    : after === undefined
      ? `- ${key}=${before}`
      : `${key}: ${before} -> ${after}`;

/** `have` with these steps taken. */
export const takeSteps = (have: Provider, steps: readonly RecordStep[]): Provider => {
  const attributes = new Map(have.attributes.map((a) => [a.key, a]));
  let { hostUri, info } = have;
  for (const { key, after } of steps) {
    if (key === 'hostUri') hostUri = after ?? '';
    else if (key === 'email' || key === 'website') info = { ...info, [key]: after ?? '' };
    else if (after === undefined) attributes.delete(key);
    else attributes.set(key, { key, value: after });
  }
  const sorted = [...attributes.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return { ...have, hostUri, info, attributes: sorted };
};

const waitOf = ({ key, after }: RecordStep, rules: RecordRules): number =>
  after === undefined && key.startsWith(CAPABILITIES) ? rules.dropAfterMs : rules.quietMs;

/**
 * @param reliesOn whether an active lease relies on an attribute that is on chain
 * @param nowMs Unix milliseconds
 */
export const planRecord = (
  want: Provider,
  have: Provider,
  reliesOn: (attribute: Attribute) => boolean,
  rules: RecordRules,
  before: RecordState,
  nowMs: number,
): RecordPlan => {
  const isHeld = ({ key, before: value }: RecordStep): boolean =>
    !(key in FIELDS) && value !== undefined && reliesOn({ key, value });
  const steps = recordSteps(want, have);
  const held = steps.filter(isHeld);
  const pending = steps
    .filter((s) => !isHeld(s))
    .map((step): PendingStep => {
      const sinceMs = before.since.get(stepWords(step)) ?? nowMs;
      return { ...step, sinceMs, dueMs: sinceMs + waitOf(step, rules) };
    });
  const updatesMs = before.updatesMs.filter((at) => at > nowMs - DAY_MS);
  const due = pending.filter((s) => s.dueMs <= nowMs);
  const mayUpdate = updatesMs.length < rules.updatesPerDay;
  const isSent = due.length > 0 && rules.mode === 'Apply' && mayUpdate;
  return {
    ...{ pending, held },
    send: isSent ? takeSteps(have, due) : undefined,
    overBudget: due.length > 0 && rules.mode === 'Apply' && !mayUpdate,
    state: { since: new Map(pending.map((s) => [stepWords(s), s.sinceMs])), updatesMs },
  };
};
