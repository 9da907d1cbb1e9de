/** Bid intents as ConfigMaps in the operator's own namespace: one per block, named after its height. */
import { LABELS } from '../../crds/constants.js';
import type { KubeApi } from '../../kube/api.js';
import { CONFIG_MAPS, matchLabels } from '../../kube/resources.js';
import { formatIntents, parseIntents } from '../bidding/intent.js';
import type { BidIntent } from '../bidding/intent.js';
import type { IntentStore, StoredIntents } from '../bidding/ports.js';
import type { Logger } from '../logger.js';

const KEY = 'bids.json';

export class KubeIntentStore implements IntentStore {
  readonly #api: KubeApi;
  readonly #namespace: string;
  readonly #log: Logger;

  constructor(api: KubeApi, namespace: string, log: Logger) {
    this.#api = api;
    this.#namespace = namespace;
    this.#log = log;
  }

  async write(height: bigint, bids: readonly BidIntent[]): Promise<string> {
    // Two intents may share a height, also across a restart: the transactions in them differ.
    const name = `berth-intent-${height}-${(bids[0]?.tx.hash ?? '').slice(0, 8).toLowerCase()}`;
    await this.#api.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name,
        namespace: this.#namespace,
        labels: { [LABELS.intent]: 'true' },
      },
      data: { [KEY]: formatIntents(bids) },
    });
    return name;
  }

  async list(): Promise<readonly StoredIntents[]> {
    const { items } = await this.#api.list(CONFIG_MAPS, {
      namespace: this.#namespace,
      labelSelector: matchLabels({ [LABELS.intent]: 'true' }),
    });
    return items.flatMap((map) => {
      const { name } = map.metadata;
      try {
        return [{ name, bids: parseIntents(map.data?.[KEY] ?? '', name) }];
      } catch (error) {
        // Left alone: whoever wrote it can still be asked, and the chain shows any bid that came of it.
        this.#log.error(
          { err: error, configMap: name },
          'IntentUnreadable: this intent is ignored; delete it by hand once understood',
        );
        return [];
      }
    });
  }

  async remove(name: string): Promise<void> {
    await this.#api.delete(CONFIG_MAPS, { name, namespace: this.#namespace });
  }
}
