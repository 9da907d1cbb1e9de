/** Puts the parts of bidding together. */
import { budgetFault } from '../../bidengine/budget.js';
import { decide } from '../../bidengine/decide.js';
import { withReservations } from '../../bidengine/reservations.js';
import type { ChainProof, ChainReader, MempoolReader, TxLane } from '../../chain/ports.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import { bidIdOf, formatDeploymentId } from '../../market/ids.js';
import { parseDecimal } from '../../market/money.js';
import type { Reason } from '../../market/reasons.js';
import type { Bid } from '../../market/records.js';
import type { DecisionJournal } from '../history/journal.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import type { OrderBook } from '../orderbook/order-book.js';
import { BidCloser } from './bid-closer.js';
import { BidFollower } from './bid-follower.js';
import { BidRecovery } from './bid-recovery.js';
import { BidSubmitter } from './bid-submitter.js';
import { timedOutBids, timeoutBlocks } from './bid-timeout.js';
import type { Demand } from './bid-timeout.js';
import { BidUpkeep } from './bid-upkeep.js';
import { BiddingCycle } from './bidding-cycle.js';
import { CapacityDemand } from './capacity-demand.js';
import { bidDeposit } from './cycle-inputs.js';
import type { CycleInputs } from './cycle-inputs.js';
import { DecisionLog } from './decision-log.js';
import { DecisionRounds } from './decision-rounds.js';
import { gatherInputs, isReason } from './gather-inputs.js';
import type { GatherDeps } from './gather-inputs.js';
import type { BidRecords, IntentStore } from './ports.js';
import type { ReservationLedger } from './reservation-ledger.js';
import { Screening } from './screening.js';
import { RetrySchedule } from './retry-schedule.js';

export interface BiddingDeps extends GatherDeps {
  readonly provider: ComputeProvider;
  readonly reader: ChainReader;
  readonly proof: ChainProof;
  readonly mempools: MempoolReader;
  readonly lane: TxLane;
  readonly book: OrderBook;
  readonly ledger: ReservationLedger;
  readonly intents: IntentStore;
  readonly records: BidRecords;
  readonly journal: DecisionJournal;
  readonly metrics: OperatorMetrics;
  readonly log: Logger;
  /** Called when an order should be decided (again) soon. */
  readonly wake: () => void;
}

export interface Bidding {
  readonly cycle: BiddingCycle;
  readonly closer: BidCloser;
  readonly decisions: DecisionLog;
  readonly screening: Screening;
  /**
   * Takes over what was left in flight and makes Bids and reservations true to the last recount. Nothing is decided before
   * it has succeeded once. @throws when chain or cluster cannot be read
   */
  settle(): Promise<void>;
  /** Gives back what bids and leases held that have just ended. */
  onBlock(): void;
  /** Every open order is worth a decision again: capacity, policy or the chain's facts changed. */
  reconsider(): void;
  /** The same for the orders of these deployments alone, as `formatDeploymentId` prints them. */
  reconsiderOrdersOf(deployments: ReadonlySet<string>): void;
  /** Why no order is decided, or bid on, now; `undefined` while bidding. */
  fault(): Reason | undefined;
  /** Resolves when no bid is being followed any more. */
  settled(): Promise<void>;
}

/** What stops every bid: no inputs, a person, or a budget that bears not one more. */
const faultOf = (inputs: CycleInputs | Reason): Reason | undefined => {
  if (isReason(inputs)) return inputs;
  const { paused } = inputs.rules;
  if (paused !== undefined) {
    const why = paused === '' ? '' : `: ${paused}`;
    const field = 'spec.bidding.paused';
    return { code: 'Paused', message: `${field} is set${why}.`, field };
  }
  const next = { feesUakt: inputs.rules.bidFeeUakt, deposits: bidDeposit(inputs) };
  return budgetFault({ ...inputs.budget, underway: { feesUakt: 0n, deposits: 0n }, next });
};

