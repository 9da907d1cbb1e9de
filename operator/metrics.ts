/** The operator's metrics: named recorders only, base units, no ids as labels. */
import type { Worth } from '../crds/generated/types.js';
import type { EndpointState } from '../chain/rpc/endpoint-state.js';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** GPUs of one model by state. */
export interface GpuCounts {
  readonly model: string;
  readonly allocatable: number;
  readonly leased: number;
  readonly reserved: number;
  readonly available: number;
}

/** Denominations that a wallet is expected to hold: shown as 0 when the chain lists none. */
const WALLET_DENOMS = ['uakt', 'uact'];

export interface OperatorMetrics {
  readonly registry: Registry;
  ordersSeen(count: number): void;
  /** Orders whose block was seen and whose event was not: they were found by the recount. */
  ordersMissed(count: number): void;
  /** A full listing was taken in. @param atSeconds Unix time */
  recounted(atSeconds: number, ordersOnChain: number): void;
  orderDecided(result: 'bid' | 'skip', reason: string): void;
  bidEnded(
    outcome: 'open' | 'won' | 'lost' | 'closed' | 'failed' | 'expired',
    reason: string,
  ): void;
  bidLatency(seconds: number): void;
  /** A bid of ours was closed because it timed out; `raced`: the close ended a lease that was made in the same block. */
  bidClosed(raced: boolean): void;
  leases(byPhase: ReadonlyMap<string, number>): void;
  /** All of them at once: models that are gone disappear, and variants of one model (memory, interface) add up. */
  gpus(rows: readonly GpuCounts[]): void;
  /** Why what there is cannot be sold, all reasons at once: one that is gone disappears. */
  unsellable(
    rows: readonly { readonly code: string; readonly nodes: number; readonly gpus: number }[],
  ): void;
  /** Changes of the record on chain that wait. */
  recordPending(count: number): void;
  recordUpdated(): void;
  /** Storage classes that are not sold, all at once. */
  storageWithheld(rows: readonly { readonly name: string; readonly code: string }[]): void;
  /** What did not add up at the last count, by reason code. */
  inventoryAnomalies(counts: ReadonlyMap<string, number>): void;
  revenueUsdPerHour(value: number): void;
  chainHead(height: number, stalenessSeconds: number): void;
  /** All endpoints at once: those that are gone disappear. */
  chainEndpoints(states: readonly EndpointState[]): void;
  /** All balances at once, smallest units by denomination; the chain lists none that is empty. */
  wallet(balances: ReadonlyMap<string, number>): void;
  withdrawn(uact: number): void;
  /** Leases whose escrow is empty or nearly so, and what is owed and not to be found on chain. */
  escrow(seen: { readonly runningOut: number; readonly missingUact: number }): void;
  /** When the next right of a hot key ends, Unix milliseconds, and the uakt of fees it may still spend; `undefined` for no bound. */
  grants(
    endsAtMs: number | undefined,
    fees: { readonly payer: string; readonly leftUakt: bigint | undefined },
  ): void;
  /** Fees per hour of late, uakt, and how long the wallet pays them; `undefined` when not known. */
  fees(uaktPerHour: number, hoursLeft: number | undefined): void;
  /** What the wallet holds and pays, in US dollars. */
  worth(worth: Worth): void;
  reconcileError(controller: string): void;
  discrepancies(kind: string, count: number): void;
  openOrders(count: number): void;
}

