/** The market transactions that the operator handed to any endpoint, whatever became of them. */
import { formatOrderId, orderIdOf } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import { txOf } from '../peers/rpc-words.js';
import { marketActs } from '../stack/market-acts.js';
import type { MarketAct } from '../stack/market-acts.js';
import type { World } from './world.js';

export class BroadcastWatch {
  readonly #sent = new Set<string>();

  constructor(world: World) {
    for (const { proxy } of world.endpoints) {
      proxy.listen((call) => {
        const tx = txOf(call);
        if (tx !== undefined) this.#sent.add(tx);
      });
    }
  }

  /** Distinct transactions with a bid on this order, base64. */
  bidsOn(order: OrderId): readonly string[] {
    return this.#with('bid', order);
  }

  /** Distinct transactions that close our bid on this order, base64. */
  closesOf(order: OrderId): readonly string[] {
    return this.#with('close-bid', order);
  }

  #with(kind: MarketAct['kind'], order: OrderId): readonly string[] {
    const wanted = formatOrderId(order);
    return [...this.#sent].filter((tx) =>
      marketActs(Buffer.from(tx, 'base64')).some(
        (act) => act.kind === kind && formatOrderId(orderIdOf(act.id)) === wanted,
      ),
    );
  }
}
