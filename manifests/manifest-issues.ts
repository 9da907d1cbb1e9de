/** Turns what zod found into reasons that name the field. */
import type { z } from 'zod';
import type { Reason } from '../market/reasons.js';

/** Enough to mend a manifest with, and short enough for an HTTP answer. */
const MOST_REASONS = 20;

/** `manifest[0].services[1].count` */
export const fieldPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`),
    'manifest',
  );

/** At most twenty reasons, in the order of the document. */
export const describeIssues = (issues: readonly z.core.$ZodIssue[]): readonly Reason[] =>
  issues.slice(0, MOST_REASONS).map((issue) => {
    const field = fieldPath(issue.path);
    return { code: 'ManifestFieldInvalid', message: `${field}: ${issue.message}`, field };
  });
