/** The soak as an SVG by hand: memory above, freshness below, both over time. */
import type { Sample } from './soak.js';

const WIDTH = 720;
const HEIGHT = 480;
const LEFT = 64;
const RIGHT = 150;
const PANELS = [
  { top: 50, bottom: 230 },
  { top: 280, bottom: 430 },
] as const;

const round = (value: number): string => value.toFixed(1);
const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${round(x)}" y="${round(y)}" ${more}>${words}</text>`;

interface Line {
  readonly name: string;
  readonly colour: string;
  readonly of: (sample: Sample) => number;
}

const MEMORY: readonly Line[] = [
  { name: 'resident', colour: '#1b6ca8', of: (s) => s.rssMib },
  { name: 'heap after collection', colour: '#2a9d5c', of: (s) => s.heapMib },
];
const FRESHNESS: readonly Line[] = [
  { name: 'slowest', colour: '#b5394a', of: (s) => s.seenMaxMs },
  { name: 'median', colour: '#d98c1f', of: (s) => s.seenP50Ms },
];

/** A round number above `most`: 1, 2 or 5 times a power of ten, or twice that. */
const ceiling = (most: number): number => {
  const step = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return [1, 2, 4, 5, 10].map((n) => n * step).find((n) => n >= most) ?? 10 * step;
};

const panel = (
  samples: readonly Sample[],
  lines: readonly Line[],
  { top, bottom }: (typeof PANELS)[number],
  title: string,
  bar: { readonly at: number; readonly words: string },
): readonly string[] => {
  const most = ceiling(Math.max(bar.at, ...samples.flatMap((s) => lines.map((l) => l.of(s)))));
  const lastS = Math.max(1, samples.at(-1)?.s ?? 1);
  const x = (s: number): number => LEFT + (s / lastS) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => bottom - (value / most) * (bottom - top);
  const grid = [0, 1, 2, 3, 4].flatMap((i) => {
    const value = (most / 4) * i;
    return [
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(value))}" y2="${round(y(value))}" stroke="#ddd"/>`,
      text(LEFT - 8, y(value) + 4, String(value), 'text-anchor="end"'),
    ];
  });
  const minutes = Array.from({ length: 6 }, (_, i) => (lastS / 5) * i);
  const drawn = lines.map(({ colour, of }) => {
    const points = samples.map((s) => `${round(x(s.s))},${round(y(of(s)))}`).join(' ');
    return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
  });
  const legend = lines.map(({ name, colour }, i) =>
    text(WIDTH - RIGHT + 10, top + 24 + 16 * i, name, `fill="${colour}"`),
  );
  return [
    text(LEFT, top - 12, title, 'font-size="14"'),
    ...grid,
    ...minutes.map((s) =>
      text(x(s), bottom + 18, (s / 60).toFixed(lastS < 300 ? 1 : 0), 'text-anchor="middle"'),
    ),
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(bar.at))}" y2="${round(y(bar.at))}" stroke="#555" stroke-dasharray="5 4"/>`,
    text(WIDTH - RIGHT + 10, y(bar.at) + 4, bar.words, 'fill="#555"'),
    ...drawn,
    ...legend,
  ];
};

/** @param conditions one line below the title */
export const plotSoak = (samples: readonly Sample[], conditions: string): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 18, conditions, 'fill="#555" font-size="11"'),
    ...panel(samples, MEMORY, PANELS[0], 'Memory, MiB', { at: 400, words: 'bar: 400 MiB' }),
    ...panel(samples, FRESHNESS, PANELS[1], 'From a changed node to a decision that sees it, ms', {
      ...{ at: 100, words: 'bar: 100 ms' },
    }),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, 'minutes', 'text-anchor="middle"'),
    '</svg>',
    '',
  ].join('\n');
