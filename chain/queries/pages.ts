/** Complete lists out of paginated queries, all of one height. */
import type {
  PageRequest,
  PageResponse,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import Long from 'long';
import { ChainDecodeError, isChainQueryError } from '../errors.js';

/** Entries asked for at once; a page of 1000 orders is about 1 MB, so 500 stays well under the RPC's limits. */
export const PAGE_LIMIT = 500;
/** A server that never ends its pages is broken; 2000 pages are a million entries. */
const MAX_PAGES = 2000;

export interface Page<T> {
  readonly items: readonly T[];
  readonly pagination: PageResponse | undefined;
  readonly height: bigint;
}

/** Asks for one page at `height`; 0 means the latest. */
export type FetchPage<T> = (pagination: PageRequest, height: bigint) => Promise<Page<T>>;

/** A complete list and the height it is of. */
export interface Listing<T> {
  readonly items: readonly T[];
  readonly height: bigint;
}

/** Reads a complete list at `height`, 0 meaning the latest of its first page. */
export type ReadListing<T> = (height: bigint) => Promise<Listing<T>>;

/**
 * All pages of one query. @throws ChainQueryError when the node no longer has (or not yet has) that height; ChainDecodeError
 * when they do not end within `maxPages`
 */
export const readPages = async <T>(
  fetchPage: FetchPage<T>,
  atHeight: bigint,
  maxPages = MAX_PAGES,
): Promise<Listing<T>> => {
  const items: T[] = [];
  let key: Uint8Array = new Uint8Array();
  let height = atHeight;
  for (let page = 0; page < maxPages; page += 1) {
    const limit = Long.fromNumber(PAGE_LIMIT, true);
    const answer = await fetchPage(
      { key, limit, offset: Long.UZERO, countTotal: false, reverse: false },
      height,
    );
    items.push(...answer.items);
    height = answer.height;
    key = answer.pagination?.nextKey ?? new Uint8Array();
    if (key.length === 0) return { items, height };
  }
  throw new ChainDecodeError('pagination', `no end after ${maxPages} pages`);
};

/**
 * The lists one after the other (they share the endpoint's few connections with the hot path), read at one height, so
 * that nothing is missed or seen twice because its state changed in between. When that height is refused, because it is
 * already pruned or another node a block behind answered, they are read once more at the latest height each.
 */
export const readTogether = async <T>(
  listings: readonly ReadListing<T>[],
): Promise<readonly T[]> => {
  const readAll = async (pinned: boolean): Promise<readonly T[]> => {
    const all: T[] = [];
    let height = 0n;
    for (const read of listings) {
      const listing = await read(pinned ? height : 0n);
      all.push(...listing.items);
      height = listing.height;
    }
    return all;
  };
  try {
    return await readAll(true);
  } catch (error) {
    if (!isChainQueryError(error)) throw error;
    return readAll(false);
  }
};
