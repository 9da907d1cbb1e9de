/** The operator's part of docs/reasons.md, made from the codes themselves. */
import { BID_REASONS, LEASE_REASONS, PROVIDER_REASONS, SCREENING_REASONS } from './reasons.js';

const SECTIONS: readonly [string, Readonly<Record<string, string>>][] = [
  ['Why the operator does not bid, or is not ready', PROVIDER_REASONS],
  ['What became of a bid', BID_REASONS],
  ['What holds a lease up', LEASE_REASONS],
  ['Why the screening service gives no explanation', SCREENING_REASONS],
];

/** Markdown, one line per element. */
export const reasonsTable = (): readonly string[] =>
  SECTIONS.flatMap(([title, reasons]) => [
    `### ${title}`,
    '',
    '| code | meaning |',
    '| --- | --- |',
    ...Object.entries(reasons).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
    '',
  ]).slice(0, -1);
