/**
 * Records with an index by state: the record under its id, and an entry under its state that moves when the state
 * does. Lists walk the index, hence state by state and by id within one.
 */
import type { PageRequest } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { queryInvalid } from '../kernel/errors.js';
import type { Context } from '../kernel/module.js';
import { keyFilter, type IdFilter } from './ids.js';
import { refuseOffsetWithoutState, resumeAfter, takePage, type Page, type Placed } from './page.js';

const MARK = Uint8Array.of(1);

/** A collection at `prefix` whose states are the numbers of its protobuf enum. */
export class IndexedRecords {
  readonly #prefix: string;
  readonly #states: ReadonlyMap<string, number>;

  /** @param states names that a list may ask for, in the order lists go through them */
  constructor(prefix: string, states: Readonly<Record<string, number>>) {
    this.#prefix = prefix;
    this.#states = new Map(Object.entries(states));
  }

  get(context: Context, key: string): Uint8Array | undefined {
    return context.store.get(`${this.#prefix}/${key}`);
  }

  /** Stores the record; `before` is the state it had, `undefined` for a new one. */
  put(context: Context, key: string, value: Uint8Array, state: number, before?: number): void {
    context.store.set(`${this.#prefix}/${key}`, value);
    if (before === state) return;
    if (before !== undefined) context.store.delete(this.#indexKey(before, key));
    context.store.set(this.#indexKey(state, key), MARK);
  }

  /** One page of records that match `filter` and its state. @throws AppError sdk/18 on an unknown state */
  page(
    context: Context,
    filter: (IdFilter & { readonly state: string }) | undefined,
    request: PageRequest | undefined,
  ): Page<Uint8Array> {
    refuseOffsetWithoutState(request, filter?.state);
    return takePage(
      this.#walk(context, this.#wanted(filter?.state), filter, resumeAfter(request)),
      request,
    );
  }

  /** All records that match, in the order of lists. @throws AppError sdk/18 on an unknown state */
  *matching(context: Context, filter: IdFilter & { readonly state: string }): Iterable<Uint8Array> {
    const walk = this.#walk(context, this.#wanted(filter.state), filter, undefined);
    for (const { entry } of walk) yield entry;
  }

  #wanted(state: string | undefined): readonly number[] {
    if (state === undefined || state === '') return [...this.#states.values()];
    const number = this.#states.get(state);
    if (number === undefined) throw queryInvalid('invalid state value');
    return [number];
  }

  *#walk(
    context: Context,
    states: readonly number[],
    filter: IdFilter | undefined,
    after: string | undefined,
  ): Iterable<Placed<Uint8Array>> {
    const matches = keyFilter(filter);
    const owner = filter?.owner ?? '';
    for (const state of states) {
      const base = this.#indexKey(state, '');
      if (after !== undefined && after >= `${base}~`) continue;
      const prefix = owner === '' ? base : `${base}${owner}/`;
      const from = after?.startsWith(base) === true ? { after } : {};
      for (const [place] of context.store.iterate(prefix, from)) {
        const key = place.slice(base.length);
        if (!matches(key)) continue;
        const entry = this.get(context, key);
        if (entry !== undefined) yield { place, entry };
      }
    }
  }

  #indexKey(state: number, key: string): string {
    return `${this.#prefix}s/${state}/${key}`;
  }
}
