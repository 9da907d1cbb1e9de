/** Puts the parts of bidding together. */
import { decide } from '../../bidengine/decide.js';
import type { ExchangeRate, ExchangeRates } from '../../bidengine/exchange.js';
import { withReservations } from '../../bidengine/reservations.js';
import type { ChainReader, TxLane } from '../../chain/ports.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import { bidIdOf } from '../../market/ids.js';
import { parseDecimal } from '../../market/money.js';
import type { Reason } from '../../market/reasons.js';
import type { ChainSync } from '../chain-view/chain-sync.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Clock } from '../clock.js';
import type { DecisionJournal } from '../history/journal.js';
import type { InventoryView } from '../inventory/inventory-view.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import type { OrderBook } from '../orderbook/order-book.js';
import type { PolicyView } from '../policy-view.js';
import { BidCloser } from './bid-closer.js';
import { BidRecovery } from './bid-recovery.js';
import { BidSubmitter } from './bid-submitter.js';
import { blocksFor } from './bid-timeout.js';
import { BidUpkeep } from './bid-upkeep.js';
import { rulesOf } from './bid-rules.js';
import { BiddingCycle } from './bidding-cycle.js';
import type { CycleInputs } from './bidding-cycle.js';
import { DecisionLog } from './decision-log.js';
import type { OwnBids } from './own-bids.js';
import type { BidRecords, IntentStore } from './ports.js';
import type { ReservationLedger } from './reservation-ledger.js';
import { Screening } from './screening.js';
import { RetrySchedule } from './retry-schedule.js';

export interface BiddingDeps {
  readonly provider: ComputeProvider;
  readonly reader: ChainReader;
  readonly lane: TxLane;
  readonly view: ChainView;
  readonly sync: ChainSync;
  readonly book: OrderBook;
  readonly bids: OwnBids;
  readonly ledger: ReservationLedger;
  readonly inventory: InventoryView;
  readonly policies: PolicyView;
  readonly intents: IntentStore;
  readonly records: BidRecords;
  readonly journal: DecisionJournal;
  readonly metrics: OperatorMetrics;
  readonly clock: Clock;
  readonly log: Logger;
  /** Price of a unit of gas, for example `0.025uakt`. */
  readonly gasPrice: string;
  /** Silence of the API server after which what is free counts as unknown, milliseconds. */
  readonly inventoryMaxAgeMs: number;
  /** Called when an order should be decided (again) soon. */
  readonly wake: () => void;
}

export interface Bidding {
  readonly cycle: BiddingCycle;
  readonly closer: BidCloser;
  readonly submitter: BidSubmitter;
  readonly decisions: DecisionLog;
  readonly screening: Screening;
  /**
   * Takes over what was left in flight and makes Bids and reservations true to the last recount. Nothing is decided before
   * it has succeeded once. @throws when chain or cluster cannot be read
   */
  settle(): Promise<void>;
  /** Why no order is decided now, `undefined` while bidding. */
  fault(): Reason | undefined;
}

const UNKNOWN: ExchangeRate = {
  status: 'stale',
  why: 'no price source is configured',
  conservativeUsd: parseDecimal('1'),
};
const UNKNOWN_EXCHANGE: ExchangeRates = { akt: UNKNOWN, usdc: UNKNOWN };

const isReason = (value: CycleInputs | Reason): value is Reason => 'code' in value;

/** Everything that one cycle reads, or the first reason not to. */
const cycleInputs = (
  deps: BiddingDeps,
  settled: boolean,
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
  if (provider.spec.bidding.paused)
    return { code: 'Paused', message: 'spec.bidding.paused is set.', field: 'spec.bidding.paused' };
  const facts = sync.facts();
  const fault = view.staleness() ?? inventory.fault(inventoryMaxAgeMs) ?? policies.fault();
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
  return {
    address: provider.spec.address,
    facts: { ...facts, record },
    policies: policies.policies(),
    rules: rulesOf(provider, gasPrice),
    nowMs: deps.clock.now(),
    exchange: UNKNOWN_EXCHANGE,
    blockedHostnames: provider.spec.bidding.blockedHostnames ?? [],
    inventory: (reservations) => inventory.snapshot(reservations),
  };
};

/** @param signal ends broadcasts that are under way */
export const createBidding = (deps: BiddingDeps, signal: AbortSignal): Bidding => {
  const {
    provider,
    reader,
    lane,
    view,
    sync,
    bids,
    ledger,
    intents,
    records,
    clock,
    log,
    metrics,
    policies,
  } = deps;
  const { address } = provider.spec;
  const decisions = new DecisionLog();
  const retries = new RetrySchedule();
  const submitter = new BidSubmitter({
    ...{ lane, provider: address, intents, records, bids, ledger, metrics, clock, log },
    bidOnChain: (orderId) => reader.bid(bidIdOf(orderId, address)),
    onFailed: (path) => {
      retries.failed(path, view.height);
      deps.wake();
    },
    onIncluded: (intent, height) => {
      const price = { denom: intent.price.denom, amount: parseDecimal(intent.price.amount) };
      bids.put({
        id: bidIdOf(intent.orderId, address),
        state: 'open',
        price,
        createdAt: height,
        resourcesOffer: [],
      });
    },
  });
  let settled = false;
  const inputs = (): CycleInputs | Reason => cycleInputs(deps, settled, signal);
  const recovery = new BidRecovery({
    ...{ reader, provider: address, view, intents, records, bids, ledger, log },
    resume: (flight) => submitter.resume(flight, signal),
    nowIso: () => new Date(clock.now()).toISOString(),
  });
  const upkeep = new BidUpkeep({
    ...{ reader, provider: address, records, bids, ledger, clock, metrics, log },
    leases: () => sync.leases(),
    onLost: (ours, winner) =>
      deps.journal.taken(winner.id, winner.price, winner.createdAt, ours.price),
  });
  return {
    submitter,
    decisions,
    screening: new Screening({ view, bids, ledger, inputs }),
    cycle: new BiddingCycle({
      ...{
        view,
        book: deps.book,
        bids,
        ledger,
        submitter,
        decisions,
        retries,
        metrics,
        log,
        withReservations,
      },
      decide: (input) => {
        const decision = decide(input);
        deps.journal.decided(input, decision);
        return decision;
      },
      inputs,
    }),
    closer: new BidCloser({
      ...{ reader, lane, view, bids, log },
      timeoutBlocks: () =>
        blocksFor(
          (policies.lastProvider() ?? provider).spec.bidding.timeoutSeconds,
          view.blockTimeMs,
        ),
    }),
    settle: async () => {
      await recovery.run();
      await upkeep.run();
      settled = true;
    },
    fault: () => {
      const now = inputs();
      return isReason(now) ? now : undefined;
    },
  };
};
