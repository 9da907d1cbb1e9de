/** Past decisions on a real API server: written with the operator's own rights, read with an administrator's. */
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decide } from '../../../bidengine/decide.js';
import { anInput } from '../../../bidengine/testing/input-builder.js';
import { aNode, aSnapshot, H100 } from '../../../bidengine/testing/node-builder.js';
import { anOrder } from '../../../bidengine/testing/order-builder.js';
import type { ClusterContext } from '../../../cli/commands/inventory.js';
import { why } from '../../../cli/commands/why.js';
import { createOutput } from '../../../cli/terminal.js';
import { applyChart } from '../../../hack/apply-chart.js';
import type { KubeApi } from '../../../kube/api.js';
import { CONFIG_MAPS } from '../../../kube/resources.js';
import { SEGMENT_KEY } from '../../../history/names.js';
import { systemClock } from '../../../operator/clock.js';
import { DecisionJournal } from '../../../operator/history/journal.js';
import { HistoryKeeper } from '../../../operator/history/keeper.js';
import { KubeSegmentStore } from '../../../operator/kube-adapters/segment-store.js';
import { createLogger } from '../../../operator/logger.js';
import { afterTests } from '../../after-tests.js';
import { type KubeCluster, startKubeCluster } from '../../contract/kube/kube-cluster.js';

jest.setTimeout(90_000);
let kube: KubeCluster;
let namespace: string;
let operatorApi: KubeApi;
const atEnd = afterTests();
beforeAll(async () => {
  kube = await startKubeCluster();
  atEnd(() => kube.stop());
  const chart = await applyChart(kube.cluster.kubeconfigPath);
  namespace = chart.namespace;
  operatorApi = await kube.connect(await kube.cluster.kubeconfigFor(chart.operator));
}, 120_000);

const signal = new AbortController().signal;

const aKeeper = (writer: string, at: () => number) => {
  const clock = { ...systemClock, now: at };
  const journal = new DecisionJournal(clock, anInput().provider.address);
  const store = new KubeSegmentStore(operatorApi, namespace, 'provider');
  const keeper = new HistoryKeeper({
    ...{ journal, clock, store, writer, random: Math.random, log: createLogger('silent') },
    ...{ keepMs: 25 * 3_600_000, maxBytes: 2 ** 25 },
  });
  const note = (dseq: bigint, nodes: number): void => {
    const list = Array.from({ length: nodes }, (_, i) => aNode(`n-${i}`).withGpus(H100, 8).obj());
    const order = anOrder(dseq).withGpu('nvidia', 'b200', 1).obj();
    const input = anInput({ order, snapshot: aSnapshot(list) });
    journal.decided(input, decide(input));
  };
  return { keeper, note };
};

const segments = async () =>
  (await operatorApi.list(CONFIG_MAPS, { namespace, labelSelector: 'berth.dev/history=true' }))
    .items;

describe('past decisions in a cluster', () => {
  it('are written and grown with the rights of the chart, answered after a fail-over, and gone after a day', async () => {
    let now = Date.UTC(2026, 10, 23, 12);
    const first = aKeeper('first', () => now);
    first.note(1n, 1_000);
    await first.keeper.run(signal);
    first.note(2n, 1_000);
    await first.keeper.run(signal);
    expect(await segments()).toHaveLength(1);

    // Another leader takes over.
    now += 60_000;
    const second = aKeeper('second', () => now);
    second.note(1n, 1_000);
    await second.keeper.run(signal);
    const kept = await segments();
    expect(kept).toHaveLength(2);
    for (const { binaryData } of kept) {
      const gzip = Buffer.from(binaryData?.[SEGMENT_KEY] ?? '', 'base64');
      expect(gunzipSync(gzip).toString('utf8')).toContain('"t":"decided"');
    }

    let stdout = '';
    const output = createOutput({ write: (text: string) => (stdout += text) }, 'text');
    const ctx = { cluster: kube.api, output, terminal: { say: () => undefined } };
    await why(ctx as unknown as ClusterContext, { order: '1/1/1', namespace, recheck: true });
    expect(stdout.match(/: no bid$/gm)).toHaveLength(2);
    expect(stdout.match(/GpuModelUnavailable: /g)).toHaveLength(2);
    expect(stdout.match(/the same answer$/gm)).toHaveLength(2);

    now += 26 * 3_600_000;
    const third = aKeeper('third', () => now);
    await third.keeper.run(signal);
    expect(await segments()).toHaveLength(0);
  });
});
