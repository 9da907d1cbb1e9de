/**
 * Errors as the chain's modules register them: a codespace, a code, a text and the gRPC status that queries answer
 * with. Codes and texts are those of chain-sdk's `errors.go` files.
 */
import { sdkError } from '../kernel/errors.js';
import { AppError } from '../kernel/module.js';

/** gRPC statuses that registered errors carry. */
export type GrpcStatus =
  | 'InvalidArgument'
  | 'NotFound'
  | 'AlreadyExists'
  | 'FailedPrecondition'
  | 'PermissionDenied'
  | 'Internal'
  | 'Unknown';

/** One registered error. */
export interface RegisteredError {
  readonly codespace: string;
  readonly code: number;
  readonly status: GrpcStatus;
  readonly text: string;
}

/** Registers errors of `codespace`. */
export const registerIn =
  (codespace: string) =>
  (code: number, status: GrpcStatus, text: string): RegisteredError => ({
    codespace,
    code,
    status,
    text,
  });

/** The refusal of a message; `detail` follows the text, as Go's `%w: detail` does. */
export const refusal = (error: RegisteredError, detail?: string): AppError =>
  new AppError(
    error.codespace,
    error.code,
    detail === undefined ? error.text : `${error.text}: ${detail}`,
  );

/** The same with the detail before the text, as `Wrap` does. */
export const wrapped = (error: RegisteredError, detail: string): AppError =>
  new AppError(error.codespace, error.code, `${detail}: ${error.text}`);

/** `error` with `detail` put before its log. */
export const wrapRefusal = (error: AppError, detail: string): AppError =>
  new AppError(error.codespace, error.code, `${detail}: ${error.message}`);

/** A refusal that no module registered: codespace `undefined`, code 1. */
export const unregistered = (text: string): AppError => new AppError('undefined', 1, text);

/** What a panic inside a handler becomes; the real log also holds a Go stack. */
export const panicked = (what: string): AppError =>
  new AppError('undefined', 111222, `recovered: ${what}\nstack:\n: panic`);

/** How a registered error arrives through `abci_query`: an error of the SDK, chosen by its gRPC status. */
export const queryRefusal = (error: RegisteredError): AppError => {
  switch (error.status) {
    case 'NotFound':
      return sdkError('keyNotFound', error.text);
    case 'InvalidArgument':
    case 'FailedPrecondition':
      return sdkError('invalidRequest', error.text);
    case 'AlreadyExists':
    case 'PermissionDenied':
    case 'Internal':
    case 'Unknown':
      return sdkError('unknownRequest', error.text);
  }
};
