/** `berth backtest`: price books on a recorded order book, or on a stated model of demand, before they risk money. */
import { writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { describeCluster, isClusterDescriptionError } from '../../backtest/cluster.js';
import type { DescribedCluster } from '../../backtest/cluster.js';
import { compare } from '../../backtest/compare.js';
import { scenarioOf } from '../../backtest/from-order-book.js';
import type { ChoiceRule } from '../../backtest/from-order-book.js';
import { plot } from '../../backtest/plot.js';
import { toAtto } from '../../backtest/money.js';
import { outagesOf } from '../../backtest/outages.js';
import type { Outage } from '../../backtest/outages.js';
import type { FeeModel, ReplayOptions } from '../../backtest/replay.js';
import type { Scenario } from '../../backtest/scenario.js';
import { sensitivity } from '../../backtest/sensitivity.js';
import { isNoReference, syntheticScenario } from '../../backtest/synthetic.js';
import type { SyntheticModel } from '../../backtest/synthetic.js';
import { TABLE, withMargin } from '../../chain/tx/gas.js';
import { Decimal } from '../../market/money.js';
import type { PricingPolicy } from '../../bidengine/pricing-policy.js';
import { readHistory } from '../backtest/read-history.js';
import { reportJson, reportLines, sensitivityLines } from '../backtest/report.js';
import { errno } from '../errno.js';
import { misused } from '../failure.js';
import type { Context } from '../ports.js';

/** One file's price books under the name that the tables use. */
export interface NamedBooks {
  readonly name: string;
  readonly policies: readonly PricingPolicy[];
}

export interface BacktestRequest {
  readonly books: readonly NamedBooks[];
  /** The cluster's YAML text and where it is from. */
  readonly cluster: { readonly text: string; readonly path: string };
  readonly source:
    | {
        readonly kind: 'recorded';
        readonly path: string;
        readonly choice: ChoiceRule;
        readonly provider: string | undefined;
      }
    | { readonly kind: 'synthetic'; readonly model: SyntheticModel; readonly sensitivity: boolean };
  readonly bidTimeoutMs: number;
  /** US dollars for one AKT, in which fees are paid, and uakt per unit of gas. */
  readonly fees: {
    readonly aktUsd: Decimal;
    readonly gasPrice: Decimal;
    readonly withdrawalMs: number;
  };
  /** How nodes fail; `undefined`: never. */
  readonly failures: { readonly meanDays: number; readonly repairHours: number } | undefined;
  readonly svg: string | undefined;
}

const clusterOf = ({ text, path }: BacktestRequest['cluster']): DescribedCluster => {
  const invalid = (message: string) =>
    misused('ClusterInvalid', `${path}: ${message}`, { field: 'cluster' });
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : 'is no YAML');
  }
  try {
    return describeCluster(raw);
  } catch (error) {
    if (!isClusterDescriptionError(error)) throw error;
    throw invalid(error.message);
  }
};

const withReference = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!isNoReference(error)) throw error;
    throw misused('NoReferencePrice', error.message, { field: 'cluster' });
  }
};

const scenarioFor = async (
  { source }: BacktestRequest,
  cluster: DescribedCluster,
): Promise<Scenario> => {
  if (source.kind === 'synthetic')
    return withReference(() => syntheticScenario(source.model, cluster));
  const book = await readHistory(source.path);
  const gaps = book.gaps.length === 0 ? '' : `, ${book.gaps.length} gaps`;
  const title = `${source.path}: ${book.chainId}, recorded${gaps}; rule "${source.choice}"`;
  return scenarioOf(book, { choice: source.choice, provider: source.provider }, title);
};

/** As the operator sends them: one bid a transaction, one withdrawal a lease (a batch of them costs less). */
const feesOf = ({ fees }: BacktestRequest, blockTimeMs: number): FeeModel => {
  const fee = (gas: bigint): bigint =>
    toAtto(new Decimal(withMargin(gas).toString()).times(fees.gasPrice).times(fees.aktUsd));
  return {
    bid: fee(TABLE['create-bid'].gas),
    withdrawal: fee(TABLE['withdraw-lease'].gas),
    withdrawalBlocks: BigInt(Math.max(1, Math.round(fees.withdrawalMs / blockTimeMs))),
  };
};

const HOUR_MS = 3_600_000;

const outagesFor = (
  { failures, source }: BacktestRequest,
  cluster: DescribedCluster,
  scenario: Scenario,
): readonly Outage[] => {
  if (failures === undefined) return [];
  const blocks = (hours: number): number => (hours * HOUR_MS) / scenario.blockTimeMs;
  return outagesOf(
    cluster.snapshot.nodes.map((n) => n.name),
    {
      seed: source.kind === 'synthetic' ? source.model.seed : 1,
      meanBlocksBetween: blocks(failures.meanDays * 24),
      repairBlocks: blocks(failures.repairHours),
    },
    scenario,
  );
};

const assumptionsOf = ({ fees, failures }: BacktestRequest, outages: number): readonly string[] => [
  `Fees: a bid, and a withdrawal per lease every ${fees.withdrawalMs / HOUR_MS} h and at its end, at ${fees.gasPrice.toFixed()}uakt a unit of gas and ${fees.aktUsd.toFixed()} USD for one AKT; deposits come back without interest`,
  failures === undefined
    ? 'Nodes do not fail (--node-mtbf states how often they do)'
    : `Nodes fail every ${failures.meanDays} days on the mean and are out for ${failures.repairHours} h (${outages} outages, the same for every policy); their tenants leave at once`,
];

/** Prints the comparison and writes the picture. @throws CliFailure */
export const backtest = async (ctx: Context, request: BacktestRequest): Promise<void> => {
  const cluster = clusterOf(request.cluster);
  const scenario = await scenarioFor(request, cluster);
  const bidTimeoutBlocks = BigInt(
    Math.max(1, Math.round(request.bidTimeoutMs / scenario.blockTimeMs)),
  );
  const outages = outagesFor(request, cluster, scenario);
  const fees = feesOf(request, scenario.blockTimeMs);
  const options: readonly ReplayOptions[] = request.books.map((b) => ({
    ...{ ...b, bidTimeoutBlocks, fees, outages },
  }));
  const comparison = compare(scenario, cluster, options);
  const { source, svg } = request;
  const rows =
    source.kind === 'synthetic' && source.sensitivity
      ? withReference(() => sensitivity(source.model, cluster, options))
      : [];
  if (svg !== undefined) {
    try {
      await writeFile(svg, plot(comparison));
    } catch (error) {
      throw misused(
        'FileUnwritable',
        `${svg} cannot be written: ${errno(error) ?? String(error)}`,
        {
          field: 'svg',
          cause: error,
        },
      );
    }
  }
  const table = rows.length === 0 ? [] : ['', ...sensitivityLines(rows)];
  const picture = svg === undefined ? [] : ['', `Plot: ${svg}`];
  const json = {
    ...reportJson(comparison),
    ...(rows.length === 0
      ? {}
      : { sensitivity: rows.map((r) => ({ change: r.change, ...reportJson(r.comparison) })) }),
  };
  ctx.output.result(
    json,
    [...reportLines(comparison, assumptionsOf(request, outages.length)), ...table, ...picture].join(
      '\n',
    ),
  );
};
