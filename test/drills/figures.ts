/** What each drill measured: one line of JSON each, and a table for people. */

/** Figures of one drill. Times are wall clock in milliseconds, from the tenant's point of view. */
export interface Figures {
  readonly drill: string;
  /** Orders that the tenant opened and Berth could have served. */
  readonly orders: number;
  /** Of them without a bid in a block at the end. */
  readonly missed: number;
  readonly duplicateBids: number;
  /** Closes by the provider that nobody asked for, and leases whose workload was touched. */
  readonly wrongfulCloses: number;
  /** Order opened while one endpoint was ill, until its bid was in a block. */
  readonly bidWhileOneIsIllMs?: number;
  /** From the end of the fault to the next new bid in a block. */
  readonly nextBidAfterHealingMs?: number;
  /** What else is worth telling, by name. */
  readonly more?: Readonly<Record<string, number | string>>;
}

const seconds = (ms: number | undefined): string =>
  ms === undefined ? '' : (ms / 1000).toFixed(1);

const ROWS: readonly (readonly [string, (f: Figures) => string])[] = [
  ['drill', (f) => f.drill],
  ['orders', (f) => String(f.orders)],
  ['missed', (f) => String(f.missed)],
  ['duplicate bids', (f) => String(f.duplicateBids)],
  ['wrongful closes', (f) => String(f.wrongfulCloses)],
  ['bid with one endpoint ill, s', (f) => seconds(f.bidWhileOneIsIllMs)],
  ['next bid after healing, s', (f) => seconds(f.nextBidAfterHealingMs)],
  [
    'more',
    (f) =>
      Object.entries(f.more ?? {})
        .map(([k, v]) => `${k} ${v}`)
        .join(', '),
  ],
];

/** A Markdown table, columns aligned. */
export const formatTable = (figures: readonly Figures[]): string => {
  const lines = [
    ROWS.map(([head]) => head),
    ...figures.map((f) => ROWS.map(([, cell]) => cell(f))),
  ];
  const widths = ROWS.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const [head = '', ...body] = lines.map(
    (line) => `| ${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`,
  );
  return [head, `| ${widths.map((w) => '-'.repeat(w)).join(' | ')} |`, ...body].join('\n');
};
