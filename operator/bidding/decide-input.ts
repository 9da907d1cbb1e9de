/** Everything that the decision on one order depends on, gathered from what the operator knows now. */
import type { DecideInput } from '../../bidengine/input.js';
import type { InventorySnapshot, Reservation } from '../../bidengine/snapshot.js';
import type { Order } from '../../market/records.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { CycleInputs } from './bidding-cycle.js';
import type { OwnBids } from './own-bids.js';
import { pendingGpus } from './pending-gpus.js';

export interface Known {
  readonly view: Pick<ChainView, 'blockTimeMs' | 'height'>;
  readonly bids: OwnBids;
  readonly inputs: CycleInputs;
}

/** What other orders of the same cycle and earlier ones have taken. */
export interface Taken {
  /** Holds every one of `held`. */
  readonly snapshot: InventorySnapshot;
  readonly held: readonly Reservation[];
  /** Bids decided in this cycle and not yet in flight. */
  readonly decidedBefore: number;
}

/** The same for bidding, screening and explaining. */
export const decideInput = (
  order: Order,
  { view, bids, inputs }: Known,
  taken: Taken,
): DecideInput => {
  const { snapshot, held, decidedBefore } = taken;
  const pending = held.filter((r) => bids.onChain(r.key)?.state !== 'active');
  const { facts, rules } = inputs;
  // Bids that are in a block since the balances were read are paid for, and the balances do not show it.
  const unseen = bids.standing().filter((b) => b.createdAt > facts.height).length;
  const underway = BigInt(bids.inFlight().length + unseen + decidedBefore);
  const spendable = (denom: string): bigint =>
    facts.balances.find((b) => b.denom === denom)?.amount ?? 0n;
  const committed = (denom: 'uakt' | 'uact'): bigint => {
    const deposit =
      rules.depositDenoms[0] === denom
        ? (facts.params.bidMinDeposits.find((d) => d.denom === denom)?.amount ?? 0n)
        : 0n;
    return underway * (deposit + (denom === 'uakt' ? rules.bidFeeUakt : 0n));
  };
  return {
    order,
    snapshot,
    policies: inputs.policies,
    provider: {
      address: inputs.address,
      attributes: facts.record.attributes,
      audited: facts.audited,
    },
    wallet: {
      uakt: { spendable: spendable('uakt'), committed: committed('uakt') },
      uact: { spendable: spendable('uact'), committed: committed('uact') },
    },
    chain: { marketParams: facts.params, blockTimeMs: view.blockTimeMs, height: view.height },
    nowMs: inputs.nowMs,
    exchange: inputs.exchange,
    rules,
    ownerPendingGpus: pendingGpus(pending, order.id.owner),
    blockedHostnames: inputs.blockedHostnames,
    ...(inputs.strategy === undefined ? {} : { strategy: inputs.strategy }),
  };
};
