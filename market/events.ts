/** Market events of a block, decoded. They make Berth fast; the periodic recount makes it right. */
import type { BidId, DeploymentId, GroupId, LeaseId, OrderId } from './ids.js';
import type { DecCoin } from './money.js';
import type { EscrowAccount, Order } from './records.js';

export type MarketEvent =
  | { readonly type: 'deployment-created'; readonly id: DeploymentId; readonly hash: Uint8Array }
  | { readonly type: 'deployment-updated'; readonly id: DeploymentId; readonly hash: Uint8Array }
  | { readonly type: 'deployment-closed'; readonly id: DeploymentId }
  /** Somebody paid into the deployment's escrow account; how much is there now has to be asked. */
  | { readonly type: 'deployment-deposited'; readonly id: DeploymentId }
  | { readonly type: 'group-started'; readonly id: GroupId }
  | { readonly type: 'group-paused'; readonly id: GroupId }
  | { readonly type: 'group-closed'; readonly id: GroupId }
  | {
      readonly type: 'order-created';
      readonly id: OrderId;
      /** The order itself, when the block's transactions tell it; else it has to be asked for. */
      readonly order?: Order;
      /** The deployment's escrow account as that block opened it, when the block's transactions tell it. */
      readonly escrow?: EscrowAccount;
    }
  | { readonly type: 'order-closed'; readonly id: OrderId }
  | { readonly type: 'bid-created'; readonly id: BidId; readonly price: DecCoin }
  | { readonly type: 'bid-closed'; readonly id: BidId }
  | { readonly type: 'lease-created'; readonly id: LeaseId; readonly price: DecCoin }
  | { readonly type: 'lease-closed'; readonly id: LeaseId; readonly reason: string }
  | {
      readonly type: 'lease-reclaim-started';
      readonly id: LeaseId;
      readonly deadlineSeconds: bigint;
    }
  | { readonly type: 'provider-created'; readonly owner: string }
  | { readonly type: 'provider-updated'; readonly owner: string };

/** One committed block as Berth sees it. `timeMs` is block time, the only clock that deadlines on chain follow. */
export interface Block {
  readonly height: bigint;
  readonly timeMs: number;
  readonly hash: string;
  readonly events: readonly MarketEvent[];
  /** Monotonic milliseconds of this process at which the first word of it came; absent where it was fetched. */
  readonly arrivedAt?: number;
}
