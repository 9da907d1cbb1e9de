/**
 * Who else wants what an open bid holds. An order that is skipped for want of capacity, and that would be bid on without this
 * bid's reservation, wants it; each such order is good for one bid, so that a single order does not end many.
 */
import type { DecideInput, Decision } from '../../bidengine/input.js';
import type { SkipCode } from '../../bidengine/reasons.js';
import type { InventorySnapshot, Reservation } from '../../bidengine/snapshot.js';
import { formatOrderId, orderIdOf } from '../../market/ids.js';
import type { Bid } from '../../market/records.js';
import type { OpenOrder, OrderBook } from '../orderbook/order-book.js';
import type { Demand } from './bid-timeout.js';
import type { CycleInputs } from './cycle-inputs.js';
import { decideInput } from './decide-input.js';
import type { DecisionLog } from './decision-log.js';
import type { ReservationLedger } from './reservation-ledger.js';

/** Reasons that end when somebody gives capacity back. */
const FOR_WANT_OF_CAPACITY: ReadonlySet<string> = new Set<SkipCode>([
  'InsufficientGpus',
  'InsufficientCpu',
  'InsufficientMemory',
  'InsufficientEphemeralStorage',
  'InsufficientPods',
  'InsufficientPersistentStorage',
  'InsufficientLeasedIps',
  'FragmentedCapacity',
  'InsufficientReplicas',
  'UnitsDoNotFitTogether',
]);

/** Placements tried at most in one look; a look is taken at every block. */
const MOST_TRIED = 64;
/** Blocks for which an order that a bid was ended for does not end another. */
const PROMISED_BLOCKS = 20n;

export interface CapacityDemandDeps {
  readonly book: OrderBook;
  readonly decisions: DecisionLog;
  readonly ledger: ReservationLedger;
  readonly decide: (input: DecideInput) => Decision;
}

const freeGpus = (snapshot: InventorySnapshot): bigint =>
  snapshot.nodes
    .filter((n) => n.unsellable.length === 0)
    .reduce((sum, { allocatable, allocated }) => {
      const free = allocatable.gpus - allocated.gpus;
      return free > 0n ? sum + free : sum;
    }, 0n);

const gpusOf = (reservation: Reservation | undefined): bigint =>
  (reservation?.perNode ?? []).reduce((sum, n) => sum + n.quantities.gpus, 0n);

export class CapacityDemand {
  readonly #deps: CapacityDemandDeps;
  /** By order path: until which height it does not end another bid. */
  readonly #promised = new Map<string, bigint>();

  constructor(deps: CapacityDemandDeps) {
    this.#deps = deps;
  }

  /** One look at the present moment. Each order that a bid turns out to be wanted by is promised to that bid for a while. */
  look(
    inputs: CycleInputs,
    chain: { readonly blockTimeMs: number; readonly height: bigint },
  ): (bid: Bid) => Demand {
    const { ledger, decide } = this.#deps;
    const held = ledger.all();
    const starving = [...this.#starving(chain.height)];
    const free = freeGpus(inputs.inventory(held));
    let tried = 0;
    return (bid) => {
      const path = formatOrderId(orderIdOf(bid.id));
      const own = ledger.get(path);
      if (starving.length === 0) return free >= gpusOf(own) ? 'idle' : 'ordinary';
      if (own === undefined || tried >= MOST_TRIED) return 'ordinary';
      const without = inputs.inventory(held.filter((r) => r.key !== path));
      const wants = starving.findIndex(({ order }) => {
        if (order.id.owner === bid.id.owner || tried >= MOST_TRIED) return false;
        tried += 1;
        const none = { bids: 0, unbudgeted: 0, ownerGpus: 0n };
        return decide(decideInput(order, without, inputs, none, chain)).type === 'bid';
      });
      const [order] = wants === -1 ? [] : starving.splice(wants, 1);
      if (order === undefined) return 'ordinary';
      this.#promised.set(order.path, chain.height + PROMISED_BLOCKS);
      return 'wanted';
    };
  }

  #starving(height: bigint): readonly OpenOrder[] {
    const { book, decisions } = this.#deps;
    for (const [path, until] of this.#promised) if (until < height) this.#promised.delete(path);
    return book.entries().filter(({ path }) => {
      const last = decisions.get(path);
      return (
        last?.result === 'skip' &&
        !this.#promised.has(path) &&
        last.reasons.every((r) => FOR_WANT_OF_CAPACITY.has(r.code))
      );
    });
  }
}
