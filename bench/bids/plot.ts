/** The curve of the delays as an SVG by hand: four lines, two axes, no library worth its weight. */
import type { DelayedBursts } from './delays.js';

const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 70;
const RIGHT = 150;
const TOP = 50;
const BOTTOM = 60;
const COLOURS = ['#1b6ca8', '#2a9d5c', '#d98c1f', '#b5394a'];

const round = (value: number): string => value.toFixed(1);

/** Last CheckTx of a burst over the delay, with the share in the next block at each point. */
export const plotDelays = (results: readonly DelayedBursts[]): string => {
  const lasts = results.flatMap(({ bursts }) => bursts.map((b) => b.acceptedMs.at(-1) ?? 0));
  const maxY = Math.max(1000, Math.ceil(Math.max(...lasts) / 200) * 200);
  const maxX = Math.max(...results.map((r) => r.delayMs), 1);
  const x = (delay: number): number => LEFT + (delay / maxX) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / maxY) * (HEIGHT - TOP - BOTTOM);
  const text = (px: number, py: number, words: string, more = ''): string =>
    `<text x="${round(px)}" y="${round(py)}" ${more}>${words}</text>`;
  const ticks = Array.from({ length: 6 }, (_, i) => (maxY / 5) * i);
  const grid = ticks.flatMap((t) => [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(t))}" y2="${round(y(t))}" stroke="#ddd"/>`,
    text(LEFT - 8, y(t) + 4, String(t), 'text-anchor="end"'),
  ]);
  const sizes = results[0]?.bursts.map((b) => b.orders) ?? [];
  const lines = sizes.flatMap((orders, i) => {
    const colour = COLOURS[i % COLOURS.length] ?? '#000';
    const points = results.flatMap(({ delayMs, bursts }) => {
      const found = bursts.find((b) => b.orders === orders);
      return found === undefined
        ? []
        : [{ px: x(delayMs), py: y(found.acceptedMs.at(-1) ?? 0), share: found.inNextBlock }];
    });
    const path = points.map(({ px, py }) => `${round(px)},${round(py)}`).join(' ');
    const end = points.at(-1);
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...points.map(
        ({ px, py, share }) =>
          `<circle cx="${round(px)}" cy="${round(py)}" r="4" fill="${colour}"><title>${(share * 100).toFixed(1)} % in the next block</title></circle>`,
      ),
      ...(end === undefined
        ? []
        : [
            text(
              end.px + 10,
              end.py + 4,
              `${orders} order${orders === 1 ? '' : 's'}: ${(end.share * 100).toFixed(0)} % in H+1`,
              `fill="${colour}"`,
            ),
          ]),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 24, 'From a block to the last of its bids in the mempool', 'font-size="15"'),
    ...grid,
    ...results.map(({ delayMs }) =>
      text(x(delayMs), HEIGHT - BOTTOM + 18, String(delayMs), 'text-anchor="middle"'),
    ),
    text(
      (LEFT + WIDTH - RIGHT) / 2,
      HEIGHT - 16,
      'delay of every answer of the node, ms',
      'text-anchor="middle"',
    ),
    text(18, TOP - 8, 'ms'),
    ...lines,
    '</svg>',
    '',
  ].join('\n');
};
