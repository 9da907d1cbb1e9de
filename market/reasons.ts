/**
 * A reason: why something did not happen. The code is stable (documented in docs/reasons.md, safe to alert on); the
 * message is one sentence that a person can act on; the field names the input at fault where there is one.
 * The same pair is shown by kubectl, logs, metrics (code only), API and command line.
 */
export interface Reason {
  /** CamelCase, stable. */
  readonly code: string;
  readonly message: string;
  readonly field?: string | undefined;
}

/** An expected failure that carries its reason across a layer; faults are ordinary errors. */
export class ReasonError extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, options?: { cause?: unknown }) {
    super(`${reason.code}: ${reason.message}`, options);
    this.name = 'ReasonError';
    this.reason = reason;
  }
}

export const isReasonError = (error: unknown): error is ReasonError => error instanceof ReasonError;
