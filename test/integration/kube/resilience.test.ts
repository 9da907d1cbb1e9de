import { writeFileSync } from 'node:fs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ConfigMap } from '../../../kube/core-objects.js';
import {
  isKubeForbidden,
  isKubeInvalid,
  isKubeNotFound,
  isKubeUnauthorized,
  isKubeUnavailable,
  isKubeUnknownResource,
} from '../../../kube/errors.js';
import { EventRecorder } from '../../../kube/event-recorder.js';
import { referenceTo } from '../../../kube/event-record.js';
import { LeaderElector } from '../../../kube/leader-elector.js';
import { Reflector } from '../../../kube/reflector.js';
import {
  BIDS,
  CONFIG_MAPS,
  COORDINATION_LEASES,
  EVENTS,
  NAMESPACES,
  PODS,
  type Resource,
} from '../../../kube/resources.js';
import { type KubeCluster, realClock, startKubeCluster } from '../../contract/kube/kube-cluster.js';
import { aBid, aConfigMap } from '../../contract/kube/objects.js';
import { afterTests } from '../../after-tests.js';
import { waitFor } from '../../peers/wait.js';

jest.setTimeout(90_000);
const WAIT = { timeoutMs: 40_000 };
let kube: KubeCluster;
const atEnd = afterTests();
beforeAll(async () => {
  kube = await startKubeCluster();
  atEnd(() => kube.stop());
}, 120_000);

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (e: unknown) => e,
  );

describe('a real API server', () => {
  it('says which right is missing', async () => {
    const path = await kube.cluster.kubeconfigFor('default/default');
    const api = await kube.connect(path);
    const error = await failureOf(api.list(BIDS));
    expect(isKubeForbidden(error)).toBe(true);
    expect(String(error)).toContain('list bids.berth.dev');
    const status = {
      apiVersion: 'berth.dev/v1alpha1',
      kind: 'Bid',
      metadata: { name: 'x' },
      status: { state: 'Open' as const },
    };
    expect(String(await failureOf(api.applyStatus(BIDS, status)))).toContain(
      'patch bids.berth.dev/status x',
    );
  });

  it('refuses a token that it did not give', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'berth-token-'));
    const path = join(dir, 'kubeconfig');
    const good = readFileSync(await kube.cluster.kubeconfigFor('default/default'), 'utf8');
    writeFileSync(path, good.replace(/token: .*/, 'token: nonsense'));
    const error = await failureOf((await kube.connect(path)).list(BIDS));
    rmSync(dir, { recursive: true });
    expect(isKubeUnauthorized(error)).toBe(true);
  });

  it('a kind that is not installed is not an absent object', async () => {
    const unknown: Resource = {
      group: 'berth.dev',
      version: 'v1alpha1',
      kind: 'X',
      plural: 'xs',
      namespaced: false,
    };
    const error = await failureOf(kube.api.get(unknown, { name: 'a' }));
    expect(isKubeUnknownResource(error)).toBe(true);
    expect(String(error)).toContain('the API server has no xs.berth.dev');
    const group: Resource = { ...unknown, group: 'nowhere.example.com' };
    expect(isKubeUnknownResource(await failureOf(kube.api.list(group)))).toBe(true);
  });

  it('a namespace that is not there is not an absent object either, and a bad built-in object names its field', async () => {
    const lost = { ...aConfigMap('a'), metadata: { name: 'a', namespace: 'nowhere' } };
    expect(isKubeNotFound(await failureOf(kube.api.create(CONFIG_MAPS, lost)))).toBe(true);
    const bad = aConfigMap('a', { 'no/slash': 'x' });
    const error = await failureOf(kube.api.apply(CONFIG_MAPS, bad));
    expect(isKubeInvalid(error) && error.causes[0]?.field).toBe('data[no/slash]');
  });

  it('an apply with an environment variable twice is invalid, not an outage', async () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ];
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'twice', namespace: 'default' },
      spec: { containers: [{ name: 'a', image: 'none', env }] },
    };
    const error = await failureOf(kube.api.apply(PODS, pod));
    expect(isKubeInvalid(error)).toBe(true);
    expect(String(error)).toContain('.spec.containers[name="a"].env: duplicate entries for key');
  });

  it('lists more objects than fit a page, each once', async () => {
    const count = 60;
    const names = Array.from({ length: count }, (_, i) => `page-${String(i).padStart(3, '0')}`);
    await Promise.all(
      names.map((name) => kube.api.apply(CONFIG_MAPS, aConfigMap(name, {}, { paged: 'yes' }))),
    );
    const { items } = await kube.api.list(CONFIG_MAPS, { labelSelector: 'paged=yes', pageSize: 7 });
    expect(items.map((m) => m.metadata.name)).toEqual(names);
  });

  it('a namespace that is deleted goes with what is in it', async () => {
    const name = 'leaving';
    await kube.api.apply(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await kube.api.apply(CONFIG_MAPS, {
      ...aConfigMap('inside'),
      metadata: { name: 'inside', namespace: name },
    });
    expect(await kube.api.delete(NAMESPACES, { name })).toBe(true);
    const gone = async (): Promise<true | undefined> =>
      (await kube.api.get(NAMESPACES, { name })) === undefined ? true : undefined;
    await waitFor('the namespace to be gone', gone, WAIT);
    expect(await kube.api.get(CONFIG_MAPS, { name: 'inside', namespace: name })).toBeUndefined();
  });
});

