/** Answers "would we bid, and why not" with the decision that bidding itself makes, and without making it. */
import { explain } from '../../bidengine/explain.js';
import type { Explanation } from '../../bidengine/explain.js';
import { formatOrderId } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import type { Reason } from '../../market/reasons.js';
import type { Order } from '../../market/records.js';
import type { GroupSpec } from '../../market/resources.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { CycleInputs } from './cycle-inputs.js';
import { decideInput, underwayNow } from './decide-input.js';
import type { OwnBids } from './own-bids.js';
import type { ReservationLedger } from './reservation-ledger.js';

export interface ScreeningDeps {
  readonly view: ChainView;
  readonly bids: OwnBids;
  readonly ledger: ReservationLedger;
  /** The inputs, or why nothing can be decided now. */
  readonly inputs: () => CycleInputs | Reason;
}

/** Groups that nobody has put on chain. */
export interface Hypothetical {
  readonly groups: readonly GroupSpec[];
  /** The tenant who would deploy them; tenant rules and discounts follow it. */
  readonly owner: string;
  /** Names the deployment wants to serve. */
  readonly hostnames: readonly string[];
}

const isReason = (value: CycleInputs | Reason): value is Reason => 'code' in value;

export class Screening {
  readonly #deps: ScreeningDeps;
  constructor(deps: ScreeningDeps) {
    this.#deps = deps;
  }

  /** One order as it would be decided now, had we not bid on it yet. */
  order(order: Order): Explanation | Reason {
    const inputs = this.#deps.inputs();
    return isReason(inputs) ? inputs : this.#explain(order, inputs, []);
  }

  /** Each group by itself, as orders of different groups are. What nobody has deployed has no escrow that could be too low. */
  hypothetical({ groups, owner, hostnames }: Hypothetical): readonly Explanation[] | Reason {
    const now = this.#deps.inputs();
    if (isReason(now)) return now;
    const inputs = { ...now, rules: { ...now.rules, minEscrowSeconds: undefined } };
    return groups.map((spec, i) => {
      const id: OrderId = { owner, dseq: 0n, gseq: i + 1, oseq: 1 };
      const order = { id, state: 'open' as const, spec, createdAt: this.#deps.view.height };
      return this.#explain(order, inputs, hostnames);
    });
  }

  #explain(order: Order, inputs: CycleInputs, hostnames: readonly string[]): Explanation {
    const { view, bids, ledger } = this.#deps;
    const path = formatOrderId(order.id);
    const held = ledger.all().filter((r) => r.key !== path);
    const underway = underwayNow(order, bids, inputs, held);
    const { blockTimeMs, height } = view;
    const chain = { blockTimeMs, height };
    const input = decideInput(order, inputs.inventory(held), inputs, underway, chain);
    return explain({ ...input, hostnames });
  }
}
