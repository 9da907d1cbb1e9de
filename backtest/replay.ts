/**
 * Replays a scenario against a described cluster, block by block: decide, hold the capacity, win or lose when the tenant
 * chooses, earn while the lease lives, give back when it ends. The decision is the operator's own `decide`. The same input
 * gives the same result.
 */
import { decide } from '../bidengine/decide.js';
import type { DecideInput, Decision } from '../bidengine/input.js';
import type { PricingPolicy } from '../bidengine/pricing-policy.js';
import { policyStrategy } from '../bidengine/price-policy-strategy.js';
import { reservationOf } from '../bidengine/reserve.js';
import { withReservations } from '../bidengine/reservations.js';
import type { InventorySnapshot, Reservation } from '../bidengine/snapshot.js';
import type { PricingStrategy } from '../bidengine/strategy.js';
import { formatGpu } from '../market/gpu.js';
import type { DecCoin } from '../market/money.js';
import type { DescribedCluster } from './cluster.js';
import { decisionInput } from './decision-input.js';
import { toAtto } from './money.js';
import type { AttoUact } from './money.js';
import type { Outage } from './outages.js';
import { Timeline } from './timeline.js';
import { wins } from './scenario.js';
import type { Demand, Scenario } from './scenario.js';
import { Tally } from './tally.js';
import type { ReplayResult } from './tally.js';

export interface ReplayOptions {
  /** For titles. */
  readonly name: string;
  /** Price books; they also hold the tenant rules. */
  readonly policies: readonly PricingPolicy[];
  /** Who names the price; the price books by default. */
  readonly strategy?: PricingStrategy | undefined;
  /** Blocks after which a bid that nobody took is closed, as the operator's `spec.bidding.timeoutSeconds` does. */
  readonly bidTimeoutBlocks: bigint;
  /** What transactions cost; nothing where left out. */
  readonly fees?: FeeModel | undefined;
  /** Nodes out of service; none where left out. */
  readonly outages?: readonly Outage[] | undefined;
}

/** Fees in {@link AttoUact}, valued by whoever states them: the chain takes them in uakt. */
export interface FeeModel {
  /** Of one bid, whatever becomes of it. */
  readonly bid: AttoUact;
  /** Of one withdrawal. */
  readonly withdrawal: AttoUact;
  /** A lease is withdrawn from so often, and once when it ends. */
  readonly withdrawalBlocks: bigint;
}

/** A bid is in the block after the decision and can be taken in the one after that. */
const BLOCKS_TO_TAKE = 2n;

const OUT = { code: 'NodeNotReady', message: 'the node is out of service' };

/** What we have of one order. */
interface Held {
  readonly price: DecCoin;
  readonly bidAt: bigint;
  readonly reservation: Reservation;
  readonly gpus: ReadonlyMap<string, number>;
  leased: boolean;
  leasedAt: bigint;
}

const gpusOf = (decision: Extract<Decision, { type: 'bid' }>): ReadonlyMap<string, number> => {
  const gpus = new Map<string, number>();
  for (const { gpus: units, model } of decision.placement) {
    if (model === undefined) continue;
    const key = formatGpu(model);
    gpus.set(key, (gpus.get(key) ?? 0) + Number(units));
  }
  return gpus;
};

class Replay {
  readonly #scenario: Scenario;
  readonly #cluster: DescribedCluster;
  readonly #options: ReplayOptions;
  readonly #timeline: Timeline;
  readonly #tally: Tally;
  readonly #held = new Map<number, Held>();
  /** Orders that are open and have no bid of ours, by the order of their opening. */
  readonly #waiting = new Map<number, Decision & { type: 'skip' }>();
  #strategy: PricingStrategy;
  #snapshot: InventorySnapshot;
  /** Nodes out of service now. */
  readonly #down = new Set<string>();

  constructor(scenario: Scenario, cluster: DescribedCluster, options: ReplayOptions) {
    this.#scenario = scenario;
    this.#cluster = cluster;
    this.#options = options;
    this.#strategy = options.strategy ?? policyStrategy(options.policies);
    this.#snapshot = cluster.snapshot;
    this.#timeline = new Timeline(scenario, options.outages);
    this.#tally = new Tally(options.name, scenario.from);
  }