describe('a reflector', () => {
  it('comes through a crash of the API server: same store meanwhile, the changes afterwards', async () => {
    const stop = new AbortController();
    const errors: unknown[] = [];
    const reflector = new Reflector<ConfigMap, string>({
      api: kube.api,
      resource: CONFIG_MAPS,
      namespace: 'default',
      labelSelector: 'suite=crash',
      project: (map) => map.data?.['v'],
      clock: realClock,
      random: () => Math.random(),
      onError: (error) => errors.push(error),
      backoff: { minMs: 50, maxMs: 500 },
    });
    const running = reflector.run(stop.signal);
    const put = (name: string, v: string): Promise<ConfigMap> =>
      kube.api.apply(CONFIG_MAPS, aConfigMap(name, { v }, { suite: 'crash' }));
    await put('a', '1');
    await reflector.whenSynced(AbortSignal.timeout(WAIT.timeoutMs));
    const holds = (key: string, v: string) => async (): Promise<true | undefined> =>
      reflector.store.get(key) === v || undefined;
    await waitFor('a', holds('default/a', '1'), WAIT);

    await kube.cluster.stopApiServer();
    await waitFor('a failure', async () => errors.length > 0 || undefined, WAIT);
    expect(errors.every(isKubeUnavailable)).toBe(true);
    expect(reflector.store.get('default/a')).toBe('1');
    expect(
      isKubeUnavailable(
        await failureOf(kube.api.get(CONFIG_MAPS, { name: 'a', namespace: 'default' })),
      ),
    ).toBe(true);
    await kube.cluster.startApiServer();
    await put('a', '2');
    await put('b', '1');
    await waitFor('the change', holds('default/a', '2'), WAIT);
    await waitFor('the addition', holds('default/b', '1'), WAIT);
    expect(reflector.lastEventAgeMs()).toBeLessThan(WAIT.timeoutMs);
    stop.abort();
    await running;
  });
});

describe('leader election', () => {
  it('hands over on a stop, with a higher token, in less than the lease duration', async () => {
    const log: string[] = [];
    const candidate = (identity: string): { stop: AbortController; running: Promise<void> } => {
      const stop = new AbortController();
      const elector = new LeaderElector({
        api: kube.api,
        namespace: 'default',
        name: 'election',
        identity,
        clock: realClock,
        random: () => Math.random(),
        leaseDurationMs: 3_000,
        renewDeadlineMs: 2_000,
        retryPeriodMs: 200,
        onElected: (token) => log.push(`${identity} elected ${token}`),
        onLost: (why) => log.push(`${identity} lost ${why.message}`),
        onError: () => undefined,
      });
      return { stop, running: elector.run(stop.signal) };
    };
    const one = candidate('one');
    await waitFor('one to lead', async () => log.length === 1 || undefined, WAIT);
    const two = candidate('two');
    const renewals = new Set<string | undefined>();
    await waitFor(
      'renewals',
      async () => {
        const lease = await kube.api.get(COORDINATION_LEASES, {
          namespace: 'default',
          name: 'election',
        });
        return renewals.add(lease?.spec?.renewTime).size > 3 || undefined;
      },
      WAIT,
    );
    const stoppedAt = performance.now();
    one.stop.abort();
    await one.running;
    await waitFor('two to lead', async () => log.length === 2 || undefined, WAIT);
    expect(performance.now() - stoppedAt).toBeLessThan(3_000);
    expect(log).toEqual(['one elected 0', 'two elected 1']);
    two.stop.abort();
    await two.running;
  });
});

describe('events', () => {
  it('are accepted for cluster-scoped and namespaced objects, and repeats become a series', async () => {
    const stop = new AbortController();
    const dropped: unknown[] = [];
    const recorder = new EventRecorder({
      api: kube.api,
      controller: 'berth.dev/operator',
      instance: 'pod-1',
      clock: realClock,
      random: () => Math.random(),
      onDropped: (error) => dropped.push(error),
      flushMs: 50,
    });
    const running = recorder.run(stop.signal);
    const bid = await kube.api.apply(BIDS, aBid('told'));
    const map = await kube.api.apply(CONFIG_MAPS, aConfigMap('told'));
    const say = {
      type: 'Normal',
      reason: 'BidWon',
      action: 'Bid',
      note: `won ${'ü'.repeat(3_000)}`,
    } as const;
    const written = async (count: number): Promise<void> => {
      await waitFor(
        `${count} repeats`,
        async () => {
          const { items } = await kube.api.list(EVENTS, {
            namespace: 'default',
            fieldSelector: 'reason=BidWon',
          });
          return (
            (items.length === 2 && items.every((e) => (e.series?.count ?? 1) === count)) ||
            undefined
          );
        },
        WAIT,
      );
    };
    for (let count = 1; count <= 3; count += 1) {
      recorder.record({ ...say, regarding: referenceTo(bid) });
      recorder.record({ ...say, regarding: referenceTo(map) });
      await written(count);
    }
    expect(dropped).toEqual([]);
    stop.abort();
    await running;
  });
});
