/** The notice period a bid promises when the order asks for one (provider-wire 1.8). */
import type { Reason } from '../market/reasons.js';
import type { DecideInput } from './input.js';
import { reason } from './reasons.js';

/** What the chain takes by default: 1 hour to 720 hours, in seconds. */
export const RECLAMATION_MIN_SECONDS = 3_600n;
export const RECLAMATION_MAX_SECONDS = 2_592_000n;

export type ReclamationChoice =
  | { readonly ok: true; readonly windowSeconds: bigint | undefined }
  | { readonly ok: false; readonly reason: Reason };

/**
 * The shortest window that satisfies order and chain. None is offered unasked: a lease with a window can be
 * closed by the provider only after giving notice and waiting.
 */
export const chooseReclamation = ({ order, rules }: DecideInput): ReclamationChoice => {
  const wanted = order.reclamationMinWindowSeconds;
  if (wanted === undefined) return { ok: true, windowSeconds: undefined };
  const field = 'order.reclamationMinWindowSeconds';
  const most = rules.maxReclamationWindowSeconds;
  if (most === undefined) {
    const message = `the order asks for a window of at least ${wanted} s and none is offered`;
    return { ok: false, reason: reason('ReclamationNotOffered', message, field) };
  }
  const limit = most < RECLAMATION_MAX_SECONDS ? most : RECLAMATION_MAX_SECONDS;
  const windowSeconds = wanted > RECLAMATION_MIN_SECONDS ? wanted : RECLAMATION_MIN_SECONDS;
  if (windowSeconds > limit) {
    const message = `the order needs a window of ${windowSeconds} s and the most offered is ${limit} s`;
    return { ok: false, reason: reason('ReclamationWindowTooLong', message, field) };
  }
  return { ok: true, windowSeconds };
};
