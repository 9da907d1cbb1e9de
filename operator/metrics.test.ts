import { describe, expect, it } from '@jest/globals';
import { createMetrics } from './metrics.js';

describe('createMetrics', () => {
  it('every recorder moves its metric', async () => {
    const metrics = createMetrics();
    metrics.ordersSeen(2);
    metrics.openOrders(1);
    metrics.orderDecided('skip', 'NoCapacity');
    metrics.bidEnded('open', '');
    metrics.bidLatency(0.2);
    metrics.leases(new Map([['Scheduled', 3]]));
    metrics.gpus([{ model: 'h100', allocatable: 16, leased: 8, reserved: 0, available: 8 }]);
    metrics.revenueUsdPerHour(21.5);
    metrics.chainHead(42, 0.5);
    metrics.wallet(new Map([['uakt', 7]]));
    metrics.withdrawn(5);
    metrics.worth({
      ...{ aktUsd: '5', rate: 'Conservative', basis: 'stale', feesUsdPerHour: '0.2' },
      ...{ walletUsd: '53', reserveUsd: '10', depositsUsd: '2.5' },
    });
    metrics.reconcileError('lease');
    metrics.discrepancies('orphan-namespace', 1);
    metrics.unsellable([{ code: 'NodeCordoned', nodes: 2, gpus: 16 }]);
    metrics.inventoryAnomalies(new Map([['NodeOverAllocated', 1]]));
    const text = await metrics.registry.metrics();
    for (const line of [
      'berth_orders_seen_total 2',
      'berth_orders_open 1',
      'berth_order_decisions_total{result="skip",reason="NoCapacity"} 1',
      'berth_bids_total{outcome="open",reason=""} 1',
      'berth_bid_latency_seconds_count 1',
      'berth_leases{phase="Scheduled"} 3',
      'berth_gpus{state="leased",model="h100"} 8',
      'berth_revenue_usd_per_hour 21.5',
      'berth_chain_height 42',
      'berth_chain_staleness_seconds 0.5',
      'berth_wallet_balance{denom="uakt"} 7',
      'berth_withdrawn_uact_total 5',
      'berth_akt_usd 5',
      'berth_akt_usd_conservative 1',
      'berth_wallet_usd{part="reserve"} 10',
      'berth_fees_usd_per_hour 0.2',
      'berth_reconcile_errors_total{controller="lease"} 1',
      'berth_discrepancies{kind="orphan-namespace"} 1',
      'berth_nodes_unsellable{reason="NodeCordoned"} 2',
      'berth_gpus_unsellable{reason="NodeCordoned"} 16',
      'berth_inventory_anomalies{reason="NodeOverAllocated"} 1',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('a phase that no lease is in any more disappears', async () => {
    const metrics = createMetrics();
    metrics.leases(new Map([['Deploying', 1]]));
    metrics.leases(new Map([['Scheduled', 1]]));
    expect(await metrics.registry.metrics()).not.toContain('Deploying');
  });

  it('variants of a GPU model add up, and a model that is gone disappears', async () => {
    const metrics = createMetrics();
    const row = { model: 'a100', allocatable: 4, leased: 1, reserved: 0, available: 3 };
    metrics.gpus([row, row, { ...row, model: 'l4' }]);
    metrics.gpus([row, row]);
    const text = await metrics.registry.metrics();
    expect(text).toContain('berth_gpus{state="allocatable",model="a100"} 8');
    expect(text).not.toContain('l4');
  });

  it('an empty wallet shows as 0, since the chain lists no empty balance', async () => {
    const metrics = createMetrics();
    metrics.wallet(new Map([['uakt', 7]]));
    metrics.wallet(new Map());
    expect(await metrics.registry.metrics()).toContain('berth_wallet_balance{denom="uakt"} 0');
  });
});
