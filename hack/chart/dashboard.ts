/** Berth's dashboard: what the market asks, what we answer, what runs, what it earns. */
import { type JsonObject, layOut, type RowSpec } from './panel.js';

const ROWS: readonly RowSpec[] = [
  {
    title: 'At a glance',
    panels: [
      {
        title: 'Revenue per hour',
        description: 'Sum of the prices of all active leases.',
        type: 'stat',
        unit: 'currencyUSD',
        decimals: 2,
        width: 5,
        queries: [{ expr: 'sum(berth_revenue_usd_per_hour)', legend: 'USD per hour' }],
      },
      {
        title: 'GPUs sold',
        description: 'GPUs under a lease, as a share of all that nodes offer.',
        type: 'stat',
        unit: 'percentunit',
        decimals: 0,
        width: 5,
        queries: [
          {
            expr: 'sum(berth_gpus{state="leased"}) / sum(berth_gpus{state="allocatable"})',
            legend: 'sold',
          },
        ],
      },
      {
        title: 'Active leases',
        description: 'Leases in any phase before their end.',
        type: 'stat',
        unit: 'short',
        decimals: 0,
        width: 4,
        queries: [{ expr: 'sum(berth_leases)', legend: 'leases' }],
      },
      {
        title: 'Withdrawn',
        description: 'Earnings withdrawn from escrow in the time shown; 1 ACT is 1 USD.',
        type: 'stat',
        unit: 'currencyUSD',
        decimals: 4,
        width: 5,
        queries: [
          { expr: 'sum(increase(berth_withdrawn_uact_total[$__range])) / 1e6', legend: 'USD' },
        ],
      },
      {
        title: 'Chain is behind by',
        description:
          'Time since a new block was seen. A stale chain stops new bids and every teardown.',
        type: 'stat',
        unit: 's',
        decimals: 1,
        width: 5,
        redFrom: 20,
        queries: [{ expr: 'min(berth_chain_staleness_seconds)', legend: 'staleness' }],
      },
    ],
  },
  {
    title: 'Market',
    panels: [
      {
        title: 'Orders seen',
        description: 'Distinct open orders found on chain, per minute.',
        type: 'timeseries',
        unit: 'opm',
        width: 8,
        queries: [
          { expr: 'sum(rate(berth_orders_seen_total[$__rate_interval])) * 60', legend: 'orders' },
        ],
      },
      {
        title: 'Bids by outcome',
        description: 'How far our bids came; open means included in a block.',
        type: 'timeseries',
        unit: 'short',
        stacked: true,
        width: 8,
        queries: [
          {
            expr: 'sum by (outcome) (increase(berth_bids_total[$__rate_interval]))',
            legend: '{{outcome}}',
          },
        ],
      },
      {
        title: 'Why orders got a bid or none',
        description: 'Decisions by result and reason code in the time shown (docs/reasons.md).',
        type: 'bargauge',
        unit: 'short',
        decimals: 0,
        width: 8,
        queries: [
          {
            expr: 'sort_desc(sum by (result, reason) (increase(berth_order_decisions_total[$__range])))',
            legend: '{{result}} {{reason}}',
          },
        ],
      },
      {
        title: 'From order to bid in a block',
        description: 'Time from seeing an order to our bid being in a block.',
        type: 'timeseries',
        unit: 's',
        width: 8,
        queries: [0.5, 0.95].map((quantile) => ({
          expr: `histogram_quantile(${quantile}, sum by (le) (increase(berth_bid_latency_seconds_bucket[$__range])))`,
          legend: `${quantile * 100} %`,
        })),
      },
      {
        title: 'Open orders',
        description: 'Orders that wait for bids now, whoever may win them.',
        type: 'timeseries',
        unit: 'short',
        width: 8,
        queries: [{ expr: 'max(berth_orders_open)', legend: 'open' }],
      },
      {
        title: 'Wallet',
        description: 'Balance of the provider account, in whole coins.',
        type: 'timeseries',
        unit: 'short',
        width: 8,
        queries: [
          { expr: 'max by (denom) (berth_wallet_balance) / 1e6', legend: '{{denom}} / 1e6' },
        ],
      },
    ],
  },
  {
    title: 'Capacity and leases',
    panels: [
      {
        title: 'GPUs by state',
        description: 'Leased, held by an open bid, and free.',
        type: 'timeseries',
        unit: 'short',
        stacked: true,
        width: 8,
        queries: [
          {
            expr: 'sum by (state) (berth_gpus{state=~"leased|reserved|available"})',
            legend: '{{state}}',
          },
        ],
      },
      {
        title: 'GPUs sold by model',
        description: 'GPUs under a lease.',
        type: 'bargauge',
        unit: 'short',
        decimals: 0,
        width: 8,
        queries: [{ expr: 'sum by (model) (berth_gpus{state="leased"})', legend: '{{model}}' }],
      },
      {
        title: 'Leases by phase',
        description: 'Where each lease stands.',
        type: 'timeseries',
        unit: 'short',
        stacked: true,
        width: 8,
        queries: [{ expr: 'sum by (phase) (berth_leases)', legend: '{{phase}}' }],
      },
    ],
  },
  {
    title: 'Health',
    panels: [
      {
        title: 'Chain height',
        description: 'Newest block seen.',
        type: 'timeseries',
        unit: 'none',
        width: 6,
        queries: [{ expr: 'max(berth_chain_height)', legend: 'height' }],
      },
      {
        title: 'Failed reconciliations',
        description: 'Per second, by controller; each is tried again.',
        type: 'timeseries',
        unit: 'ops',
        width: 6,
        queries: [
          {
            expr: 'sum by (controller) (rate(berth_reconcile_errors_total[$__rate_interval])) or vector(0)',
            legend: '{{controller}}',
          },
        ],
      },
      {
        title: 'Gateway requests',
        description: 'Answers per second by HTTP status.',
        type: 'timeseries',
        unit: 'reqps',
        stacked: true,
        width: 6,
        queries: [
          {
            expr: 'sum by (status) (rate(berth_gateway_requests_total[$__rate_interval]))',
            legend: '{{status}}',
          },
        ],
      },
      {
        title: 'Gateway response time',
        description: '95 % of requests are answered within this time.',
        type: 'timeseries',
        unit: 's',
        width: 6,
        queries: [
          {
            expr: 'histogram_quantile(0.95, sum by (le) (increase(berth_gateway_request_duration_seconds_bucket[$__range])))',
            legend: '95 %',
          },
        ],
      },
    ],
  },
];

