/** Decides a past decision again from what was kept of its input, with the present code. */
import { decide } from '../../bidengine/decide.js';
import { canonicalText, isPlainFormatError } from '../../history/plain.js';
import type { KeptDecision } from '../../history/segment-reader.js';

export type Recheck =
  | { readonly kind: 'same' }
  /** The present version answers otherwise: what it says. */
  | { readonly kind: 'different'; readonly answer: string }
  /** The input was not kept whole, or another version wrote it. */
  | { readonly kind: 'impossible'; readonly why: string };

/** Never throws for what may be kept. */
export const recheck = (kept: KeptDecision): Recheck => {
  let input: ReturnType<KeptDecision['input']>;
  try {
    input = kept.input();
  } catch (error) {
    if (!isPlainFormatError(error)) throw error;
    return { kind: 'impossible', why: error.message };
  }
  if (!input.ok) return { kind: 'impossible', why: `${input.missing.join(', ')} was not kept` };
  const now = decide(input.input);
  if (canonicalText(now) === canonicalText(kept.decision)) return { kind: 'same' };
  const answer =
    now.type === 'bid'
      ? `bid ${now.price.amount.toFixed()} ${now.price.denom} per block`
      : `no bid: ${now.reasons.map((r) => r.code).join(', ')}`;
  return { kind: 'different', answer };
};
