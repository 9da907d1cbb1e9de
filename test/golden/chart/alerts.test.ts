/** The alarms: Prometheus accepts them, they name metrics that exist, and they ring when they should and only then. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { CHART_DIR, renderChart } from '../../../hack/render-chart.js';
import { toolsDir } from '../../peers/tools.js';

jest.setTimeout(60_000);
const run = promisify(execFile);
const FILE = join(CHART_DIR, 'alerts', 'berth.yaml');
const ROOT = join(import.meta.dirname, '../../..');

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}
const rules = (parse(readFileSync(FILE, 'utf8')) as Rules).groups.flatMap((g) => g.rules);

let promtool: string;
let dir: string;
beforeAll(async () => {
  promtool = join(await toolsDir(['prometheus'], ['promtool']), 'promtool');
  dir = mkdtempSync(join(tmpdir(), 'berth-alerts-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

/** Samples a minute apart, and which alarms ring at which minute. */
interface Case {
  readonly series: Readonly<Record<string, string>>;
  readonly minute: number;
  readonly ringing: readonly string[];
}

/** All is well on a leader; a standby beside it exports zeros. */
const WELL: Readonly<Record<string, string>> = {
  'berth_recount_timestamp_seconds{pod="a"}': '0+60x60',
  'berth_recount_timestamp_seconds{pod="b"}': '0x60',
  'berth_chain_staleness_seconds{pod="a"}': '3x60',
  'berth_fees_hours_left{pod="a"}': '500x60',
  'berth_fees_hours_left{pod="b"}': '0x60',
  'berth_orders_on_chain{pod="a"}': '12x60',
  'berth_orders_open{pod="a"}': '12x60',
  'berth_orders_open{pod="b"}': '0x60',
  berth_signer_counters_lost_timestamp_seconds: '0x60',
  'berth_orders_missed_total{pod="a"}': '0x60',
};

const CASES: readonly (readonly [string, Case])[] = [
  ['nothing, when all is well', { series: WELL, minute: 30, ringing: [] }],
  ['that nobody runs', { series: {}, minute: 10, ringing: ['BerthNotRunning'] }],
  [
    'a chain that stands still, and not for its first minute',
    {
      series: { ...WELL, 'berth_chain_staleness_seconds{pod="a"}': '3x10 70+60x40' },
      minute: 20,
      ringing: ['BerthChainStale'],
    },
  ],
  [
    'a recount that stopped',
    {
      series: { ...WELL, 'berth_recount_timestamp_seconds{pod="a"}': '60x60' },
      minute: 30,
      ringing: ['BerthRecountStopped'],
    },
  ],
  [
    'orders that are not seen',
    {
      series: { ...WELL, 'berth_orders_on_chain{pod="a"}': '40x60' },
      minute: 30,
      ringing: ['BerthOrdersUnseen'],
    },
  ],
  [
    'a wallet that pays less than a day, whatever the standby exports',
    {
      series: { ...WELL, 'berth_fees_hours_left{pod="a"}': '6x60' },
      minute: 30,
      ringing: ['BerthFeesRunningOut'],
    },
  ],
  [
    'counters of the signer that were lost',
    {
      series: { ...WELL, berth_signer_counters_lost_timestamp_seconds: '600x60' },
      minute: 30,
      ringing: ['BerthSignerCountersLost'],
    },
  ],
];

describe('the alarms', () => {
  it('are rules that Prometheus accepts', async () => {
    await expect(run(promtool, ['check', 'rules', FILE])).resolves.toBeDefined();
  });

  it('name only metrics that some process exports', () => {
    const sources = ['operator', 'gateway', 'signer'].flatMap((room) =>
      readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
        .filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts'))
        .map((f) => readFileSync(join(ROOT, room, f), 'utf8')),
    );
    const text = sources.join('\n');
    const named = rules.flatMap(({ expr }) => expr.match(/berth_[a-z_]+/g) ?? []);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !text.includes(`'${name}'`))).toEqual([]);
  });

  it('say what happened and what to do', () => {
    for (const { alert, annotations } of rules) {
      expect(alert).toMatch(/^Berth[A-Z]/);
      expect(annotations['summary']).not.toBe('');
      expect((annotations['description'] ?? '').length).toBeGreaterThan(30);
    }
  });

  it.each(CASES)('ring for %s', async (_, { series, minute, ringing }) => {
    const alertRules = rules.map(({ alert }) => ({
      eval_time: `${minute}m`,
      alertname: alert,
      // promtool compares whole alerts; what is compared here is which ring, by counting them.
      exp_alerts: [],
    }));
    const file = join(dir, 'case.yaml');
    const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
    const spec = {
      rule_files: [FILE],
      evaluation_interval: '1m',
      tests: [{ interval: '1m', input_series: input, alert_rule_test: alertRules }],
    };
    writeFileSync(file, stringify(spec));
    const failed = await run(promtool, ['test', 'rules', file]).then(
      () => '',
      (error: unknown) => {
        const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
        return stdout + stderr;
      },
    );
    const rang = [...failed.matchAll(/alertname: (\w+)/g)].map(([, name]) => name);
    expect([...new Set(rang)].sort()).toEqual([...ringing].sort());
  });

  it('are a PrometheusRule when asked', async () => {
    const objects = await renderChart({ values: { alerts: { enabled: true } } });
    const rule = objects.find((o) => o.kind === 'PrometheusRule');
    const [group] = (rule?.['spec'] as Rules).groups;
    expect(group?.rules.map((r) => r.alert)).toEqual(rules.map((r) => r.alert));
  });
});
