/** Errors of the chain room beside `ChainUnavailableError` of ports.ts. */

/** A node answered a query with a failure that is not "not found". */
export class ChainQueryError extends Error {
  readonly path: string;
  readonly codespace: string;
  readonly code: number;
  constructor(path: string, codespace: string, code: number, log: string) {
    super(`query ${path} failed with ${codespace}/${code}: ${log}`);
    this.name = 'ChainQueryError';
    this.path = path;
    this.codespace = codespace;
    this.code = code;
  }
}

export const isChainQueryError = (error: unknown): error is ChainQueryError =>
  error instanceof ChainQueryError;

/** Bytes or JSON from the chain that do not have the shape they must have; `field` says where. */
export class ChainDecodeError extends Error {
  readonly field: string;
  constructor(field: string, message: string, options?: { cause?: unknown }) {
    super(`${field}: ${message}`, options);
    this.name = 'ChainDecodeError';
    this.field = field;
  }
}

export const isChainDecodeError = (error: unknown): error is ChainDecodeError =>
  error instanceof ChainDecodeError;

/** An endpoint's JSON-RPC error object: the node answered, and the answer was an error. */
export class RpcAnswerError extends Error {
  readonly code: number;
  /** CometBFT puts the sentence here, for example `tx already exists in cache`. */
  readonly data: string;
  constructor(method: string, code: number, message: string, data: string) {
    super(`${method}: ${message}${data === '' ? '' : ` (${data})`}`);
    this.name = 'RpcAnswerError';
    this.code = code;
    this.data = data;
  }
}

export const isRpcAnswerError = (error: unknown): error is RpcAnswerError =>
  error instanceof RpcAnswerError;
