/**
 * A comparison as a picture: what each policy had earned and what could have been, over GPUs in use, over time. Plain SVG
 * made by hand: two line charts need no library, and the same figures give the same bytes.
 */

import type { Comparison } from './compare.js';
import { attoToUsd } from './money.js';

const WIDTH = 860;
const LEFT = 70;
const RIGHT = 20;
const PANELS = { earned: { top: 70, height: 250 }, gpus: { top: 370, height: 150 } } as const;
const HEIGHT = 570;
/** Told apart without colours too: the bound is dashed. */
const COLOURS = ['#1f6feb', '#d9480f', '#2b8a3e', '#862e9c'];
const BOUND = '#868e96';
/** Points of a line at most; more would not be seen. */
const MOST_POINTS = 400;

interface Line {
  readonly label: string;
  readonly colour: string;
  readonly dashed: boolean;
  /** Whether a value holds until the next one, rather than growing towards it. */
  readonly steps: boolean;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const escape = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c,
  );

const short = (n: number): string => String(Number(n.toFixed(1)));

/** Every so many points, the first and last always. */
const thinned = <T>(points: readonly T[]): readonly T[] => {
  const every = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
};

/** A round number at or above. */
const ceiling = (value: number): number => {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((f) => f * power >= value) ?? 10) * power;
};

const text = (x: number, y: number, content: string, extra = ''): string =>
  `<text x="${short(x)}" y="${short(y)}" ${extra}>${escape(content)}</text>`;

interface Panel {
  readonly top: number;
  readonly height: number;
  readonly title: string;
  readonly most: number;
  readonly days: number;
  readonly lines: readonly Line[];
}

const panel = ({ top, height, title, most, days, lines }: Panel): readonly string[] => {
  const wide = WIDTH - LEFT - RIGHT;
  const toX = (x: number): number => LEFT + (days === 0 ? 0 : (x / days) * wide);
  const toY = (y: number): number => top + height - (y / most) * height;
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => {
    const y = toY(share * most);
    return [
      `<line x1="${LEFT}" y1="${short(y)}" x2="${WIDTH - RIGHT}" y2="${short(y)}" stroke="#dee2e6"/>`,
      text(LEFT - 8, y + 4, short(share * most), 'text-anchor="end"'),
    ];
  });
  // Whole days from ten days on; a tick between two days tells nobody anything.
  const step = days >= 10 ? Math.ceil(ceiling(days / 10)) : ceiling(days / 10);
  const ticks: string[] = [];
  for (let day = 0; day <= days; day += step)
    ticks.push(text(toX(day), top + height + 16, short(day), 'text-anchor="middle"'));
  const drawn = lines.map(({ points, colour, dashed, steps }) => {
    const [first, ...rest] = thinned(points);
    const start = first === undefined ? '' : `M${short(toX(first.x))} ${short(toY(first.y))}`;
    const path = rest
      .map(({ x, y }) =>
        steps ? `H${short(toX(x))}V${short(toY(y))}` : `L${short(toX(x))} ${short(toY(y))}`,
      )
      .join('');
    const dash = dashed ? ' stroke-dasharray="6 4"' : '';
    return `<path d="${start}${path}" fill="none" stroke="${colour}" stroke-width="1.6"${dash}/>`;
  });
  return [text(LEFT, top - 10, title, 'font-weight="bold"'), ...grid, ...ticks, ...drawn];
};

/** Words of about this many characters a line. */
const wrapped = (words: string, most: number): readonly string[] => {
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= most) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
};

/** The SVG document. A synthetic scenario says so across the picture. */
export const plot = ({ scenario, bound, results, gpus }: Comparison): string => {
  const perDay = 86_400_000 / scenario.blockTimeMs;
  const day = (height: bigint): number => Number(height - scenario.from) / perDay;
  const usd = (atto: bigint): number => Number(attoToUsd(atto).round(2).toFixed());
  const earned: readonly Line[] = [
    {
      ...{ label: 'bound of perfect hindsight', colour: BOUND, dashed: true, steps: false },
      points: bound.series.map((p) => ({ x: day(p.height), y: usd(p.earned) })),
    },
    ...results.map((r, i) => ({
      ...{ label: r.name, colour: COLOURS[i % COLOURS.length] ?? BOUND, dashed: false },
      steps: false,
      points: r.series.map((p) => ({ x: day(p.height), y: usd(p.earned) })),
    })),
  ];
  const inUse = results.map((r, i) => ({
    ...{ label: r.name, colour: COLOURS[i % COLOURS.length] ?? BOUND, dashed: false },
    steps: true,
    points: r.series.map((p) => ({ x: day(p.height), y: p.gpus })),
  }));
  const days = day(scenario.through);
  const most = ceiling(Math.max(usd(bound.earned), ...results.map((r) => usd(r.earned))));
  const legend = earned.map(({ label, colour, dashed }, i) => {
    const x = LEFT + i * 230;
    const dash = dashed ? ' stroke-dasharray="6 4"' : '';
    return `<line x1="${x}" y1="${HEIGHT - 12}" x2="${x + 26}" y2="${HEIGHT - 12}" stroke="${colour}" stroke-width="2"${dash}/>${text(x + 32, HEIGHT - 8, label)}`;
  });
  const warning =
    scenario.origin === 'recorded'
      ? []
      : [text(WIDTH / 2, 240, 'SYNTHETIC', 'font-size="90" fill="#e9ecef" text-anchor="middle"')];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#212529">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    ...warning,
    ...wrapped(scenario.title, 112).map((line, i) => text(LEFT, 18 + 15 * i, line)),
    ...panel({
      ...PANELS.earned,
      title: 'earned before fees, USD; days',
      most,
      days,
      lines: earned,
    }),
    ...panel({
      ...PANELS.gpus,
      ...{ title: `GPUs in leases, of ${gpus}; days`, most: Math.max(1, gpus), days, lines: inUse },
    }),
    ...legend,
    '</svg>',
    '',
  ].join('\n');
};
