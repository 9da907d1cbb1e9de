/** A comparison in words and figures. */
import { attoToUsd } from '../../backtest/money.js';
import { netOf, regretOf, utilisationOf, winRateOf } from '../../backtest/compare.js';
import type { Comparison } from '../../backtest/compare.js';
import type { SensitivityRow } from '../../backtest/sensitivity.js';
import type { ReplayResult } from '../../backtest/tally.js';
import { Decimal } from '../../market/money.js';
import { formatTable } from '../format/table.js';

const HUNDRED = new Decimal('100');
const percent = (share: Decimal): string => `${share.times(HUNDRED).toFixed(1)} %`;
const usd = (atto: bigint): string => attoToUsd(atto).toFixed(2);

/** Mean of what lost bids were too dear by, uact per block. */
const meanShortfall = ({ lostByPrice, lostByPriceAtto }: ReplayResult): string =>
  lostByPrice === 0
    ? '-'
    : attoToUsd(lostByPriceAtto)
        .times('1000000')
        .div(new Decimal(String(lostByPrice)))
        .toFixed(1);

const figures = (
  comparison: Comparison,
  r: ReplayResult,
): readonly (readonly [string, string])[] => [
  ['earned, USD', usd(r.earned)],
  ['fees, USD', usd(r.fees)],
  ['net, USD', usd(netOf(r))],
  ['regret', percent(regretOf(r, comparison.bound))],
  ['GPU time leased', percent(utilisationOf(r, comparison))],
  ['bids', String(r.bids)],
  ['won', String(r.won)],
  ['win rate', percent(winRateOf(r))],
  ['leases ended by a node', String(r.failed)],
  ['lost', String(r.lost)],
  ['  by price', String(r.lostByPrice)],
  ['  too dear by, uact per block', meanShortfall(r)],
  ['  too late', String(r.lostLate)],
  ['taken by nobody', String(r.expired)],
  ['open at the end', String(r.bids - r.won - r.lost - r.expired)],
  ['orders not bid on', String(r.rejected)],
];

/** Reasons of all policies, the most frequent first. */
const reasonsOf = (results: readonly ReplayResult[]): readonly string[] => {
  const totals = new Map<string, number>();
  for (const { rejectedByReason } of results)
    for (const [code, count] of Object.entries(rejectedByReason))
      totals.set(code, (totals.get(code) ?? 0) + count);
  return [...totals].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([code]) => code);
};

/** What stands above and below every figure of a synthetic scenario. */
export const SYNTHETIC_NOTE =
  'SYNTHETIC: demand and rivals are made up from the assumptions above. It shows how policies differ under them; it is no evidence of what either would earn.';

/** Lines for people. */
export const reportLines = (
  comparison: Comparison,
  assumptions: readonly string[] = [],
): readonly string[] => {
  const { scenario, bound, results, gpus } = comparison;
  const days = (Number(scenario.through - scenario.from) * scenario.blockTimeMs) / 86_400_000;
  const left = Object.entries(scenario.leftOut);
  const rows = results.map((r) => figures(comparison, r));
  const names = (rows[0] ?? []).map(([name]) => name);
  return [
    scenario.title,
    `${scenario.demands.length} orders over ${days.toFixed(1)} days (blocks ${scenario.from} to ${scenario.through}, ${scenario.blockTimeMs} ms each), ${gpus} GPUs for sale`,
    ...left.map(([why, count]) => `${count} orders left out: ${why}`),
    ...assumptions,
    `Bound of perfect hindsight: ${usd(bound.earned)} USD, of ${bound.eligible} orders that the cluster could serve and somebody could win (${bound.winnable} could be won)`,
    '',
    ...formatTable(
      ['', ...results.map((r) => r.name)],
      names.map((name, i) => [name, ...rows.map((row) => row[i]?.[1] ?? '')]),
    ),
    '',
    ...formatTable(
      ['ORDERS NOT BID ON, BY REASON', ...results.map((r) => r.name)],
      reasonsOf(results).map((code) => [
        code,
        ...results.map((r) => String(r.rejectedByReason[code] ?? 0)),
      ]),
    ),
    ...(scenario.origin === 'synthetic' ? ['', SYNTHETIC_NOTE] : []),
  ];
};

/** The table of assumptions. */
export const sensitivityLines = (rows: readonly SensitivityRow[]): readonly string[] => {
  const [first] = rows;
  const names = first?.comparison.results.map((r) => r.name) ?? [];
  return [
    'SYNTHETIC sensitivity: one assumption changed at a time',
    ...formatTable(
      [
        'ASSUMPTION',
        'ORDERS',
        'BOUND, USD',
        ...names.flatMap((n) => [`${n}, USD`, 'REGRET', 'GPU TIME']),
      ],
      rows.map(({ change, comparison }) => [
        change,
        String(comparison.scenario.demands.length),
        usd(comparison.bound.earned),
        ...comparison.results.flatMap((r) => [
          usd(netOf(r)),
          percent(regretOf(r, comparison.bound)),
          percent(utilisationOf(r, comparison)),
        ]),
      ]),
    ),
    SYNTHETIC_NOTE,
  ];
};

/** For programs. */
export const reportJson = (comparison: Comparison): object => {
  const { scenario, bound, results, gpus } = comparison;
  return {
    origin: scenario.origin,
    title: scenario.title,
    from: scenario.from,
    through: scenario.through,
    blockTimeMs: scenario.blockTimeMs,
    orders: scenario.demands.length,
    leftOut: scenario.leftOut,
    gpus,
    boundUsd: attoToUsd(bound.earned).toFixed(6),
    winnable: bound.winnable,
    eligible: bound.eligible,
    policies: results.map((result) => {
      const { series: _, earned, fees, lostByPriceAtto, ...counts } = result;
      return {
        ...counts,
        earnedUsd: attoToUsd(earned).toFixed(6),
        feesUsd: attoToUsd(fees).toFixed(6),
        netUsd: attoToUsd(netOf(result)).toFixed(6),
        lostByPriceUact: attoToUsd(lostByPriceAtto).times('1000000').toFixed(),
        regret: regretOf(result, bound).toFixed(),
        utilisation: utilisationOf(result, comparison).toFixed(),
        winRate: winRateOf(result).toFixed(),
      };
    }),
  };
};
