/** The verb `backtest`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { MIXED_SIZES, OPENB_SIZES } from '../../backtest/demand-shapes.js';
import { DEFAULT_MODEL } from '../../backtest/synthetic.js';
import type { SyntheticModel } from '../../backtest/synthetic.js';
import { readPolicies } from '../backtest/read-policy.js';
import { backtest } from '../commands/backtest.js';
import type { BacktestRequest } from '../commands/backtest.js';
import { misused } from '../failure.js';
import { readDuration, readText } from '../input.js';
import { Decimal } from '../../market/money.js';
import type { Wire, Wiring } from '../wiring.js';

interface Options {
  readonly policy?: readonly string[];
  readonly history?: string;
  readonly cluster?: string;
  readonly choice: 'cheapest' | 'undercut';
  readonly provider?: string;
  readonly bidTimeout: string;
  readonly svg?: string;
  readonly aktUsd: string;
  readonly withdrawal: string;
  readonly nodeMtbf?: string;
  readonly nodeRepair: string;
  readonly synthetic?: string;
  readonly days: string;
  readonly load: string;
  readonly sizes: string;
  readonly rivals: string;
  readonly rivalLevel: string;
  readonly rivalSpread: string;
  readonly stretch: string;
  readonly sensitivity?: boolean;
}

const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

const readNumber = (text: string, field: string, least: number, most: number): number => {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw misused(
    'NumberInvalid',
    `--${field} must be a number from ${least} to ${most}, got "${text}"`,
    {
      field,
    },
  );
};

const modelOf = (seed: string, o: Options): SyntheticModel => ({
  seed: readNumber(seed, 'synthetic', 0, 2 ** 31),
  days: readNumber(o.days, 'days', 1, 365),
  loadPercent: readNumber(o.load, 'load', 1, 1000),
  sizes: o.sizes === OPENB_SIZES.name ? OPENB_SIZES : MIXED_SIZES,
  stretch: readNumber(o.stretch, 'stretch', 0.1, 1000),
  rivals: readNumber(o.rivals, 'rivals', 0, 50),
  rivalLevelPercent: readNumber(o.rivalLevel, 'rival-level', 5, 1000),
  rivalSpreadPercent: readNumber(o.rivalSpread, 'rival-spread', 0, 100),
});

const sourceOf = (o: Options): BacktestRequest['source'] => {
  if ((o.history === undefined) === (o.synthetic === undefined)) {
    throw misused('SourceMissing', 'give one of --history FILE and --synthetic SEED', {
      field: 'history',
      next: 'berth record --out FILE makes a history; a synthetic one proves nothing about a market.',
    });
  }
  if (o.synthetic !== undefined)
    return {
      kind: 'synthetic',
      model: modelOf(o.synthetic, o),
      sensitivity: o.sensitivity === true,
    };
  return { kind: 'recorded', path: o.history ?? '', choice: o.choice, provider: o.provider };
};

const booksOf = async (
  paths: readonly string[],
  wiring: Wiring,
): Promise<BacktestRequest['books']> => {
  const read = await Promise.all(
    paths.map(async (path) => {
      const policies = await readPolicies(path, () => wiring.stdin());
      return { name: policies.map((p) => p.name).join('+'), path, policies };
    }),
  );
  // Two files may hold books of one name; the tables must tell them apart.
  return read.map(({ name, path, policies }) => ({
    name: read.filter((b) => b.name === name).length > 1 ? path : name,
    policies,
  }));
};

const missing = (field: string, what: string): never => {
  throw misused('OptionMissing', `--${field} is needed: ${what}`, { field });
};

/** Adds it. */
export const addBacktest = (program: Command, wire: Wire): void => {
  const d = DEFAULT_MODEL;
  program
    .command('backtest')
    .description('try price books on a recorded order book before they risk money')
    .option('--policy <file>', 'price book, a PricingPolicy as YAML; repeat it to compare', collect)
    .option('--history <file>', 'what berth record wrote')
    .option('--cluster <file>', 'the machines for sale, as hack/cluster/nodes.yaml describes them')
    .addOption(
      new Option('--choice <rule>', 'which bids would have been taken')
        .choices(['cheapest', 'undercut'])
        .default('cheapest'),
    )
    .option('--provider <address>', 'our own address in the history: its bids are no rivals')
    .option('--bid-timeout <time>', 'how long a bid waits for its tenant', '300s')
    .option(
      '--akt-usd <usd>',
      'what one AKT is valued at for fees; the careful rate by default',
      '5',
    )
    .option('--withdrawal <time>', 'how often a lease is withdrawn from', '24h')
    .option('--node-mtbf <days>', 'nodes fail so often on the mean; never by default')
    .option('--node-repair <hours>', 'a failed node is out for so long', '24')
    .option('--svg <file>', 'write a plot')
    .option('--synthetic <seed>', 'made-up demand and rivals in place of a history')
    .option('--days <n>', 'synthetic: length', String(d.days))
    .option(
      '--load <percent>',
      "synthetic: GPU-hours asked for of the cluster's",
      String(d.loadPercent),
    )
    .addOption(
      new Option('--sizes <mix>', 'synthetic: GPUs of an order')
        .choices([MIXED_SIZES.name, OPENB_SIZES.name])
        .default(d.sizes.name),
    )
    .option('--stretch <factor>', "synthetic: the trace's durations times this", String(d.stretch))
    .option('--rivals <mean>', 'synthetic: rivals that bid on an order', String(d.rivals))
    .option(
      '--rival-level <percent>',
      'synthetic: what they ask, of the reference price',
      String(d.rivalLevelPercent),
    )
    .option(
      '--rival-spread <percent>',
      'synthetic: how far they are apart',
      String(d.rivalSpreadPercent),
    )
    .option('--sensitivity', 'synthetic: also with each assumption changed')
    .action(async (options: Options, command: Command) => {
      const wiring = wire(command.optsWithGlobals());
      const source = sourceOf(options);
      const path = options.cluster ?? missing('cluster', 'the machines for sale');
      const request: BacktestRequest = {
        books: await booksOf(options.policy ?? missing('policy', 'what to price by'), wiring),
        cluster: { path, text: await readText(path, () => wiring.stdin(), 'cluster') },
        source,
        bidTimeoutMs: readDuration(options.bidTimeout, 'bid-timeout'),
        svg: options.svg,
        fees: {
          aktUsd: new Decimal(String(readNumber(options.aktUsd, 'akt-usd', 0, 1_000_000))),
          gasPrice: new Decimal('0.025'),
          withdrawalMs: readDuration(options.withdrawal, 'withdrawal'),
        },
        failures:
          options.nodeMtbf === undefined
            ? undefined
            : {
                meanDays: readNumber(options.nodeMtbf, 'node-mtbf', 0.1, 100_000),
                repairHours: readNumber(options.nodeRepair, 'node-repair', 0.1, 10_000),
              },
      };
      await backtest(wiring.context(), request);
    });
};
