/** The bid engine's part of docs/reasons.md, made from the codes themselves. */
import { INVENTORY_REASONS, SKIP_REASONS } from './reasons.js';

const table = (reasons: Readonly<Record<string, string>>): readonly string[] => [
  '| code | meaning |',
  '| --- | --- |',
  ...Object.entries(reasons).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
];

/** Markdown, one line per element. */
export const reasonsTable = (): readonly string[] => [
  '### Why there is no bid',
  '',
  ...table(SKIP_REASONS),
  '',
  '### Why a node or its GPUs are not for sale, and what did not add up',
  '',
  ...table(INVENTORY_REASONS),
];
