/** Durations, written and read. */

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** The two largest units: `12h5m`, `3d`, `40s`; `0s` below a second. */
export const formatDuration = (ms: number): string => {
  if (!Number.isFinite(ms)) return 'for ever';
  let left = Math.max(0, ms);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
    if (parts.length === 2 || (parts.length === 1 && count === 0)) break;
  }
  return parts.length === 0 ? '0s' : parts.join('');
};

/** Milliseconds of `500ms`, `60s`, `5m`, `2h`, `1m30s`; a bare number is seconds. `undefined` for anything else. */
export const parseDuration = (text: string): number | undefined => {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const match = /^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/.exec(text);
  if (match === null || text === '') return undefined;
  const part = (i: number): number => Number(match[i] ?? '0');
  return part(1) * 3_600_000 + part(2) * 60_000 + part(3) * 1_000 + part(4);
};

/** `2026-11-23 12:05 UTC` */
export const formatTime = (unixMs: number): string =>
  `${new Date(unixMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
