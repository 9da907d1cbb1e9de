/** Segments of the decision history as ConfigMaps in the operator's namespace. */
import { ANNOTATIONS, LABELS } from '../../crds/constants.js';
import type { KubeApi } from '../../kube/api.js';
import { CONFIG_MAPS } from '../../kube/resources.js';
import { SEGMENT_KEY } from '../../history/names.js';
import type { SegmentStore, StoredSegment } from '../history/ports.js';

const numberIn = (text: string | undefined): number =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0;

export class KubeSegmentStore implements SegmentStore {
  readonly #api: KubeApi;
  readonly #namespace: string;
  readonly #labels: Readonly<Record<string, string>>;

  /** @param computeProvider name of the ComputeProvider whose decisions they are */
  constructor(api: KubeApi, namespace: string, computeProvider: string) {
    this.#api = api;
    this.#namespace = namespace;
    this.#labels = { [LABELS.history]: 'true', [LABELS.provider]: computeProvider };
  }

  async save(name: string, gzip: Uint8Array, lastMs: number, signal: AbortSignal): Promise<void> {
    await this.#api.apply(
      CONFIG_MAPS,
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name,
          namespace: this.#namespace,
          labels: this.#labels,
          annotations: {
            [ANNOTATIONS.historyLast]: String(lastMs),
            [ANNOTATIONS.historyBytes]: String(gzip.length),
          },
        },
        binaryData: { [SEGMENT_KEY]: Buffer.from(gzip).toString('base64') },
      },
      { signal },
    );
  }

  async list(signal: AbortSignal): Promise<readonly StoredSegment[]> {
    const options = { namespace: this.#namespace, signal };
    const found = await this.#api.listLabelled([CONFIG_MAPS], this.#labels, options);
    return found.map(({ metadata: { name, annotations } }) => ({
      name,
      lastMs: numberIn(annotations?.[ANNOTATIONS.historyLast]),
      bytes: numberIn(annotations?.[ANNOTATIONS.historyBytes]),
    }));
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    await this.#api.delete(CONFIG_MAPS, { name, namespace: this.#namespace }, { signal });
  }
}
