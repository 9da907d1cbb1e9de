/** Bids as objects of our own kind, named after the namespace that their lease would get. */
import { API_VERSION, LABELS } from '../../crds/constants.js';
import type { Bid, BidStatus } from '../../crds/generated/types.js';
import type { KubeApi } from '../../kube/api.js';
import { BIDS, matchLabels } from '../../kube/resources.js';
import { leaseNamespace } from '../../manifests/names.js';
import { bidIdOf, formatOrderId } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import type { BidIntent } from '../bidding/intent.js';
import type { BidRecords } from '../bidding/ports.js';

export class KubeBidRecords implements BidRecords {
  readonly #api: KubeApi;
  readonly #provider: string;
  readonly #computeProvider: string;

  /**
   * @param provider the provider's address
   * @param computeProvider name of its ComputeProvider object
   */
  constructor(api: KubeApi, provider: string, computeProvider: string) {
    this.#api = api;
    this.#provider = provider;
    this.#computeProvider = computeProvider;
  }

  async list(): Promise<readonly Bid[]> {
    const labelSelector = matchLabels({ [LABELS.provider]: this.#computeProvider });
    return (await this.#api.list(BIDS, { labelSelector })).items;
  }

  get(orderId: OrderId): Promise<Bid | undefined> {
    return this.#api.get(BIDS, { name: this.#nameOf(orderId) });
  }

  async save(intent: BidIntent, intentName: string, status: BidStatus): Promise<void> {
    const { orderId } = intent;
    await this.#removeEarlier(orderId, intentName);
    const saved = await this.#api.apply(BIDS, {
      apiVersion: API_VERSION,
      kind: 'Bid',
      metadata: {
        name: this.#nameOf(orderId),
        labels: { [LABELS.provider]: this.#computeProvider },
      },
      spec: {
        orderId: {
          owner: orderId.owner,
          dseq: orderId.dseq.toString(),
          gseq: orderId.gseq,
          oseq: orderId.oseq,
        },
        order: formatOrderId(orderId),
        provider: this.#provider,
        price: intent.price,
        usdPerHour: intent.usdPerHour,
        resources: { gpus: intent.gpus, cpu: intent.cpu, memory: intent.memory },
        placement: intent.placement,
        ...(intent.placedBy === undefined ? {} : { placedBy: intent.placedBy }),
        timeoutNs: intent.tx.timeoutNs,
        intent: intentName,
      },
    });
    await this.saveStatus(saved, status);
  }

  async saveStatus(bid: Bid, status: BidStatus): Promise<void> {
    const { generation } = bid.metadata;
    await this.#api.applyStatus(BIDS, {
      apiVersion: API_VERSION,
      kind: 'Bid',
      metadata: { name: bid.metadata.name },
      status: {
        ...status,
        ...(generation === undefined ? {} : { observedGeneration: generation }),
      },
    });
  }

  async remove(bid: Bid): Promise<void> {
    const { name, uid } = bid.metadata;
    await this.#api.delete(BIDS, { name }, { uid });
  }

  /** A bid that failed or expired leaves its object behind; its spec cannot change, so the new bid gets a new object. */
  async #removeEarlier(orderId: OrderId, intentName: string): Promise<void> {
    const earlier = await this.get(orderId);
    if (earlier !== undefined && earlier.spec.intent !== intentName) await this.remove(earlier);
  }

  #nameOf(orderId: OrderId): string {
    return leaseNamespace(bidIdOf(orderId, this.#provider));
  }
}
