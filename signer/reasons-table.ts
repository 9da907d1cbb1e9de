/** The signer's part of docs/reasons.md, made from the codes themselves. */
import { SIGNER_REASONS } from './reasons.js';

/** Markdown, one line per element. */
export const reasonsTable = (): readonly string[] => [
  '### Why a transaction is not signed',
  '',
  '| code | meaning |',
  '| --- | --- |',
  ...Object.entries(SIGNER_REASONS).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
];
