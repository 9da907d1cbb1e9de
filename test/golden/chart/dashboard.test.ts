import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { dashboard, dashboardQueries } from '../../../hack/chart/dashboard.js';
import { CHART_DIR } from '../../../hack/render-chart.js';
import { createMetrics as createGatewayMetrics } from '../../../gateway/metrics.js';
import { createMetrics as createOperatorMetrics } from '../../../operator/metrics.js';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: unknown;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string; readonly datasource: unknown }[];
}

describe('the dashboard', () => {
  const text = readFileSync(join(CHART_DIR, 'dashboards/berth.json'), 'utf8');
  const board = JSON.parse(text) as {
    readonly panels: readonly Panel[];
    readonly templating: {
      readonly list: readonly { readonly name: string; readonly type: string }[];
    };
  };
  const graphs = board.panels.filter((panel) => panel.type !== 'row');

  it('in the chart is the one that the code builds', () => {
    expect(board).toEqual(dashboard());
  });

  it('has unique panel ids and titles', () => {
    expect(new Set(board.panels.map((p) => p.id)).size).toBe(board.panels.length);
    expect(new Set(board.panels.map((p) => p.title)).size).toBe(board.panels.length);
  });

  it('has panels that neither overlap nor leave the 24 columns', () => {
    const cells = board.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_none, i) => `${x + (i % w)}:${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...board.panels.map((p) => p.gridPos.x + p.gridPos.w))).toBeLessThanOrEqual(24);
  });

  it('names a unit and a meaning for every panel', () => {
    expect(graphs.filter((p) => (p.fieldConfig?.defaults.unit ?? '') === '')).toEqual([]);
    expect(graphs.filter((p) => (p.description ?? '') === '')).toEqual([]);
  });

  it('reads only the data source that its variable names', () => {
    expect(board.templating.list).toContainEqual(
      expect.objectContaining({ name: 'datasource', type: 'datasource' }),
    );
    const used = graphs.flatMap((p) => [
      p.datasource,
      ...(p.targets ?? []).map((t) => t.datasource),
    ]);
    expect(new Set(used.map((d) => JSON.stringify(d)))).toEqual(
      new Set(['{"type":"prometheus","uid":"${datasource}"}']),
    );
  });

  it('asks only for metrics that operator and gateway have', async () => {
    const registries = [createOperatorMetrics().registry, createGatewayMetrics().registry];
    const known = (await Promise.all(registries.map((r) => r.getMetricsAsJSON()))).flat();
    const names = new Set(
      known.flatMap(({ name }) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]),
    );
    const queries = dashboardQueries({ rateInterval: '1m', range: '1h' });
    expect(queries.length).toBeGreaterThanOrEqual(graphs.length);
    for (const { expr } of queries) {
      expect(expr).not.toContain('$');
      const asked = expr.match(/berth_[a-z_]+/g) ?? [];
      expect(asked.length).toBeGreaterThan(0);
      expect(asked.filter((name) => !names.has(name))).toEqual([]);
    }
  });
});
