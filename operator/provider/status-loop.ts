/** Gathers what the ComputeProvider's status and the gauges say, and writes it when it changed. */
import type { ExchangeRates } from '../../bidengine/exchange.js';
import type { InventorySnapshot, Reservation } from '../../bidengine/snapshot.js';
import { API_VERSION } from '../../crds/constants.js';
import type {
  ComputeProvider,
  ComputeProviderStatus,
  DeviceInventory,
  RecordStatus,
} from '../../crds/generated/types.js';
import type { KubeApi } from '../../kube/api.js';
import { COMPUTE_PROVIDERS } from '../../kube/resources.js';
import { uactPerBlockToUsdPerHour } from '../../market/money.js';
import type { Coin } from '../../market/money.js';
import { formatOrderId, orderIdOf } from '../../market/ids.js';
import type { Reason } from '../../market/reasons.js';
import type { DecisionLog } from '../bidding/decision-log.js';
import type { OwnBids } from '../bidding/own-bids.js';
import type { ReservationLedger } from '../bidding/reservation-ledger.js';
import type { EndpointReport } from '../chain-view/endpoint-report.js';
import type { ChainSync } from '../chain-view/chain-sync.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Clock } from '../clock.js';
import { gpuInventory, nodeInventory } from '../inventory/gpu-totals.js';
import { anomaliesByReason, unsellableByReason } from '../inventory/unsellable.js';
import type { InventoryView } from '../inventory/inventory-view.js';
import type { OperatorMetrics } from '../metrics.js';
import type { OrderBook } from '../orderbook/order-book.js';
import type { GrantsView } from '../grants/grants-view.js';
import { feeOutlook, walletFault } from '../funds/wallet-fault.js';
import { worthOf } from '../funds/worth.js';
import { providerStatus } from './provider-status.js';
import type { ProviderObservation } from './provider-status.js';

export interface StatusLoopDeps {
  readonly api: KubeApi;
  readonly view: ChainView;
  readonly sync: ChainSync;
  readonly endpoints: EndpointReport;
  readonly book: OrderBook;
  readonly bids: OwnBids;
  readonly ledger: ReservationLedger;
  readonly decisions: DecisionLog;
  readonly inventory: InventoryView;
  readonly metrics: OperatorMetrics;
  readonly clock: Clock;
  readonly provider: () => ComputeProvider;
  readonly inventoryMaxAgeMs: number;
  /** Why registration is not complete, as of its last run. */
  readonly registrationFault: () => Reason | undefined;
  /** What is to become of the record on chain. */
  readonly record: () => RecordStatus | undefined;
  readonly biddingFault: () => Reason | undefined;
  readonly grants: Pick<GrantsView, 'fault' | 'warning' | 'feeFunds'>;
  readonly earnedTodayUact: () => bigint | undefined;
  /** GPUs that are not healthy, or about which there is evidence. */
  readonly devices: () => readonly DeviceInventory[];
  /** uakt of fees per hour of late, `undefined` while unknown. */
  readonly feesPerHour: () => bigint | undefined;
  /** What coins are worth now. */
  readonly exchange: () => ExchangeRates;
  /** The deposit of one bid. */
  readonly bidDeposit: () => Coin | undefined;
  /** Why the wallet is not being refilled from earnings, where that is asked for. */
  readonly refill: () => Reason | undefined;
}

type InventoryPart = Pick<
  ProviderObservation,
  'inventory' | 'nodes' | 'unsellable' | 'storage' | 'leasedIpsAvailable' | 'anomalies'
>;

const inventoryPart = (
  snapshot: InventorySnapshot | undefined,
  pending: readonly Reservation[],
): InventoryPart => {
  if (snapshot === undefined)
    return {
      ...{ inventory: [], nodes: [], unsellable: [], storage: [], anomalies: [] },
      leasedIpsAvailable: 0,
    };
  return {
    inventory: gpuInventory(snapshot, pending),
    nodes: nodeInventory(snapshot),
    unsellable: unsellableByReason(snapshot),
    storage: snapshot.storage.map(({ name, availableBytes, unsellable = [] }) => ({
      name,
      ...(availableBytes === undefined ? {} : { availableBytes: availableBytes.toString() }),
      ...(unsellable.length === 0
        ? {}
        : { reasons: unsellable.map(({ code, message }) => ({ code, message })) }),
    })),
    leasedIpsAvailable: snapshot.leasedIpsAvailable,
    anomalies: snapshot.anomalies,
  };
};

export class StatusLoop {
  readonly #deps: StatusLoopDeps;
  #written: string | undefined;

  constructor(deps: StatusLoopDeps) {
    this.#deps = deps;
  }

