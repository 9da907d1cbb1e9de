/** Refusals of the SDK's own codespace, and how a gRPC query error looks after `abci_query`. */
import { AppError } from './module.js';

export const isAppError = (error: unknown): error is AppError => error instanceof AppError;

/** Code and closing words of each SDK error used here (cosmos-sdk types/errors). */
const SDK_ERRORS = {
  txDecode: [2, 'tx parse error'],
  unauthorized: [4, 'unauthorized'],
  insufficientFunds: [5, 'insufficient funds'],
  unknownRequest: [6, 'unknown request'],
  invalidAddress: [7, 'invalid address'],
  invalidPubKey: [8, 'invalid pubkey'],
  unknownAddress: [9, 'unknown address'],
  invalidCoins: [10, 'invalid coins'],
  memoTooLarge: [12, 'memo too large'],
  insufficientFee: [13, 'insufficient fee'],
  tooManySignatures: [14, 'maximum number of signatures exceeded'],
  noSignatures: [15, 'no signatures supplied'],
  invalidRequest: [18, 'invalid request'],
  keyNotFound: [22, 'key not found'],
  invalidType: [29, 'invalid type'],
  invalidHeight: [26, 'invalid height'],
  txTimeoutHeight: [30, 'tx timeout height'],
  wrongSequence: [32, 'incorrect account sequence'],
  notSupported: [37, 'feature not supported'],
  notFound: [38, 'not found'],
  invalidGasLimit: [41, 'invalid gas limit'],
  txTimeout: [42, 'tx timeout'],
  logic: [35, 'internal logic error'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type SdkErrorName = keyof typeof SDK_ERRORS;

/** An error of codespace `sdk`; the log is `detail` followed by the error's own words. */
export const sdkError = (name: SdkErrorName, detail?: string): AppError => {
  const [code, words] = SDK_ERRORS[name];
  return new AppError('sdk', code, detail === undefined ? words : `${detail}: ${words}`);
};

/** A query's "not found" as it arrives through `abci_query`: sdk/22 with the gRPC status in its text. */
export const queryNotFound = (what: string): AppError =>
  sdkError('keyNotFound', `rpc error: code = NotFound desc = ${what}`);

/** A query's "invalid argument" as it arrives through `abci_query`: sdk/18. */
export const queryInvalid = (what: string): AppError =>
  sdkError('invalidRequest', `rpc error: code = InvalidArgument desc = ${what}`);

/** Anything else a query handler fails with, sdk/6. */
export const queryUnknown = (what: string): AppError =>
  sdkError('unknownRequest', `rpc error: code = Unknown desc = ${what}`);
