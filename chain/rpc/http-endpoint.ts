/** One JSON-RPC endpoint over HTTP, with a deadline on every call. */
import type { JsonRpcRequest, JsonRpcSuccessResponse } from '@cosmjs/json-rpc';
import { Agent, request } from 'undici';
import { RpcAnswerError } from '../errors.js';
import { endpointAddress } from './endpoint-config.js';
import type { EndpointAddress, EndpointConfig } from './endpoint-config.js';

/** No answer, or none that is JSON-RPC: the endpoint is at fault, another may be asked. */
export class EndpointFaultError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'EndpointFaultError';
  }
}

export const isEndpointFault = (error: unknown): error is EndpointFaultError =>
  error instanceof EndpointFaultError;

/** The largest answer that is read; a page of 1000 orders is about 1 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Posts JSON-RPC requests to one node. */
export interface HttpEndpoint {
  readonly address: EndpointAddress;
  readonly trusted: boolean;
  /**
   * @param signal gives the call up, for example because another node answered first
   * @throws EndpointFaultError when there is no usable answer, RpcAnswerError when the node answered with an error
   */
  call(rpc: JsonRpcRequest, signal?: AbortSignal): Promise<JsonRpcSuccessResponse>;
  close(): Promise<void>;
}

const readAnswer = (label: string, method: string, text: string): JsonRpcSuccessResponse => {
  let answer: unknown;
  try {
    answer = JSON.parse(text) as unknown;
  } catch (cause) {
    throw new EndpointFaultError(`${label} answered ${method} with something that is not JSON`, {
      cause,
    });
  }
  if (typeof answer !== 'object' || answer === null) {
    throw new EndpointFaultError(`${label} answered ${method} with JSON that is not an object`);
  }
  const { result, error, id } = answer as Record<string, unknown>;
  if (typeof error === 'object' && error !== null) {
    const { code, message, data } = error as Record<string, unknown>;
    throw new RpcAnswerError(
      method,
      typeof code === 'number' ? code : 0,
      typeof message === 'string' ? message : 'error',
      typeof data === 'string' ? data : '',
    );
  }
  if (result === undefined) {
    throw new EndpointFaultError(`${label} answered ${method} with neither result nor error`);
  }
  return {
    jsonrpc: '2.0',
    id: typeof id === 'number' ? id : 0,
    result,
  };
};

/** @param timeoutMs deadline of one call, connection included */
export const createHttpEndpoint = (
  config: EndpointConfig | string,
  timeoutMs: number,
): HttpEndpoint => {
  const { url, trusted = false } = typeof config === 'string' ? { url: config } : config;
  const address = endpointAddress(url);
  const { label, httpUrl, authorization } = address;
  const headers = {
    'content-type': 'application/json',
    ...(authorization === undefined ? {} : { authorization }),
  };
  const agent = new Agent({
    connect: { timeout: timeoutMs },
    // A block of two hundred bids over a slow line; undici opens them as they are needed.
    connections: 64,
    keepAliveTimeout: 30_000,
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  const post = async (
    rpc: JsonRpcRequest,
    signal: AbortSignal | undefined,
  ): Promise<{ status: number; text: string }> => {
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const response = await request(httpUrl, {
        method: 'POST',
        dispatcher: agent,
        headers,
        body: JSON.stringify(rpc),
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
      });
      return { status: response.statusCode, text: await response.body.text() };
    } catch (cause) {
      throw new EndpointFaultError(`${label} did not answer ${rpc.method}`, { cause });
    }
  };
  return {
    address,
    trusted,
    call: async (rpc, signal) => {
      const { status, text } = await post(rpc, signal);
      // CometBFT sends JSON-RPC errors with status 500 in places; proxies send 4xx and 5xx that are no JSON-RPC.
      if (status >= 400 && !text.startsWith('{')) {
        throw new EndpointFaultError(`${label} answered ${rpc.method} with HTTP ${status}`);
      }
      return readAnswer(label, rpc.method, text);
    },
    close: () => agent.destroy(),
  };
};
