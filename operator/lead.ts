/** What the leader runs: every loop, wired to each other, until the signal aborts. */
import { bidRules } from '../bidengine/bid-rules.js';
import { HEALTH_RULES } from '../bidengine/device-health.js';
import { OBSERVE_DEFAULTS } from '../bidengine/observe-node.js';
import type { ChainClient } from '../chain/client.js';
import type { TxLane } from '../chain/ports.js';
import type { ComputeProvider } from '../crds/generated/types.js';
import type { KubeApi } from '../kube/api.js';
import type { EventRecorder } from '../kube/event-recorder.js';
import { formatOrderId } from '../market/ids.js';
import type { LeaseId } from '../market/ids.js';
import { parseDecimal } from '../market/money.js';
import { isReasonError } from '../market/reasons.js';
import type { Reason } from '../market/reasons.js';
import { createBidding } from './bidding/create-bidding.js';
import { depositOf } from './bidding/cycle-inputs.js';
import { EscrowView } from './bidding/escrow-view.js';
import { FeeLedger } from './bidding/fee-ledger.js';
import { OwnBids } from './bidding/own-bids.js';
import { ReservationLedger } from './bidding/reservation-ledger.js';
import { ChainSync } from './chain-view/chain-sync.js';
import { EndpointReport } from './chain-view/endpoint-report.js';
import { ChainView } from './chain-view/chain-view.js';
import type { Clock } from './clock.js';
import type { OperatorConfig } from './config.js';
import { EarningsView } from './funds/earnings-view.js';
import { FeeMeter } from './funds/fee-meter.js';
import { FundsBook } from './funds/funds-book.js';
import { DecisionJournal } from './history/journal.js';
import { HistoryKeeper } from './history/keeper.js';
import { addressPool } from './inventory/address-pool.js';
import { GrantsView } from './grants/grants-view.js';
import { guardedLane } from './grants/guarded-lane.js';
import { Refill } from './funds/refill.js';
import { GpuHealth } from './gpu-health/gpu-health.js';
import { tellTenants } from './gpu-health/tell-tenants.js';
import { InventoryView } from './inventory/inventory-view.js';
import { statedCapacities } from './inventory/storage-facts.js';
import { applyNodeLabels, planNodeLabels } from './inventory/node-labels.js';
import { DECISIONS_SETTLE_MS, WRITES_SETTLE_MS } from './inventory/settling.js';
import { KubeBidRecords } from './kube-adapters/bid-records.js';
import { eventsThrough } from './kube-adapters/events.js';
import { kubeFeeStore, kubeRecordStore } from './kube-adapters/fee-store.js';
import { KubeIntentStore } from './kube-adapters/intent-store.js';
import { KubeSegmentStore } from './kube-adapters/segment-store.js';
import { createFunds } from './funds/create-funds.js';
import { createLeases } from './leases/create-leases.js';
import type { Logger } from './logger.js';
import { Loop } from './loop.js';
import { runTogether } from './run-together.js';
import type { OperatorMetrics } from './metrics.js';
import { OrderBook } from './orderbook/order-book.js';
import type { PolicyView } from './policy-view.js';
import { exchangeSettings } from './pricing/config.js';
import { createStrategy } from './pricing/create-strategy.js';
import { ExchangeFeed } from './pricing/exchange-feed.js';
import { RecordKeeper } from './provider/record-keeper.js';
import { Registration } from './provider/registration.js';
import type { RegistrationDeps } from './provider/registration.js';
import type { ScreeningDesk } from './screening/server.js';
import { StatusLoop } from './provider/status-loop.js';

/** An escrow account is asked for again after so many recounts, though no event touched it: events make quick, recounts make right. */
const ESCROW_MAX_AGE_RECOUNTS = 20;

export interface LeadDeps {
  readonly config: OperatorConfig;
  readonly api: KubeApi;
  readonly chain: ChainClient;
  readonly lane: TxLane;
  /** As read at the start; `policies.provider()` has the present one. */
  readonly provider: ComputeProvider;
  readonly policies: PolicyView;
  readonly metrics: OperatorMetrics;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly recorder: EventRecorder;
  /** Names this process in what it writes. */
  readonly instance: string;
  readonly issueCertificate: RegistrationDeps['issue'];
  /** What a price script inherits. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The body of a price source's URL. @throws when there is none in time */
  readonly fetchText: (url: string, signal: AbortSignal) => Promise<string>;
  /** Told who answers screening questions. */
  readonly onDesk: (desk: ScreeningDesk) => void;
}

