/**
 * Lists as the market's queries page them: state after state, by id within a state. The key of the next page is opaque
 * to clients; here it names the place behind which to go on. As on the real node the total is the number of entries
 * returned, and an offset needs a state.
 */
import {
  PageResponse,
  type PageRequest,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { queryInvalid, sdkError } from '../kernel/errors.js';

/** Entries a page holds when the request does not say. */
export const DEFAULT_LIMIT = 100;

/** An entry of a list: its place, unique and ordered, and what it is. */
export interface Placed<T> {
  readonly place: string;
  readonly entry: T;
}

/** One page and the encoded `PageResponse` that goes with it. */
export interface Page<T> {
  readonly entries: readonly T[];
  readonly response: Uint8Array;
}

const text = { encode: new TextEncoder(), decode: new TextDecoder('utf-8', { fatal: true }) };

/** The place a request resumes behind. @throws AppError sdk/6 when the key was not made here */
export const resumeAfter = (request: PageRequest | undefined): string | undefined => {
  if (request === undefined || request.key.length === 0) return undefined;
  try {
    return text.decode.decode(request.key);
  } catch {
    throw sdkError('unknownRequest', 'rpc error: code = Internal desc = pagination: invalid key');
  }
};

/** Refuses an offset without a state, as the node does. @throws AppError sdk/18 */
export const refuseOffsetWithoutState = (
  request: PageRequest | undefined,
  state: string | undefined,
): void => {
  const offset = BigInt(request?.offset.toString() ?? '0');
  if (offset > 0n && (state === undefined || state === '')) {
    throw queryInvalid(
      'invalid request parameters. if offset is set, filter.state must be provided',
    );
  }
};

/** Takes one page out of `entries`, which start behind the request's key already. */
export const takePage = <T>(
  entries: Iterable<Placed<T>>,
  request: PageRequest | undefined,
): Page<T> => {
  const asked = Number(request?.limit.toString() ?? '0');
  const limit = asked === 0 ? DEFAULT_LIMIT : asked;
  const offset = Number(request?.offset.toString() ?? '0');
  const page: T[] = [];
  let seen = 0;
  let last: string | undefined;
  let more = false;
  for (const { place, entry } of entries) {
    seen += 1;
    if (seen <= offset) continue;
    if (page.length === limit) {
      more = true;
      break;
    }
    page.push(entry);
    last = place;
  }
  const nextKey = more && last !== undefined ? text.encode.encode(last) : new Uint8Array();
  const response = PageResponse.fromPartial({ nextKey, total: BigInt(page.length) });
  return { entries: page, response: PageResponse.encode(response).finish() };
};
