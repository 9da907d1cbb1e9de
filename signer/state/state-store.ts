/**
 * Where the signer's state is kept: one ConfigMap that only the signer's service account may write. What was written last is
 * remembered with its resource version, so that a batch costs one write and no read: whoever wrote in between makes it fail.
 */
import type { ConfigMap } from '../../kube/core-objects.js';
import type { KubeApi } from '../../kube/api.js';
import { isKubeConflict, isKubeNotFound } from '../../kube/errors.js';
import { CONFIG_MAPS } from '../../kube/resources.js';
import { formatState, parseState } from './signer-state.js';
import type { SignerState } from './signer-state.js';

/** What was found; `save` writes over exactly what was found. */
export interface StoredState {
  /** `new`: the object is there as it was installed; `lost`: it is missing or unreadable. */
  readonly found: SignerState | 'new' | 'lost';
  /** Resolves when it is written. @throws StateMovedError when it is not any more what was found; KubeUnavailableError */
  save(state: SignerState): Promise<void>;
}

export interface StateStore {
  /** As last written by this process, where nothing has contradicted that since. @throws KubeUnavailableError */
  load(): Promise<StoredState>;
}

/** Somebody else wrote or removed the state: it has to be loaded again. */
export class StateMovedError extends Error {
  constructor(cause: unknown) {
    super('the counters were changed by another hand', { cause });
    this.name = 'StateMovedError';
  }
}

export const isStateMoved = (error: unknown): error is StateMovedError =>
  error instanceof StateMovedError;

const KEY = 'state.json';

export class KubeStateStore implements StateStore {
  readonly #api: KubeApi;
  readonly #ref: { readonly namespace: string; readonly name: string };
  #written: { readonly map: ConfigMap; readonly state: SignerState } | undefined;

  constructor(api: KubeApi, namespace: string, name: string) {
    this.#api = api;
    this.#ref = { namespace, name };
  }

  async load(): Promise<StoredState> {
    const known = this.#written;
    if (known !== undefined) {
      return { found: known.state, save: (state) => this.#replace(known.map, state) };
    }
    const map = await this.#api.get(CONFIG_MAPS, this.#ref);
    if (map === undefined) return { found: 'lost', save: (state) => this.#create(state) };
    const text = map.data?.[KEY];
    const found = text === undefined || text === '' ? 'new' : (parseState(text) ?? 'lost');
    return { found, save: (state) => this.#replace(map, state) };
  }

  #create(state: SignerState): Promise<void> {
    return this.#keep(state, () =>
      this.#api.create(CONFIG_MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { ...this.#ref },
        data: { [KEY]: formatState(state) },
      }),
    );
  }

  #replace(map: ConfigMap, state: SignerState): Promise<void> {
    return this.#keep(state, () =>
      this.#api.replace(CONFIG_MAPS, { ...map, data: { ...map.data, [KEY]: formatState(state) } }),
    );
  }

  /** Remembers nothing unless the answer says that it is written: a write without an answer may have been one. */
  async #keep(state: SignerState, write: () => Promise<ConfigMap>): Promise<void> {
    this.#written = undefined;
    try {
      this.#written = { map: await write(), state };
    } catch (error) {
      if (isKubeConflict(error) || isKubeNotFound(error)) throw new StateMovedError(error);
      throw error;
    }
  }
}
