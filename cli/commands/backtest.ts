/** `berth backtest`: price books on a recorded order book, or on a stated model of demand, before they risk money. */
import { writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { describeCluster, isClusterDescriptionError } from '../../backtest/cluster.js';
import type { DescribedCluster } from '../../backtest/cluster.js';
import { compare } from '../../backtest/compare.js';
import { scenarioOf } from '../../backtest/from-order-book.js';
import type { ChoiceRule } from '../../backtest/from-order-book.js';
import { plot } from '../../backtest/plot.js';
import type { ReplayOptions } from '../../backtest/replay.js';
import type { Scenario } from '../../backtest/scenario.js';
import { sensitivity } from '../../backtest/sensitivity.js';
import { isNoReference, syntheticScenario } from '../../backtest/synthetic.js';
import type { SyntheticModel } from '../../backtest/synthetic.js';
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

/** Prints the comparison and writes the picture. @throws CliFailure */
export const backtest = async (ctx: Context, request: BacktestRequest): Promise<void> => {
  const cluster = clusterOf(request.cluster);
  const scenario = await scenarioFor(request, cluster);
  const bidTimeoutBlocks = BigInt(
    Math.max(1, Math.round(request.bidTimeoutMs / scenario.blockTimeMs)),
  );
  const options: readonly ReplayOptions[] = request.books.map((b) => ({ ...b, bidTimeoutBlocks }));
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
  ctx.output.result(json, [...reportLines(comparison), ...table, ...picture].join('\n'));
};
