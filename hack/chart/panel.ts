/** The few pieces of Grafana's dashboard JSON that our dashboard is made of (schema version 39, Grafana 10 and newer). */

/** One PromQL query of a panel. */
export interface Query {
  readonly expr: string;
  /** Grafana's legend template, for example `{{outcome}}`. */
  readonly legend: string;
}

/** What a panel shows, before it has a place. */
export interface PanelSpec {
  readonly title: string;
  /** What the number means and when to worry. */
  readonly description: string;
  readonly type: 'stat' | 'timeseries' | 'bargauge';
  /** Grafana's unit id, for example `s`, `currencyUSD`, `short`. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Of 24 columns. */
  readonly width: number;
  readonly decimals?: number;
  /** From this value on it is shown red. */
  readonly redFrom?: number;
  readonly stacked?: boolean;
}

/** A titled row of panels. */
export interface RowSpec {
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

const HEIGHT = 7;
const COLUMNS = 24;
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** Any JSON value of a dashboard. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** A JSON object. */
export type JsonObject = Readonly<Record<string, Json>>;

const thresholds = (redFrom: number | undefined): JsonObject => ({
  mode: 'absolute',
  steps: [
    { color: redFrom === undefined ? 'blue' : 'green', value: null },
    ...(redFrom === undefined ? [] : [{ color: 'red', value: redFrom }]),
  ],
});

const optionsOf = (spec: PanelSpec): JsonObject => {
  switch (spec.type) {
    case 'timeseries':
      return {
        legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
        tooltip: { mode: 'multi', sort: 'desc' },
      };
    case 'stat':
      return {
        colorMode: spec.redFrom === undefined ? 'none' : 'value',
        graphMode: 'area',
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
        textMode: 'auto',
      };
    case 'bargauge':
      return {
        displayMode: 'basic',
        orientation: 'horizontal',
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      };
  }
};

const panel = (spec: PanelSpec, id: number, x: number, y: number): JsonObject => ({
  id,
  type: spec.type,
  title: spec.title,
  description: spec.description,
  datasource: DATASOURCE,
  gridPos: { h: HEIGHT, w: spec.width, x, y },
  fieldConfig: {
    defaults: {
      unit: spec.unit,
      min: 0,
      ...(spec.decimals === undefined ? {} : { decimals: spec.decimals }),
      thresholds: thresholds(spec.redFrom),
      ...(spec.type === 'timeseries'
        ? {
            custom: {
              fillOpacity: spec.stacked === true ? 30 : 5,
              lineWidth: 2,
              stacking: { mode: spec.stacked === true ? 'normal' : 'none', group: 'A' },
            },
          }
        : {}),
    },
    overrides: [],
  },
  options: optionsOf(spec),
  targets: spec.queries.map((query, index) => ({
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource: DATASOURCE,
    expr: query.expr,
    legendFormat: query.legend,
  })),
});

/** Gives every panel its id and place: rows from top to bottom, panels from left to right, wrapped at 24 columns. */
export const layOut = (rows: readonly RowSpec[]): readonly JsonObject[] => {
  const placed: JsonObject[] = [];
  let y = 0;
  for (const row of rows) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { h: 1, w: COLUMNS, x: 0, y },
      panels: [],
    });
    y += 1;
    let x = 0;
    for (const spec of row.panels) {
      if (x + spec.width > COLUMNS) {
        x = 0;
        y += HEIGHT;
      }
      placed.push(panel(spec, placed.length + 1, x, y));
      x += spec.width;
    }
    y += HEIGHT;
  }
  return placed;
};