/** The dashboard as Grafana imports it. */
export const dashboard = (): JsonObject => ({
  uid: 'berth-overview',
  title: 'Berth',
  description: 'A GPU cluster as a provider on the Akash marketplace',
  tags: ['berth', 'akash'],
  schemaVersion: 39,
  version: 1,
  editable: true,
  graphTooltip: 1,
  timezone: 'browser',
  refresh: '10s',
  time: { from: 'now-6h', to: 'now' },
  templating: {
    list: [
      {
        name: 'datasource',
        label: 'Data source',
        type: 'datasource',
        query: 'prometheus',
        current: {},
        hide: 0,
        refresh: 1,
        regex: '',
      },
    ],
  },
  annotations: { list: [] },
  panels: layOut(ROWS),
});

/** One query of the dashboard, ready for a Prometheus. */
export interface DashboardQuery {
  readonly panel: string;
  readonly expr: string;
}

/** All queries, with Grafana's interval variables replaced by durations such as `1m` and `1h`. */
export const dashboardQueries = (intervals: {
  readonly rateInterval: string;
  readonly range: string;
}): readonly DashboardQuery[] =>
  ROWS.flatMap((row) => row.panels).flatMap((panel) =>
    panel.queries.map(({ expr }) => ({
      panel: panel.title,
      expr: expr
        .replaceAll('$__rate_interval', intervals.rateInterval)
        .replaceAll('$__range', intervals.range),
    })),
  );
