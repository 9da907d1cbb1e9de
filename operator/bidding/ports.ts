/** What bidding needs written down, as narrow as it can be; `kube-adapters/` implements it on the API server. */
import type { Bid, BidStatus } from '../../crds/generated/types.js';
import type { OrderId } from '../../market/ids.js';
import type { BidIntent } from './intent.js';

/** One block's intents as they lie in the cluster. */
export interface StoredIntents {
  readonly name: string;
  readonly bids: readonly BidIntent[];
}

export interface IntentStore {
  /** Durable once it resolves. @throws when it is not: then nothing may be broadcast. */
  write(height: bigint, bids: readonly BidIntent[]): Promise<string>;
  /** Every intent; unreadable ones are reported through `onUnreadable` and left alone. */
  list(): Promise<readonly StoredIntents[]>;
  remove(name: string): Promise<void>;
}

export interface BidRecords {
  list(): Promise<readonly Bid[]>;
  get(orderId: OrderId): Promise<Bid | undefined>;
  /** Creates or updates the object and its status. */
  save(intent: BidIntent, intentName: string, status: BidStatus): Promise<void>;
  saveStatus(bid: Bid, status: BidStatus): Promise<void>;
  remove(bid: Bid): Promise<void>;
}
