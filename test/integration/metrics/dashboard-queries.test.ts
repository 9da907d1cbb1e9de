import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Registry } from 'prom-client';
import { dashboardQueries } from '../../../hack/chart/dashboard.js';
import { createMetrics as createGatewayMetrics } from '../../../gateway/metrics.js';
import { createMetrics as createOperatorMetrics } from '../../../operator/metrics.js';
import { afterTests } from '../../after-tests.js';
import { PromQueryError, type Prometheus, startPrometheus } from '../../peers/prometheus.js';
import { waitFor } from '../../peers/wait.js';

jest.setTimeout(60_000);

/** Serves real registries whose recorders were moved as a short life of a provider moves them. */
const serveMetrics = async (): Promise<Server> => {
  const operator = createOperatorMetrics();
  const gateway = createGatewayMetrics();
  const both = Registry.merge([operator.registry, gateway.registry]);
  let scrapes = 0;
  const live = (): void => {
    scrapes += 1;
    operator.ordersSeen(1);
    operator.openOrders(2);
    operator.orderDecided('bid', '');
    operator.orderDecided('skip', 'InsufficientGpus');
    operator.bidEnded('open', '');
    operator.bidEnded('won', '');
    operator.bidLatency(1.5);
    operator.leases(new Map([['Active', 1]]));
    operator.gpus([{ model: 'h100', allocatable: 24, leased: 8, reserved: 0, available: 16 }]);
    operator.revenueUsdPerHour(18);
    operator.chainHead(1000 + scrapes, 0.5);
    operator.wallet(new Map([['uakt', 5_000_000]]));
    operator.withdrawn(5000);
    gateway.request({
      method: 'GET',
      route: '/status',
      status: 200,
      code: 'ok',
      seconds: 0.01,
      client: '127.0.0.1',
      owner: undefined,
      fault: undefined,
    });
  };
  const server = createServer((_request, response) => {
    live();
    both.metrics().then(
      (text) => response.setHeader('Content-Type', both.contentType).end(text),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
};

describe('the dashboard on a real Prometheus', () => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-prometheus-'));
  let prometheus: Prometheus;
  let server: Server;

  const atEnd = afterTests();
  beforeAll(async () => {
    atEnd(() => {
      rmSync(dir, { recursive: true, force: true });
    });
    server = await serveMetrics();
    atEnd(
      () =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        }),
    );
    prometheus = await startPrometheus({
      dir,
      targets: [{ job: 'berth', address: `127.0.0.1:${(server.address() as AddressInfo).port}` }],
      scrapeIntervalMs: 200,
    });
    atEnd(() => prometheus.stop());
    // A rate needs two samples.
    await waitFor(
      'several scrapes',
      async () => {
        const [samples] = await prometheus.query('count_over_time(berth_chain_height[1m])');
        return (samples?.value ?? 0) >= 4 || undefined;
      },
      { timeoutMs: 30_000 },
    );
  });

  it.each(dashboardQueries({ rateInterval: '1m', range: '1h' }).map((q) => [q.panel, q.expr]))(
    'has data for "%s": %s',
    async (_panel, expr) => {
      const samples = await prometheus.query(expr);
      expect(samples.length).toBeGreaterThan(0);
      expect(samples.filter((sample) => !Number.isFinite(sample.value))).toEqual([]);
    },
  );

  it('computes what the numbers mean', async () => {
    const sold = 'sum(berth_gpus{state="leased"}) / sum(berth_gpus{state="allocatable"})';
    const [share] = await prometheus.query(sold);
    expect(share?.value).toBeCloseTo(8 / 24);
  });

  it('refuses a query that is none, in its own words', async () => {
    await expect(prometheus.query('sum(')).rejects.toThrow(PromQueryError);
    await expect(prometheus.query('sum(')).rejects.toThrow('parse error');
  });
});