  run(): ReplayResult {
    for (;;) {
      const block = this.#timeline.next();
      if (block === undefined) break;
      const { height } = block;
      let freed = false;
      for (const { kind, demand } of block.events) {
        if (kind === 'open') continue;
        const changed =
          kind === 'node-down' || kind === 'node-up'
            ? this.#node(kind, demand, height)
            : this.#end(kind, demand, height);
        freed = changed || freed;
      }
      if (freed) {
        this.#snapshot = withReservations(
          this.#base(),
          [...this.#held.values()].map((h) => h.reservation),
        );
        for (const index of [...this.#waiting.keys()]) this.#decide(index, height);
      }
      for (const { kind, demand } of block.events) {
        if (kind === 'open') this.#decide(demand, height);
      }
    }
    const { through } = this.#scenario;
    for (const held of this.#held.values()) if (held.leased) this.#withdraw(held, through);
    return this.#tally.result(through);
  }

  #demand(index: number): Demand {
    const demand = this.#scenario.demands[index];
    if (demand === undefined) throw new RangeError(`no demand ${index}`);
    return demand;
  }

  #decide(index: number, height: bigint): void {
    const { order } = this.#demand(index);
    const base = decisionInput(this.#scenario, this.#cluster, height);
    const input: DecideInput = {
      ...base,
      order,
      snapshot: this.#snapshot,
      policies: this.#options.policies,
      strategy: this.#strategy,
    };
    const decision = decide(input);
    this.#tally.decided();
    if (decision.type === 'skip') {
      this.#waiting.set(index, decision);
      return;
    }
    this.#waiting.delete(index);
    const reservation = reservationOf(order.id, order.spec, decision.placement, 'bid');
    const { price } = decision;
    const gpus = gpusOf(decision);
    this.#held.set(index, { price, bidAt: height, reservation, gpus, leased: false, leasedAt: 0n });
    this.#snapshot = withReservations(this.#snapshot, [reservation]);
    this.#timeline.timeoutAt(height + this.#options.bidTimeoutBlocks, index);
    this.#tally.bid(this.#options.fees?.bid ?? 0n);
  }

  /** The cluster without what is out of service. */
  #base(): InventorySnapshot {
    const { snapshot } = this.#cluster;
    if (this.#down.size === 0) return snapshot;
    const nodes = snapshot.nodes.map((node) =>
      this.#down.has(node.name) ? { ...node, unsellable: [...node.unsellable, OUT] } : node,
    );
    return { ...snapshot, nodes };
  }

  /** A node fails, and the tenants on it leave at once; or it serves again. */
  #node(kind: 'node-down' | 'node-up', index: number, height: bigint): boolean {
    const { node = '' } = this.#options.outages?.[index] ?? {};
    if (kind === 'node-up') {
      this.#down.delete(node);
      return true;
    }
    this.#down.add(node);
    for (const [demand, held] of this.#held) {
      if (!held.reservation.perNode.some((part) => part.node === node)) continue;
      this.#held.delete(demand);
      if (held.leased) {
        this.#tally.failed();
        this.#depart(held, height);
      } else {
        this.#tally.expired();
        this.#learn(demand, held.price, 'expired');
      }
    }
    return true;
  }

  #depart(held: Held, height: bigint): void {
    this.#withdraw(held, height);
    this.#tally.departed(height, toAtto(held.price.amount), held.gpus);
  }

  #withdraw(held: Held, height: bigint): void {
    const { fees } = this.#options;
    if (fees === undefined) return;
    const times = (height - held.leasedAt) / fees.withdrawalBlocks + 1n;
    this.#tally.withdrew(times * fees.withdrawal);
  }

  /** Whether capacity became free. */
  #end(kind: 'depart' | 'bid-timeout' | 'settle', index: number, height: bigint): boolean {
    const held = this.#held.get(index);
    if (kind === 'settle') return this.#settle(index, held, height);
    if (held === undefined || held.leased !== (kind === 'depart')) return false;
    this.#held.delete(index);
    if (kind === 'depart') this.#depart(held, height);
    else {
      this.#tally.expired();
      this.#learn(index, held.price, 'expired');
    }
    return true;
  }

  #settle(index: number, held: Held | undefined, height: bigint): boolean {
    const demand = this.#demand(index);
    const skipped = this.#waiting.get(index);
    if (skipped !== undefined) {
      this.#waiting.delete(index);
      this.#tally.rejected(skipped.reasons.map((r) => r.code));
    }
    if (held === undefined) return false;
    const inTime = demand.settledAt >= held.bidAt + BLOCKS_TO_TAKE;
    if (inTime && demand.leaseBlocks > 0n && wins(demand, held.price.amount)) {
      held.leased = true;
      held.leasedAt = height;
      this.#tally.won(height, toAtto(held.price.amount), held.gpus);
      this.#learn(index, held.price, 'won');
      return false;
    }
    this.#held.delete(index);
    if (demand.winningPrice === undefined) this.#tally.expired();
    else this.#tally.lost(held.price, demand.winningPrice, inTime);
    this.#learn(index, held.price, demand.winningPrice === undefined ? 'expired' : 'lost');
    return true;
  }

  #learn(index: number, price: DecCoin, result: 'won' | 'lost' | 'expired'): void {
    const { order, winningPrice } = this.#demand(index);
    const known = winningPrice === undefined ? {} : { winningPrice };
    this.#strategy = this.#strategy.learn?.({ order, price, result, ...known }) ?? this.#strategy;
  }
}

/** Revenue per block and in all are in {@link AttoUact}. */
export const replay = (
  scenario: Scenario,
  cluster: DescribedCluster,
  options: ReplayOptions,
): ReplayResult => new Replay(scenario, cluster, options).run();
