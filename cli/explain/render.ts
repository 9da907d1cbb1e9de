/** An explanation for people. */
import { formatTable, printable } from '../format/table.js';
import type { Terminal } from '../ports.js';
import type { ExplanationAnswer } from './answer.js';

type Quote = NonNullable<ExplanationAnswer['quote']>;

/** At most `places` decimals, without zeros at the end. */
const short = (decimal: string, places: number): string => {
  const [whole = '0', fraction = ''] = decimal.split('.');
  const cut = fraction.slice(0, places).replace(/0+$/, '');
  return cut === '' ? whole : `${whole}.${cut}`;
};

const termLines = ({ terms }: Quote): readonly string[] =>
  terms.length === 0
    ? []
    : formatTable(
        ['  ITEM', 'QUANTITY', 'USD/HOUR EACH', 'USD/HOUR', 'BECAUSE'],
        terms.map(({ item, quantity, usdPerHourEach, usdPerHour, factors = [] }) => [
          `  ${printable(item, 80)}`,
          short(quantity, 4),
          short(usdPerHourEach, 6),
          short(usdPerHour, 6),
          factors
            .map(({ why, multiplier }) =>
              multiplier === undefined ? why : `${why} (x ${short(multiplier, 4)})`,
            )
            .map((words) => printable(words))
            .join('; '),
        ]),
      );

const placementLine = ({ placement, placedBy }: ExplanationAnswer): readonly string[] => {
  const nodes = new Map<string, number>();
  for (const { node, gpus } of placement) nodes.set(node, (nodes.get(node) ?? 0) + Number(gpus));
  const words = [...nodes].map(([node, gpus]) => `${printable(node, 80)} (${gpus} GPUs)`);
  const by = placedBy === undefined ? '' : `, placed by ${printable(placedBy, 80)}`;
  return words.length === 0 ? [] : [`  on ${words.join(', ')}${by}`];
};

/** Every line of it. @param label what was asked about */
export const explanationLines = (
  answer: ExplanationAnswer,
  label: string,
  terminal: Pick<Terminal, 'style'>,
): readonly string[] => {
  const { result, reasons, checks, quote, policies } = answer;
  const passed = checks.filter((c) => c.passed).length;
  const verdict =
    result === 'bid' ? terminal.style('green', 'would bid') : terminal.style('red', 'no bid');
  return [
    `${terminal.style('bold', printable(label, 120))}: ${verdict}${quote === null ? '' : `, ${short(quote.usdPerHour, 4)} USD per hour (${short(quote.price.amount, 6)} ${quote.price.denom} per block) by "${printable(quote.policy, 80)}"`}`,
    ...reasons.map((r) => `  ${r.code}: ${printable(r.message)}`),
    ...placementLine(answer),
    ...(quote?.raisedTo === undefined ? [] : [`  raised: ${printable(quote.raisedTo)}`]),
    ...(quote === null ? [] : termLines(quote)),
    ...(policies.length < 2
      ? []
      : policies.map(
          (p) =>
            `  price book ${printable(p.name, 80)} (${p.priority}): ${p.outcome}: ${printable(p.why)}`,
        )),
    `  ${passed} of ${checks.length} checks passed`,
  ];
};
