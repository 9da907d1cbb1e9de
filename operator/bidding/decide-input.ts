/** Everything that the decision on one order depends on, gathered from what the operator knows now. */
import type { DecideInput, Funds } from '../../bidengine/input.js';
import type { InventorySnapshot, Reservation } from '../../bidengine/snapshot.js';
import type { Order } from '../../market/records.js';
import { bidDeposit } from './cycle-inputs.js';
import type { CycleInputs } from './cycle-inputs.js';
import { OwnerShares } from './owner-shares.js';
import type { OwnBids } from './own-bids.js';

/** What bids cost that the wallet, as it was read, does not show yet. */
export interface Underway {
  /** Bids in flight, bids in blocks since the balances were read, and bids decided just now. */
  readonly bids: number;
  /** Of these, bids that the budget's figures do not hold either. */
  readonly unbudgeted: number;
  /** GPUs that open bids hold for the order's tenant. */
  readonly ownerGpus: bigint;
}

/** Bids that are in a block since the balances were read are paid for, and the balances do not show it. */
export const unseenBids = (bids: OwnBids, { facts }: Pick<CycleInputs, 'facts'>): number =>
  bids.standing().filter((b) => b.createdAt > facts.height).length;

/** Shares of open bids: what is held and not a lease. */
export const sharesOf = (held: readonly Reservation[], bids: OwnBids): OwnerShares =>
  new OwnerShares(held.filter((r) => bids.onChain(r.key)?.state !== 'active'));

/** For a single question about one order, outside any cycle. */
export const underwayNow = (
  order: Order,
  bids: OwnBids,
  inputs: CycleInputs,
  held: readonly Reservation[],
): Underway => {
  const unbudgeted = bids.inFlight().length;
  return {
    bids: unbudgeted + unseenBids(bids, inputs),
    unbudgeted,
    ownerGpus: sharesOf(held, bids).gpusOf(order.id.owner),
  };
};

/** The same for bidding, screening and explaining. */
export const decideInput = (
  order: Order,
  snapshot: InventorySnapshot,
  inputs: CycleInputs,
  underway: Underway,
  chain: { readonly blockTimeMs: number; readonly height: bigint },
): DecideInput => {
  const { facts, rules, budget } = inputs;
  const deposit = bidDeposit(inputs);
  const fee = rules.feesElsewhere === true ? 0n : rules.bidFeeUakt;
  const funds = (denom: 'uakt' | 'uact'): Funds => {
    const each = rules.depositDenoms[0] === denom ? deposit : 0n;
    return {
      spendable: facts.balances.find((b) => b.denom === denom)?.amount ?? 0n,
      committed: BigInt(underway.bids) * (each + (denom === 'uakt' ? fee : 0n)),
    };
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
    wallet: { uakt: funds('uakt'), uact: funds('uact') },
    budget: {
      ...budget,
      underway: {
        feesUakt: BigInt(underway.unbudgeted) * rules.bidFeeUakt,
        deposits: BigInt(underway.unbudgeted) * deposit,
      },
      next: { feesUakt: rules.bidFeeUakt, deposits: deposit },
    },
    chain: { marketParams: facts.params, ...chain },
    nowMs: inputs.nowMs,
    exchange: inputs.exchange,
    rules,
    ...(rules.minEscrowSeconds === undefined ? {} : { escrow: inputs.escrowOf(order.id) }),
    ownerPendingGpus: underway.ownerGpus,
    blockedHostnames: inputs.blockedHostnames,
    ...(inputs.strategy === undefined ? {} : { strategy: inputs.strategy }),
  };
};