  /** One round. @throws KubeError */
  async run(): Promise<void> {
    const { api, clock, provider } = this.#deps;
    const object = provider();
    const status = this.#status(object);
    this.#gauges(status);
    this.#deps.endpoints.run();
    const { updatedAt: _, chain: __, earnedTodayUact: ___, fees: ____, ...significant } = status;
    const text = JSON.stringify(significant);
    const age = clock.now() - Date.parse(object.status?.updatedAt ?? '1970-01-01T00:00:00Z');
    if (text === this.#written && age < 10_000) return;
    await api.applyStatus(COMPUTE_PROVIDERS, {
      apiVersion: API_VERSION,
      kind: 'ComputeProvider',
      metadata: { name: object.metadata.name },
      status,
    });
    this.#written = text;
  }

  #status(object: ComputeProvider): ComputeProviderStatus {
    const {
      view,
      sync,
      book,
      bids,
      ledger,
      decisions,
      inventory,
      inventoryMaxAgeMs,
      clock,
      endpoints,
    } = this.#deps;
    const synced = inventory.fault(Number.POSITIVE_INFINITY) === undefined;
    const snapshot = synced ? inventory.snapshot(ledger.all()) : undefined;
    const live = new Set(sync.leases().map((l) => formatOrderId(orderIdOf(l.id))));
    if (snapshot !== undefined) this.#deps.metrics.inventoryAnomalies(anomaliesByReason(snapshot));
    const pending = ledger.all().filter((r) => !live.has(r.key));
    const open = book.open();
    const balances = sync.facts()?.balances;
    const uakt = balances?.find((b) => b.denom === 'uakt')?.amount ?? 0n;
    const reserve = BigInt(object.spec.budgets.reserveUakt);
    const { grants } = this.#deps;
    const fees = feeOutlook(grants.feeFunds(uakt), reserve, this.#deps.feesPerHour());
    const withBid = open.filter((o) => bids.has(formatOrderId(o.id))).length;
    return providerStatus(
      {
        chain:
          view.height === 0n
            ? undefined
            : {
                height: view.height,
                timeMs: view.timeMs,
                endpoint: endpoints.serving(),
                endpoints: endpoints.states(),
              },
        chainFault: view.staleness(),
        chainFresh: endpoints.fresh(),
        chainOthers: endpoints.others(),
        inventoryFault: inventory.fault(inventoryMaxAgeMs),
        registrationFault: this.#deps.registrationFault(),
        record: this.#deps.record(),
        fundsFault: walletFault(object, balances, fees, this.#deps.refill()),
        fees,
        worth:
          balances === undefined
            ? undefined
            : worthOf(this.#deps.exchange(), {
                ...{ balances, reserveUakt: reserve, feesUaktPerHour: this.#deps.feesPerHour() },
                deposits: bids.standing().flatMap(() => this.#deps.bidDeposit() ?? []),
              }),
        grants: {
          asGrantee: object.spec.grantee !== undefined,
          fault: grants.fault(),
          warning: grants.warning(),
        },
        biddingFault: this.#deps.biddingFault(),
        ...inventoryPart(snapshot, pending),
        devices: this.#deps.devices(),
        balances: balances ?? [],
        activeLeases: sync.leases().length,
        orders: { open: open.length, bid: withBid, skipped: open.length - withBid },
        skippedByReason: decisions.skippedByReason(),
        earnedTodayUact: this.#deps.earnedTodayUact(),
      },
      object.status?.conditions,
      object.metadata.generation ?? 1,
      new Date(clock.now()).toISOString(),
    );
  }

  #gauges(status: ComputeProviderStatus): void {
    const { view, sync, metrics } = this.#deps;
    metrics.chainHead(Number(view.height), view.stalenessMs() / 1000);
    if (status.inventory !== undefined)
      metrics.gpus(
        status.inventory.map(({ model, allocatable, leased, reserved, available }) => ({
          ...{ model, allocatable, leased, reserved, available },
        })),
      );
    metrics.recordPending(status.record?.pending.length ?? 0);
    metrics.unsellable(status.unsellable ?? []);
    metrics.storageWithheld(
      (status.storage ?? []).flatMap(({ name, reasons = [] }) =>
        reasons.map(({ code }) => ({ name, code })),
      ),
    );
    const { fees } = status;
    if (fees !== undefined) metrics.fees(Number(fees.uaktPerHour), fees.hoursLeft);
    if (status.worth !== undefined) metrics.worth(status.worth);
    const facts = sync.facts();
    if (facts !== undefined)
      metrics.wallet(new Map(facts.balances.map((b) => [b.denom, Number(b.amount)])));
    const usdPerHour = sync
      .leases()
      .filter((l) => l.price.denom === 'uact')
      .map((l) => Number(uactPerBlockToUsdPerHour(l.price.amount, view.blockTimeMs).toFixed(6)));
    metrics.revenueUsdPerHour(usdPerHour.reduce((sum, v) => sum + v, 0));
  }
}