/** Resolves after `outer` aborts, when every loop has ended. Only programming errors reject, and end everything else first. */
export const lead = async (
  deps: LeadDeps,
  onReady: (notReady: Reason | undefined) => void,
  outer: AbortSignal,
): Promise<void> => {
  const halt = new AbortController();
  const signal = AbortSignal.any([outer, halt.signal]);
  const { config, api, chain, policies, metrics, clock, random, log } = deps;
  const { timings, namespace, computeProvider } = config;
  const { reader, feed, proof } = chain;
  const { address } = deps.provider.spec;
  const provider = (): ComputeProvider => policies.lastProvider() ?? deps.provider;

  const view = new ChainView(clock, timings.staleAfterMs, timings.assumedBlockTimeMs);
  const book = new OrderBook();
  const bids = new OwnBids(address);
  const ledger = new ReservationLedger();
  const fundsBook = new FundsBook();
  const fees = new FeeMeter(clock);
  const gasPrice = parseDecimal(config.gasPrice.replace('uakt', ''));
  const sync = new ChainSync({
    reader,
    provider: address,
    view,
    book,
    bids,
    onOrders: ({ orders, found, missed }) => {
      metrics.ordersSeen(orders.length + found);
      metrics.ordersMissed(missed);
      for (const id of orders) {
        log.info({ order: formatOrderId(id), height: view.height.toString() }, 'order seen');
      }
      if (missed > 0) log.warn({ missed }, 'orders found by recount that no block had told of');
    },
  });
  const escrows = new EscrowView({
    ...{ reader, clock, height: () => view.height },
    maxAgeMs: ESCROW_MAX_AGE_RECOUNTS * timings.recountMs,
    onLearnt: (deployments) => {
      bidding.reconsiderOrdersOf(deployments);
      cycle.wake();
    },
  });
  const events = eventsThrough(deps.recorder);
  const grants = new GrantsView({ reader, view, provider, events, metrics, log });
  const lane =
    deps.provider.spec.grantee === undefined
      ? deps.lane
      : guardedLane({
          lane: deps.lane,
          faultOf: (messages) => grants.faultOf(messages),
          onDoubt: () => rights.wake(),
        });
  lane.onCharged((tx) => fees.note(tx));
  const gpuHealth: GpuHealth = new GpuHealth({
    ...{ api, namespace, clock, random, rules: HEALTH_RULES },
    restored: provider().status?.devices ?? [],
    onError: (err) => log.warn({ err }, 'watching GPU readings failed; trying again'),
    onChange: (change) => {
      const { node, before, after } = change;
      log.warn(
        { node, gpu: after.uuid, before, after: after.state, reason: after.why?.code },
        `a GPU is now ${after.state}`,
      );
      const pods = inventory.gpuPodsOn(node);
      tellTenants(events, change, pods);
      for (const pod of pods) leases.workers.enqueueName(pod.namespace);
      cycle.wake();
    },
  });
  const inventory = new InventoryView({
    ...{ api, clock, random },
    observe: {
      ...OBSERVE_DEFAULTS,
      requiredLabels: config.inventory.nodeSelector,
      sellUnknownStorage: config.inventory.storage.unknown === 'sell',
    },
    storageCapacities: statedCapacities(config.inventory.storage.capacities),
    addresses: addressPool(config.inventory.leasedIpAddresses),
    faultsOf: (node) => gpuHealth.faultsOf(node),
    onError: (err) => log.warn({ err }, 'watching the cluster failed; trying again'),
  });
  const records = new KubeBidRecords(api, address, computeProvider);
  const intents = new KubeIntentStore(api, namespace, log);
  const inventoryMaxAgeMs = timings.inventorySilentMs;
  const paid = new FeeLedger(kubeFeeStore(api, namespace, computeProvider), () => clock.now());
  const journal = new DecisionJournal(clock, address);
  const keeper = new HistoryKeeper({
    ...{ journal, clock, random, log, writer: deps.instance },
    store: new KubeSegmentStore(api, namespace, computeProvider),
    keepMs: config.history.keepHours * 3_600_000,
    maxBytes: config.history.maxBytes,
  });

  const looped = (
    name: string,
    everyMs: number,
    task: (s: AbortSignal) => Promise<unknown>,
  ): Loop =>
    new Loop(
      async (s) => {
        await task(s);
      },
      {
        clock,
        everyMs,
        onError: (err) => {
          metrics.reconcileError(name);
          log.warn({ err, loop: name }, `${name}: failed; trying again`);
        },
      },
    );

  const exchange = new ExchangeFeed({
    ...{ reader, clock, fetchText: deps.fetchText },
    settings: exchangeSettings(config.exchange),
    onError: (source, err) => log.warn({ err, source }, 'a price source did not answer'),
  });
  const bidding = createBidding(
    {
      ...{
        provider: deps.provider,
        reader,
        lane,
        view,
        sync,
        book,
        bids,
        ledger,
        inventory,
        policies,
        intents,
        records,
        journal,
      },
      ...{ proof, fees: paid, mempools: chain.mempools, escrows },
      ...{ metrics, clock, log, gasPrice: config.gasPrice, inventoryMaxAgeMs },
      exchange: () => exchange.rates(),
      grantsFault: () => grants.fault(),
      strategy: createStrategy(config.pricing, {
        env: deps.env,
        clock,
        onAnswer: () => {
          bidding.reconsider();
          cycle.wake();
        },
        onStderr: (text) => log.debug({ text }, 'the price script said'),
      }),
      wake: () => cycle.wake(),
    },
    signal,
  );
  deps.onDesk({
    screening: bidding.screening,
    findOrder: async (id) => {
      const path = formatOrderId(id);
      return book.open().find((o) => formatOrderId(o.id) === path) ?? reader.order(id);
    },
  });
  const leases = createLeases({
    ...{
      api,
      reader,
      proof,
      lane,
      view,
      clock,
      log,
      metrics,
      config,
      provider,
      inventory,
      sync,
      records,
      intents,
      random,
      funds: fundsBook,
    },
    events,
    gpusOf: (space) =>
      inventory.gpuNodesOf(space).map((node) => ({
        ...{ node, ill: gpuHealth.illInUse(node) },
        gpus: inventory
          .gpuPodsOn(node)
          .reduce((sum, p) => (p.namespace === space ? sum + p.gpus : sum), 0n),
        gpusOfNode: inventory.gpusOfNode(node),
      })),
    onGone: () => {
      recount.wake();
      earned.wake();
    },
  });
  const funds = createFunds({
    ...{ api, reader, lane, view, metrics, log, provider, gasPrice, book: fundsBook },
    exchange: () => exchange.rates(),
    onChanged: (id: LeaseId) => leases.workers.enqueueLease(id),
  });
  const refill = new Refill({ reader, lane, view, provider, events, log });
  const record = new RecordKeeper({
    ...{ reader, log, events },
    leases: () => (sync.facts() === undefined ? undefined : sync.leases().map((l) => l.id)),
    store: kubeRecordStore(api, namespace, computeProvider),
    now: () => clock.now(),
    onUpdate: () => metrics.recordUpdated(),
  });
  const registration = new Registration({
    ...{
      record,
      api,
      reader,
      lane,
      namespace,
      log,
      secretName: config.certificateSecret,
      issue: deps.issueCertificate,
      height: () => view.height,
    },
  });

  let registrationFault: Reason | undefined = {
    code: 'NotChecked',
    message: 'The record on chain has not been checked yet.',
  };
  const earnings = new EarningsView(reader, address, view, () => sync.leases());
  const endpoints = new EndpointReport({
    ...{ view, metrics, log, about: provider },
    endpoints: () => chain.endpoints(),
    obstacle: () => proof.obstacle(),
    events,
  });
  const status = new StatusLoop({
    ...{
      api,
      view,
      sync,
      endpoints,
      book,
      bids,
      ledger,
      inventory,
      metrics,
      clock,
      provider,
      inventoryMaxAgeMs,
    },
    decisions: bidding.decisions,
    exchange: () => exchange.rates(),
    bidDeposit: () => depositOf(sync.facts(), bidRules(provider().spec, config.gasPrice)),
    registrationFault: () => registrationFault,
    record: () => record.status(),
    biddingFault: () => bidding.fault(),
    grants,
    earnedTodayUact: () => earnings.todayUact(),
    devices: () => gpuHealth.rows(),
    feesPerHour: () => fees.perHour(),
    refill: () => refill.reason(),
  });

  let pausedFor: string | undefined;
  const cycle = looped('bidding', timings.recountMs, async (s) => {
    const reason = await bidding.cycle.run(s);
    if (reason !== undefined && reason.code !== pausedFor) {
      log.warn({ reason: reason.code }, `no order is decided: ${reason.message}`);
    } else if (reason === undefined && pausedFor !== undefined)
      log.info('orders are decided again');
    pausedFor = reason?.code;
    if (escrows.wants) escrow.wake();
  });
  const escrow = looped('escrow', timings.recountMs, () => escrows.read());
  const recount = looped('recount', timings.recountMs, async () => {
    const first = sync.facts() === undefined;
    const outcome = await sync.recount();
    // What ended while nobody looked is found by comparing, and that had to wait for the chain.
    if (first) compare.wake();
    await bidding.settle();
    escrows.retain(book.open().map(({ id }) => id));
    metrics.recounted(clock.now() / 1000, sync.ordersOnChain() ?? 0);
    bidding.reconsider();
    for (const id of outcome.leases) leases.workers.enqueueLease(id);
    cycle.wake();
  });
  const unread = looped('unread-orders', timings.recountMs, async () => {
    if (await sync.readUnread()) cycle.wake();
  });
  const register = looped('registration', timings.compareMs, async (s) => {
    if (inventory.fault(Number.POSITIVE_INFINITY) !== undefined) return;
    try {
      await registration.ensure(provider(), inventory.snapshot([]), s);
      if (registrationFault !== undefined) recount.wake();
      registrationFault = undefined;
    } catch (error) {
      registrationFault = isReasonError(error)
        ? error.reason
        : {
            code: 'RegistrationUnknown',
            message: `The record on chain could not be checked: ${error instanceof Error ? error.message : String(error)}`,
          };
      throw error;
    }
  });
  const labels = looped('node-labels', timings.compareMs, async () => {
    if (inventory.fault(Number.POSITIVE_INFINITY) !== undefined) return;
    const open = inventory.openNodes(ledger.all(), timings.strandedMs);
    await applyNodeLabels(api, planNodeLabels(inventory.snapshot([]), inventory.nodes(), open));
  });
  const compare = looped('compare', timings.compareMs, async () => {
    if (sync.facts() !== undefined) await leases.workers.compare();
  });
  const earned = looped('earnings', timings.compareMs, () => earnings.refresh());
  const closer = looped('bid-timeout', timings.recountMs, (s) => bidding.closer.run(s));
  const rights = looped('grants', timings.compareMs, async () => {
    const before = grants.fault()?.code;
    await grants.refresh();
    if (grants.fault()?.code === before) return;
    bidding.reconsider();
    cycle.wake();
  });
  const loops = [
    rights,
    ...[cycle, escrow, recount, unread, register, labels, compare],
    looped('exchange', config.exchange.refreshMs, (s) => exchange.refresh(s)),
    looped('funds', timings.fundsMs, () => funds.refresh()),
    looped('refill', timings.compareMs, (s) => refill.run(s)),
    earned,
    closer,
    looped('history', timings.historyMs, (s) => keeper.run(s)),
    looped('status', timings.statusMs, async () => {
      onReady(view.staleness() ?? inventory.fault(inventoryMaxAgeMs));
      await status.run();
      await policies.writePolicyStatus(new Date(clock.now()).toISOString());
    }),
  ];

  inventory.subscribe(({ namespace: changed, counts }) => {
    if (changed === undefined) {
      labels.wakeAfter(WRITES_SETTLE_MS);
      register.wakeAfter(WRITES_SETTLE_MS);
    } else leases.workers.enqueueName(changed);
    // Pods come and go in bursts, and then every open order is decided again.
    if (counts) {
      bidding.reconsider();
      cycle.wakeAfter(DECISIONS_SETTLE_MS);
    }
  });
  policies.subscribe(() => {
    bidding.reconsider();
    cycle.wake();
  });

  await runTogether(
    [
      inventory.run(signal),
      gpuHealth.run(signal),
      leases.run(signal),
      feed.run(signal, async (block) => {
        journal.onBlock(block);
        const outcome = sync.onBlock(block);
        escrows.onBlock(block);
        bidding.onBlock();
        closer.wake();
        for (const id of outcome.leases) leases.workers.enqueueLease(id);
        if (outcome.leases.length > 0) recount.wake();
        if (outcome.unread) unread.wake();
        if (outcome.market) cycle.wake();
        funds.withdrawDue(signal);
      }),
      ...loops.map((loop) => loop.run(signal)),
    ],
    halt,
    async () => {
      await Promise.all([bidding.settled(), funds.settled()]);
      await keeper.close();
    },
  );
};
