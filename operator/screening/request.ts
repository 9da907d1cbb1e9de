/** What may be asked of the screening service, checked at the edge. */
import { z } from 'zod';
import { isIdFormatError, parseOrderId } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import { groupSpecSchema } from '../../market/group-spec-json.js';
import type { Reason } from '../../market/reasons.js';
import type { Hypothetical } from '../bidding/screening.js';

const MAX_GROUPS = 20;

const body = z.union([
  z.strictObject({ order: z.string().max(200) }),
  z.strictObject({
    groups: z.array(groupSpecSchema).min(1).max(MAX_GROUPS),
    owner: z.string().max(100).default(''),
    hostnames: z.array(z.string().max(253)).max(1_000).default([]),
  }),
]);

export type ScreeningQuestion =
  { readonly kind: 'order'; readonly id: OrderId } | ({ readonly kind: 'groups' } & Hypothetical);

const invalid = (message: string, field?: string): Reason => ({
  code: 'ScreeningRequestInvalid',
  message,
  ...(field === undefined ? {} : { field }),
});

/** The question in `text`, or why there is none in it. */
export const readQuestion = (text: string): ScreeningQuestion | Reason => {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return invalid('the body is not JSON');
  }
  const parsed = body.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join('.') ?? '';
    return invalid(
      `the body must be {"order": "owner/dseq/gseq/oseq"} or {"groups": [...]}: ${issue?.message ?? ''}`,
      path === '' ? undefined : path,
    );
  }
  if (!('order' in parsed.data)) return { kind: 'groups', ...parsed.data };
  try {
    return { kind: 'order', id: parseOrderId(parsed.data.order) };
  } catch (error) {
    if (!isIdFormatError(error)) throw error;
    return invalid(error.message, 'order');
  }
};