/** @param signal ends broadcasts that are under way */
export const createBidding = (deps: BiddingDeps, signal: AbortSignal): Bidding => {
  const { provider, reader, lane, view, bids, ledger, intents, records, clock, log, metrics } =
    deps;
  const { address } = provider.spec;
  const decisions = new DecisionLog();
  const retries = new RetrySchedule();
  const rounds = new DecisionRounds();
  let settled = false;
  lane.onCharged((tx) => deps.fees.charge(tx));
  const inputs = (): CycleInputs | Reason => gatherInputs(deps, settled, upkeep.landed, signal);
  const follower = new BidFollower({
    ...{ lane, records, bids, ledger, metrics, clock, log },
    bidOnChain: (orderId) => reader.bid(bidIdOf(orderId, address)),
    onFailed: (path, _reason, correctable) => {
      retries.failed(path, view.height, correctable);
      rounds.forget(path);
      deps.wake();
    },
    onIncluded: (intent, height) => {
      const price = { denom: intent.price.denom, amount: parseDecimal(intent.price.amount) };
      const id = bidIdOf(intent.orderId, address);
      bids.put({ id, state: 'open', price, createdAt: height, resourcesOffer: [] });
    },
  });
  const submitter = new BidSubmitter({
    ...{ lane, provider: address, intents, bids, ledger, follower, log },
    arrivalOf: (height) => view.arrivalOf(height),
    onAbandoned: (path) => rounds.forget(path),
  });
  const recovery = new BidRecovery({
    ...{ reader, provider: address, view, intents, records, bids, ledger, log },
    resume: (flight) => follower.follow(flight, signal),
    nowIso: () => new Date(clock.now()).toISOString(),
  });
  const upkeep = new BidUpkeep({
    ...{ reader, provider: address, records, bids, ledger, clock, metrics, log },
    leases: () => deps.sync.leases(),
    onLost: (ours, winner) =>
      deps.journal.taken(winner.id, winner.price, winner.createdAt, ours.price),
  });
  const demand = new CapacityDemand({ book: deps.book, decisions, ledger, decide });
  return {
    decisions,
    screening: new Screening({ view, bids, ledger, inputs }),
    cycle: new BiddingCycle({
      ...{ view, book: deps.book, bids, ledger, submitter, decisions, rounds, retries, metrics },
      ...{ log, withReservations, inputs },
      decide,
      onDecided: (input, decision, missing) => deps.journal.decided(input, decision, missing),
    }),
    closer: new BidCloser({
      ...{ reader, proof: deps.proof, mempools: deps.mempools, lane, view, bids, metrics, log },
      due: () => {
        const { bidding } = (deps.policies.lastProvider() ?? provider).spec;
        const { height, blockTimeMs } = view;
        // Looked at only when a bid is old enough for it to matter.
        let look: ((bid: Bid) => Demand) | undefined;
        const demandOf = (bid: Bid): Demand => {
          const now = look === undefined ? inputs() : undefined;
          if (now !== undefined && !isReason(now)) look = demand.look(now, { height, blockTimeMs });
          // While nothing is sold nobody's order waits, and nothing is known of what is free.
          return look?.(bid) ?? 'ordinary';
        };
        return timedOutBids(bids.open(), height, timeoutBlocks(bidding, blockTimeMs), demandOf);
      },
    }),
    settle: async () => {
      await deps.fees.load();
      await recovery.run();
      await upkeep.run();
      await deps.fees.save();
      settled = true;
    },
    onBlock: () => {
      if (settled && upkeep.releaseEnded().length > 0) rounds.begin();
    },
    reconsider: () => rounds.begin(),
    reconsiderOrdersOf: (deployments) => {
      for (const { path, order } of deps.book.entries())
        if (deployments.has(formatDeploymentId(order.id))) rounds.forget(path);
    },
    fault: () => faultOf(inputs()),
    settled: () => follower.settled(),
  };
};
