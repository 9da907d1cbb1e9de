/** The comparison as tables for docs/placement.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Result } from './simulate.js';

/** One policy on one list, run by run. */
export interface Row {
  readonly policy: string;
  readonly runs: readonly { readonly result: Result; readonly ofBound: number }[];
}

/** One list of tasks. */
export interface Section {
  readonly list: string;
  readonly about: string;
  readonly rows: readonly Row[];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, v) => sum + v, 0) / Math.max(1, values.length);

/** Mean over the runs. */
export const meanOf = ({ runs }: Row, of: (run: Row['runs'][number]) => number): number =>
  mean(runs.map(of));

const rejections = ({ runs }: Row): string => {
  const sums = new Map<string, number>();
  for (const { result } of runs)
    for (const [code, n] of result.rejected) sums.set(code, (sums.get(code) ?? 0) + n);
  return [...sums]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([code, n]) => `${code} ${Math.round(n / runs.length)}`)
    .join(', ');
};

const rowLine = (row: Row): string => {
  const shares = row.runs.map((r) => r.ofBound);
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map((n) => n.toFixed(1));
  return `| ${[
    row.policy,
    meanOf(row, (r) => r.result.allocated).toFixed(1),
    meanOf(row, (r) => r.result.revenue).toFixed(2),
    `${mean(shares).toFixed(1)} (${least}–${most})`,
    `+${meanOf(row, (r) => r.result.dearer).toFixed(0)}`,
    rejections(row),
  ].join(' | ')} |`;
};

/** Markdown. */
export const tables = (sections: readonly Section[]): string =>
  sections
    .flatMap(({ list, about, rows }) => [
      `\`${list}\`: ${about}`,
      '',
      '| policy | GPUs allocated, % | USD/h | of the bound, % | dearer than need be, % | rejected, by reason |',
      '| --- | --- | --- | --- | --- | --- |',
      ...rows.map(rowLine),
      '',
    ])
    .join('\n');

const BEGIN = '<!-- written by make bench-placement -->';
const END = '<!-- end -->';

/** Puts `text` between the marks of a document. @throws Error when it has none */
export const writeInto = (path: string, text: string): void => {
  const whole = readFileSync(path, 'utf8');
  const [from, to] = [whole.indexOf(BEGIN), whole.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${path} has no place for the tables`);
  writeFileSync(path, `${whole.slice(0, from)}${BEGIN}\n\n${text}\n${whole.slice(to)}`);
};
