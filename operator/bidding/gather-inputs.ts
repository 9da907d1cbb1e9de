/** Reads what one bidding cycle needs, or says why nothing may be decided now. */
import { bidRules } from '../../bidengine/bid-rules.js';
import type { ExchangeRates } from '../../bidengine/exchange.js';
import type { PricingStrategy } from '../../bidengine/strategy.js';
import type { Reason } from '../../market/reasons.js';
import type { ChainSync } from '../chain-view/chain-sync.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Clock } from '../clock.js';
import type { InventoryView } from '../inventory/inventory-view.js';
import type { PolicyView } from '../policy-view.js';
import { budgetState, limitsOf, madeAt } from './budget-state.js';
import { bidDeposit } from './cycle-inputs.js';
import type { CycleInputs } from './cycle-inputs.js';
import type { EscrowView } from './escrow-view.js';
import type { FeeLedger } from './fee-ledger.js';
import type { OwnBids } from './own-bids.js';

export interface GatherDeps {
  readonly view: ChainView;
  readonly sync: ChainSync;
  readonly bids: OwnBids;
  readonly inventory: InventoryView;
  readonly policies: PolicyView;
  readonly fees: FeeLedger;
  readonly clock: Clock;
  /** Price of a unit of gas, for example `0.025uakt`. */
  readonly gasPrice: string;
  /** Silence of the API server after which what is free counts as unknown, milliseconds. */
  readonly inventoryMaxAgeMs: number;
  /** What the hot key lacks to bid for the provider; `undefined` too where the key is the provider's own. */
  readonly grantsFault: () => Reason | undefined;
  /** What coins are worth now. */
  readonly exchange: () => ExchangeRates;
  readonly escrows: Pick<EscrowView, 'accountOf'>;
  /** Who names prices, where it is not the price books. */
  readonly strategy: PricingStrategy | undefined;
}

export const isReason = (value: CycleInputs | Reason): value is Reason => 'code' in value;

/** Everything that one cycle reads, or the first reason not to. @param settled bids of an earlier run are looked through; @param landed heights of our bids by order path */
export const gatherInputs = (
  deps: GatherDeps,
  settled: boolean,
  landed: ReadonlyMap<string, bigint>,
  signal: AbortSignal,
): CycleInputs | Reason => {
  const { view, sync, inventory, policies, inventoryMaxAgeMs, gasPrice } = deps;
  const provider = policies.provider();
  if (signal.aborted) return { code: 'Stopping', message: 'The operator is stopping.' };
  if (provider === undefined) {
    return {
      code: 'ComputeProviderMissing',
      message:
        'The ComputeProvider was deleted: leases go on by what it said last, nothing more is sold.',
    };
  }
  const facts = sync.facts();
  // A strategy of its own needs no price book.
  const unpriced = deps.strategy === undefined ? policies.fault() : undefined;
  const fault =
    view.staleness() ?? deps.grantsFault() ?? inventory.fault(inventoryMaxAgeMs) ?? unpriced;
  if (fault !== undefined) return fault;
  if (facts === undefined)
    return { code: 'ChainNotRead', message: 'Orders, bids and leases have not been listed yet.' };
  // Bids of an earlier run may be in flight, and their capacity is not held before they have been looked through.
  if (!settled)
    return {
      code: 'BidsNotRecovered',
      message: 'Bids of an earlier run are still being recovered.',
    };
  const { record } = facts;
  if (record === undefined) {
    return {
      code: 'NotRegistered',
      message: `Provider ${provider.spec.address} has no record on chain yet.`,
    };
  }
  const known = { facts: { ...facts, record }, rules: bidRules(provider.spec, gasPrice) };
  return {
    ...known,
    address: provider.spec.address,
    policies: policies.policies(),
    budget: budgetState(limitsOf(provider.spec.budgets), {
      madeAt: madeAt(landed, deps.bids.all()),
      standing: deps.bids.standing().length,
      fees: deps.fees.spent(),
      height: view.height,
      blockTimeMs: view.blockTimeMs,
      feeUakt: known.rules.bidFeeUakt,
      deposit: bidDeposit(known),
    }),
    nowMs: deps.clock.now(),
    exchange: deps.exchange(),
    ...(deps.strategy === undefined ? {} : { strategy: deps.strategy }),
    blockedHostnames: provider.spec.bidding.blockedHostnames ?? [],
    maxPendingPercentPerOwner: provider.spec.bidding.maxPendingPercentPerOwner,
    escrowOf: (id) => deps.escrows.accountOf(id),
    inventory: (reservations) => inventory.snapshot(reservations),
  };
};