/** A fresh registry with every metric of the operator registered. */
export const createMetrics = (): OperatorMetrics => {
  const registry = new Registry();
  const registers = [registry];
  const ordersSeen = new Counter({
    name: 'berth_orders_seen_total',
    help: 'Distinct open orders seen',
    registers,
  });
  const ordersMissed = new Counter({
    name: 'berth_orders_missed_total',
    help: 'Orders that a full listing found and no event of their block had told of',
    registers,
  });
  const ordersOnChain = new Gauge({
    name: 'berth_orders_on_chain',
    help: 'Open orders by the last full listing; to be compared with berth_orders_open',
    registers,
  });
  const recountAt = new Gauge({
    name: 'berth_recount_timestamp_seconds',
    help: 'Unix time of the last full listing of orders, bids and leases',
    registers,
  });
  const openOrders = new Gauge({
    name: 'berth_orders_open',
    help: 'Open orders in the book',
    registers,
  });
  const decisions = new Counter({
    name: 'berth_order_decisions_total',
    help: 'Decisions on orders by result and reason code',
    labelNames: ['result', 'reason'],
    registers,
  });
  const bids = new Counter({
    name: 'berth_bids_total',
    help: 'Bids by how far they came; open means: in a block',
    labelNames: ['outcome', 'reason'],
    registers,
  });
  const latency = new Histogram({
    name: 'berth_bid_latency_seconds',
    help: 'From seeing an order to its bid being in a block',
    buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64],
    registers,
  });
  const closes = new Counter({
    name: 'berth_bid_closes_total',
    help: 'Own bids closed after their timeout; raced: the close ended a lease of the same block',
    labelNames: ['raced'],
    registers,
  });
  for (const raced of ['true', 'false']) closes.inc({ raced }, 0);
  const leases = new Gauge({
    name: 'berth_leases',
    help: 'Leases by phase',
    labelNames: ['phase'],
    registers,
  });
  const gpus = new Gauge({
    name: 'berth_gpus',
    help: 'GPUs by state and model',
    labelNames: ['state', 'model'],
    registers,
  });
  const unsellableNodes = new Gauge({
    name: 'berth_nodes_unsellable',
    help: 'Nodes that are not for sale, by reason code; one with two reasons counts in both',
    labelNames: ['reason'],
    registers,
  });
  const unsellableGpus = new Gauge({
    name: 'berth_gpus_unsellable',
    help: 'GPUs that are not for sale, by reason code; one with two reasons counts in both',
    labelNames: ['reason'],
    registers,
  });
  const recordPending = new Gauge({
    name: 'berth_record_changes_pending',
    help: "Changes of the provider's record on chain that wait to be sent",
    registers,
  });
  const recordUpdates = new Counter({
    name: 'berth_record_updates_total',
    help: "Updates of the provider's record on chain",
    registers,
  });
  const withheldClasses = new Gauge({
    name: 'berth_storage_classes_unsellable',
    help: 'Storage classes that are not for sale, by name and reason code',
    labelNames: ['storage_class', 'reason'],
    registers,
  });
  const anomalies = new Gauge({
    name: 'berth_inventory_anomalies',
    help: 'What did not add up at the last count of the inventory, by reason code; worth an alarm above 0',
    labelNames: ['reason'],
    registers,
  });
  const revenue = new Gauge({
    name: 'berth_revenue_usd_per_hour',
    help: 'Sum of the prices of active leases',
    registers,
  });
  const height = new Gauge({ name: 'berth_chain_height', help: 'Newest block seen', registers });
  const staleness = new Gauge({
    name: 'berth_chain_staleness_seconds',
    help: 'Since a new block was seen',
    registers,
  });
  const ofEndpoint = (name: string, help: string): Gauge =>
    new Gauge({ name: `berth_chain_endpoint_${name}`, help, labelNames: ['endpoint'], registers });
  const endpointGauges: readonly [Gauge, (state: EndpointState) => number | undefined][] = [
    [
      ofEndpoint('healthy', '1 while nothing speaks against the endpoint'),
      (e) => Number(e.code === 'Healthy'),
    ],
    [
      ofEndpoint('serving', '1 for the endpoint that gave the last answer'),
      (e) => Number(e.serving),
    ],
    [ofEndpoint('height', 'Height as of the last look'), (e) => Number(e.height)],
    [ofEndpoint('lag_blocks', 'Blocks behind the best endpoint'), (e) => e.lagBlocks],
    [
      ofEndpoint('latency_seconds', "Moving average of its answers' times"),
      (e) => (e.latencyMs === undefined ? undefined : e.latencyMs / 1000),
    ],
    [ofEndpoint('error_ratio', 'Moving average of failed requests, 0 to 1'), (e) => e.errorRate],
  ];
  const wallet = new Gauge({
    name: 'berth_wallet_balance',
    help: 'Balance in smallest units',
    labelNames: ['denom'],
    registers,
  });
  const withdrawn = new Counter({
    name: 'berth_withdrawn_uact_total',
    help: 'Earnings withdrawn since start',
    registers,
  });
  const runningOut = new Gauge({
    name: 'berth_leases_running_out',
    help: 'Leases whose escrow account is empty or nearly so',
    registers,
  });
  const missing = new Gauge({
    name: 'berth_earnings_missing_uact',
    help: 'Owed by rate and blocks, and neither paid, settled nor covered by escrow',
    registers,
  });
  const grantsEnd = new Gauge({
    name: 'berth_grants_end_timestamp_seconds',
    help: 'When the next right of the hot key ends; 0 while none does',
    registers,
  });
  const feesAllowed = new Gauge({
    name: 'berth_fee_allowance_uakt',
    help: 'Fees that the hot key may still spend, by who pays them; absent where nothing bounds them',
    labelNames: ['payer'],
    registers,
  });
  const feesPerHour = new Gauge({
    name: 'berth_fees_uakt_per_hour',
    help: 'Transaction fees per hour of late',
    registers,
  });
  const aktUsd = new Gauge({
    name: 'berth_akt_usd',
    help: 'US dollars for one AKT, as fees, deposits and reserves are valued',
    registers,
  });
  const aktStale = new Gauge({
    name: 'berth_akt_usd_conservative',
    help: '1 while no price source is fresh and the configured careful rate is used',
    registers,
  });
  const usd = new Gauge({
    name: 'berth_wallet_usd',
    help: 'What the wallet holds, keeps back from bidding, and has locked in open bids, in US dollars',
    labelNames: ['part'],
    registers,
  });
  const feesUsd = new Gauge({
    name: 'berth_fees_usd_per_hour',
    help: 'Transaction fees per hour of late, in US dollars',
    registers,
  });
  const feeHours = new Gauge({
    name: 'berth_fees_hours_left',
    help: 'How long the wallet pays fees at that pace before it is down to the reserve',
    registers,
  });
  const errors = new Counter({
    name: 'berth_reconcile_errors_total',
    help: 'Reconciliations that failed and will be retried',
    labelNames: ['controller'],
    registers,
  });
  const discrepancy = new Gauge({
    name: 'berth_discrepancies',
    help: 'Disagreements between chain, ComputeLeases and namespaces at the last comparison',
    labelNames: ['kind'],
    registers,
  });
  // A counter that first appears at 1 has no increase for Prometheus: each outcome starts at 0.
  for (const outcome of ['open', 'won', 'lost', 'closed', 'failed', 'expired']) {
    bids.inc({ outcome, reason: '' }, 0);
  }
  return {
    registry,
    ordersSeen: (count) => ordersSeen.inc(count),
    ordersMissed: (count) => ordersMissed.inc(count),
    recounted: (atSeconds, onChain) => {
      recountAt.set(atSeconds);
      ordersOnChain.set(onChain);
    },
    orderDecided: (result, reason) => decisions.inc({ result, reason }),
    bidEnded: (outcome, reason) => bids.inc({ outcome, reason }),
    bidClosed: (raced) => closes.inc({ raced: String(raced) }),
    bidLatency: (seconds) => latency.observe(seconds),
    leases: (byPhase) => {
      leases.reset();
      for (const [phase, count] of byPhase) leases.set({ phase }, count);
    },
    gpus: (rows) => {
      gpus.reset();
      for (const { model, ...counts } of rows) {
        for (const [state, count] of Object.entries(counts)) gpus.inc({ state, model }, count);
      }
    },
    recordPending: (count) => {
      recordPending.set(count);
    },
    recordUpdated: () => {
      recordUpdates.inc();
    },
    storageWithheld: (rows) => {
      withheldClasses.reset();
      for (const { name, code } of rows)
        withheldClasses.set({ storage_class: name, reason: code }, 1);
    },
    unsellable: (rows) => {
      unsellableNodes.reset();
      unsellableGpus.reset();
      for (const { code, nodes, gpus: count } of rows) {
        unsellableNodes.set({ reason: code }, nodes);
        unsellableGpus.set({ reason: code }, count);
      }
    },
    inventoryAnomalies: (counts) => {
      anomalies.reset();
      for (const [reason, count] of counts) anomalies.set({ reason }, count);
    },
    revenueUsdPerHour: (value) => revenue.set(value),
    chainEndpoints: (states) => {
      for (const [gauge, of] of endpointGauges) {
        gauge.reset();
        for (const state of states) {
          const value = of(state);
          if (value !== undefined) gauge.set({ endpoint: state.label }, value);
        }
      }
    },
    chainHead: (h, s) => {
      height.set(h);
      if (Number.isFinite(s)) staleness.set(s);
    },
    wallet: (balances) => {
      wallet.reset();
      for (const denom of WALLET_DENOMS) wallet.set({ denom }, 0);
      for (const [denom, amount] of balances) wallet.set({ denom }, amount);
    },
    withdrawn: (uact) => withdrawn.inc(uact),
    escrow: (seen) => {
      runningOut.set(seen.runningOut);
      missing.set(seen.missingUact);
    },
    grants: (endsAtMs, { payer, leftUakt }) => {
      grantsEnd.set((endsAtMs ?? 0) / 1000);
      feesAllowed.reset();
      if (leftUakt !== undefined) feesAllowed.set({ payer }, Number(leftUakt));
    },
    fees: (uaktPerHour, hoursLeft) => {
      feesPerHour.set(uaktPerHour);
      if (hoursLeft === undefined) feeHours.reset();
      else feeHours.set(hoursLeft);
    },
    worth: (worth) => {
      aktUsd.set(Number(worth.aktUsd));
      aktStale.set(worth.rate === 'Conservative' ? 1 : 0);
      usd.set({ part: 'held' }, Number(worth.walletUsd));
      usd.set({ part: 'reserve' }, Number(worth.reserveUsd));
      usd.set({ part: 'deposits' }, Number(worth.depositsUsd));
      if (worth.feesUsdPerHour !== undefined) feesUsd.set(Number(worth.feesUsdPerHour));
    },
    reconcileError: (controller) => errors.inc({ controller }),
    discrepancies: (kind, count) => discrepancy.set({ kind }, count),
    openOrders: (count) => openOrders.set(count),
  };
};
