import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Attribute } from '../../market/attributes.js';
import type { Provider } from '../../market/records.js';
import { NO_RECORD_STATE, planRecord, recordSteps, stepWords, takeSteps } from './record-plan.js';
import type { RecordState } from './record-plan.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const H100 = { key: 'capabilities/gpu/vendor/nvidia/model/h100', value: 'true' };
const A100 = { key: 'capabilities/gpu/vendor/nvidia/model/a100', value: 'true' };
const REGION = { key: 'region', value: 'us' };
const rules = {
  ...{ mode: 'Apply' as const, quietMs: 5 * MINUTE, dropAfterMs: DAY, updatesPerDay: 2 },
};
const record = (...attributes: readonly Attribute[]): Provider => ({
  ...{ owner: 'akash1provider', hostUri: 'https://a:8443', attributes },
  info: { email: '', website: '' },
});

/** The record as the chain has it after each round of a story: at a minute, the cluster says so. */
const story = (
  start: Provider,
  rounds: readonly (readonly [minute: number, want: Provider])[],
  options: {
    readonly rules?: Partial<Parameters<typeof planRecord>[3]>;
    readonly relied?: readonly Attribute[];
  } = {},
) => {
  let have = start;
  let state: RecordState = NO_RECORD_STATE;
  return rounds.map(([minute, want]) => {
    const now = minute * MINUTE;
    const relies = ({ key }: Attribute): boolean =>
      (options.relied ?? []).some((a) => a.key === key);
    const plan = planRecord(want, have, relies, { ...rules, ...options.rules }, state, now);
    state = plan.state;
    if (plan.send !== undefined) {
      have = plan.send;
      state = { ...state, updatesMs: [...state.updatesMs, now] };
      return 'sent';
    }
    if (plan.overBudget) return 'over budget';
    return [...plan.pending.map(stepWords), ...plan.held.map((s) => `held ${stepWords(s)}`)].join(
      ', ',
    );
  });
};

describe('planRecord', () => {
  it('shows a change first, and sends it once it has stood', () => {
    expect(
      story(record(), [
        [0, record(H100)],
        [4, record(H100)],
        [5, record(H100)],
        [6, record(H100)],
      ]),
    ).toEqual([`+ ${H100.key}=true`, `+ ${H100.key}=true`, 'sent', '']);
  });

  it('a plugin that flaps sends nothing', () => {
    const flaps = Array.from({ length: 20 }, (_, i) => [i * 3, record(...(i % 2 ? [H100] : []))]);
    expect(
      story(record(), flaps as [number, Provider][]).filter((said) => said === 'sent'),
    ).toEqual([]);
  });

  it('a flapping model does not keep another one waiting', () => {
    expect(
      story(record(), [
        [0, record(A100, H100)],
        [3, record(A100)],
        [6, record(A100, H100)],
      ]).at(-1),
    ).toBe('sent');
  });

  it('a capability that is gone stays for a day: a node that boots is no reason to lose a signature', () => {
    expect(
      story(record(H100), [
        [0, record()],
        [1439, record()],
        [1440, record()],
        [1441, record()],
      ]),
    ).toEqual([`- ${H100.key}=true`, `- ${H100.key}=true`, 'sent', '']);
  });

  it('what an active lease relies on is neither dropped nor changed', () => {
    const other = { ...REGION, value: 'eu' };
    expect(
      story(
        record(H100, REGION),
        [
          [5000, record(other)],
          [9999, record(other)],
        ],
        {
          relied: [H100, REGION],
        },
      ).at(-1),
    ).toBe(`held - ${H100.key}=true, held region: us -> eu`);
  });

  it('the day has a budget, and the next day another', () => {
    const want = (n: number): Provider => record({ key: 'n', value: String(n) });
    expect(
      story(
        record(),
        [
          [0, want(1)],
          [1, want(2)],
          [2, want(3)],
          [1440, want(3)],
          [1441, want(3)],
        ],
        { rules: { quietMs: 0 } },
      ),
    ).toEqual(['sent', 'sent', 'over budget', 'sent', '']);
  });

  it('a dry run sends nothing, ever', () => {
    expect(
      story(
        record(),
        [
          [0, record(H100)],
          [99_999, record(H100)],
        ],
        { rules: { mode: 'DryRun' } },
      ),
    ).toEqual([`+ ${H100.key}=true`, `+ ${H100.key}=true`]);
  });

  it('all steps taken, the record is what it should be', () => {
    const attributes = fc
      .dictionary(fc.constantFrom('a', 'b', 'capabilities/x', 'c'), fc.constantFrom('1', '2'))
      .map((d) => Object.entries(d).map(([key, value]) => ({ key, value })));
    fc.assert(
      fc.property(attributes, attributes, fc.constantFrom('', 'x'), (have, want, email) => {
        const target = { ...record(...want), info: { email, website: '' } };
        const done = takeSteps(record(...have), recordSteps(target, record(...have)));
        expect(recordSteps(target, done)).toEqual([]);
      }),
    );
  });
});
