/** Why a command did not do what it was asked: a stable code, a sentence, and what to do next. */
import { isCertificateError } from '../chain/certificate.js';
import { isChainDecodeError, isChainQueryError } from '../chain/errors.js';
import { isChainUnavailable } from '../chain/ports.js';
import { isAccountMissing } from '../chain/tx/account-state.js';
import { isWalletError } from '../chain/wallet.js';
import { isIdFormatError } from '../market/ids.js';
import { isAmountFormatError } from '../market/money.js';
import { isReasonError } from '../market/reasons.js';
import type { Reason } from '../market/reasons.js';

/** 1: refused, with a reason. 2: the command or its input is wrong, and nothing was tried. */
export type FailureExit = 1 | 2;

export interface FailureOptions {
  /** The input at fault. */
  readonly field?: string | undefined;
  /** What to do about it, for a person; commands to type where there are any. */
  readonly next?: string | undefined;
  /** Further reasons beside the first. */
  readonly reasons?: readonly Reason[];
  readonly cause?: unknown;
}

/** Thrown by commands; printed in one place (`app.ts`). */
export class CliFailure extends Error {
  readonly exit: FailureExit;
  readonly code: string;
  readonly field: string | undefined;
  readonly next: string | undefined;
  readonly reasons: readonly Reason[];
  constructor(exit: FailureExit, code: string, message: string, options: FailureOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'CliFailure';
    this.exit = exit;
    this.code = code;
    this.field = options.field;
    this.next = options.next;
    this.reasons = options.reasons ?? [];
  }
}

/** The command's result, already printed, says that something is wrong: only the exit status is left to tell. */
export class ToldFailure extends CliFailure {}

/** Exit status 1, nothing more printed. */
export const told = (code: string, message: string): CliFailure =>
  new ToldFailure(1, code, message);

export const isCliFailure = (error: unknown): error is CliFailure => error instanceof CliFailure;

/** The world refused. */
export const refused = (code: string, message: string, options?: FailureOptions): CliFailure =>
  new CliFailure(1, code, message, options);

/** The command line or an input file is wrong. */
export const misused = (code: string, message: string, options?: FailureOptions): CliFailure =>
  new CliFailure(2, code, message, options);

/** The same failure with advice, unless it brings its own. */
export const withNext = (failure: CliFailure, next: string): CliFailure =>
  new CliFailure(failure.exit, failure.code, failure.message, {
    field: failure.field,
    next: failure.next === undefined ? next : `${failure.next}\n${next}`,
    reasons: failure.reasons,
    cause: failure.cause,
  });

/** Anything thrown, as a failure; what nobody foresaw is a fault of ours and says so. */
export const toFailure = (error: unknown): CliFailure => {
  if (isCliFailure(error)) return error;
  if (isChainUnavailable(error)) {
    return refused('ChainUnavailable', `the chain did not answer: ${error.message}`, {
      next: 'Nothing is known to have changed. Check --node and try again.',
      cause: error,
    });
  }
  if (isAccountMissing(error)) {
    return refused('AccountMissing', `account ${error.address} does not exist on chain yet`, {
      next: 'It comes into being with its first coins: send some to it.',
    });
  }
  if (isChainQueryError(error)) return refused('ChainQueryFailed', error.message, { cause: error });
  if (isChainDecodeError(error)) {
    return refused('ChainAnswerUnreadable', error.message, { field: error.field, cause: error });
  }
  if (isWalletError(error)) return misused('KeyInvalid', error.message, { field: error.field });
  if (isIdFormatError(error)) return misused('IdInvalid', error.message, { field: error.field });
  if (isAmountFormatError(error)) return misused('AmountInvalid', error.message);
  if (isCertificateError(error)) {
    return refused('CertificateUnreadable', error.message, { field: error.field });
  }
  if (isReasonError(error)) {
    return refused(error.reason.code, error.reason.message, { field: error.reason.field });
  }
  const message = error instanceof Error ? error.message : String(error);
  return refused('InternalError', `berth failed in a way it did not foresee: ${message}`, {
    cause: error,
  });
};
