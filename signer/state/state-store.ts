/** Where the signer's state is kept: one ConfigMap that only the signer's service account may write. */
import type { ConfigMap } from '../../kube/core-objects.js';
import type { KubeApi } from '../../kube/api.js';
import { CONFIG_MAPS } from '../../kube/resources.js';
import { formatState, parseState } from './signer-state.js';
import type { SignerState } from './signer-state.js';

/** What was found; `save` writes over exactly what was found. */
export interface StoredState {
  /** `new`: the object is there as it was installed; `lost`: it is missing or unreadable. */
  readonly found: SignerState | 'new' | 'lost';
  /** Resolves when it is written. @throws KubeConflictError when somebody wrote in between; KubeUnavailableError */
  save(state: SignerState): Promise<void>;
}

export interface StateStore {
  /** @throws KubeUnavailableError */
  load(): Promise<StoredState>;
}

const KEY = 'state.json';

export class KubeStateStore implements StateStore {
  readonly #api: KubeApi;
  readonly #ref: { readonly namespace: string; readonly name: string };

  constructor(api: KubeApi, namespace: string, name: string) {
    this.#api = api;
    this.#ref = { namespace, name };
  }

  async load(): Promise<StoredState> {
    const map = await this.#api.get(CONFIG_MAPS, this.#ref);
    if (map === undefined) return { found: 'lost', save: (state) => this.#create(state) };
    const text = map.data?.[KEY];
    const found = text === undefined || text === '' ? 'new' : (parseState(text) ?? 'lost');
    return { found, save: (state) => this.#replace(map, state) };
  }

  async #create(state: SignerState): Promise<void> {
    await this.#api.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...this.#ref },
      data: { [KEY]: formatState(state) },
    });
  }

  async #replace(map: ConfigMap, state: SignerState): Promise<void> {
    await this.#api.replace(CONFIG_MAPS, {
      ...map,
      data: { ...map.data, [KEY]: formatState(state) },
    });
  }
}
