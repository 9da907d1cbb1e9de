/** Module queries over `abci_query`, which every RPC node serves: no gRPC port is needed. */
import type { Comet38Client } from '@cosmjs/tendermint-rpc';
import { usable } from '../rpc/comet.js';
import { ChainQueryError, isChainQueryError } from '../errors.js';
import { ChainUnavailableError } from '../ports.js';

export interface AbciAnswer {
  readonly value: Uint8Array;
  /** The height the answer is of; 0 when the node does not say. */
  readonly height: bigint;
}

/** One query. @throws ChainQueryError the node's refusal; ChainUnavailableError no answer */
export type AbciQuery = (path: string, request: Uint8Array, height?: bigint) => Promise<AbciAnswer>;

/**
 * sdk/26: the application is at no such height, for example because it has just been started and has not seen its first block
 * ("akash is not ready; please wait for first block"). It says nothing about what was asked for.
 */
const INVALID_HEIGHT = 26;

/** Queries through CosmJS's client. */
export const abciQueryOver =
  (comet: Comet38Client): AbciQuery =>
  async (path, request, height) => {
    const answer = await usable(path, () =>
      comet.abciQuery({
        path,
        data: request,
        prove: false,
        ...(height === undefined || height === 0n ? {} : { height: Number(height) }),
      }),
    );
    const code = answer.code ?? 0;
    if (answer.codespace === 'sdk' && code === INVALID_HEIGHT) {
      throw new ChainUnavailableError(`the node cannot answer ${path} yet: ${answer.log ?? ''}`);
    }
    if (code !== 0) {
      throw new ChainQueryError(path, answer.codespace, code, answer.log ?? '');
    }
    return { value: answer.value, height: BigInt(answer.height ?? 0) };
  };

/**
 * Codes that prove absence. The SDK turns a handler's gRPC NotFound into sdk/22 (key not found); a module's own codes
 * would come through on a node that passes them on. Sources: baseapp/abci.go (gRPCErrorToSDKError), the errors.go of
 * akash market v1, deployment v1, provider v1beta4 and audit v1.
 */
const NOT_FOUND: Readonly<Record<string, readonly number[]>> = {
  sdk: [22, 38],
  market: [14, 15, 16, 18, 20],
  deployment: [4, 14],
  provider: [3],
  audit: [1, 3],
};

/** Whether the chain said that the thing asked for does not exist. */
export const isNotFound = (error: unknown): boolean =>
  isChainQueryError(error) && (NOT_FOUND[error.codespace]?.includes(error.code) ?? false);

/** `undefined` for a proven "not found", everything else as thrown. */
export const absentIfNotFound = async <T>(query: Promise<T>): Promise<T | undefined> => {
  try {
    return await query;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};
