/** Names of values by their content. */
import { createHash } from 'node:crypto';

/** 16 hex digits of the SHA-256 of a canonical text: 64 bits, enough to tell a day's values apart, not to prove anything. */
export const digestOf = (canonical: string): string =>
  createHash('sha256').update(canonical).digest('hex').slice(0, 16);
