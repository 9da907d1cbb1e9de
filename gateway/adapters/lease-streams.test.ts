import { describe, expect, it } from '@jest/globals';
import { AKASH_LABELS } from '../../crds/constants.js';
import { KubeNotFoundError, KubeUnavailableError } from '../../kube/errors.js';
import type { ContainerRef, LogOptions, PodStreams } from '../../kube/pod-streams.js';
import { DEPLOYMENTS, EVENTS, PODS } from '../../kube/resources.js';
import { FakeKube } from '../../kube/testing/fake-kube.js';
import { leaseNamespace } from '../../manifests/names.js';
import type { LeaseId } from '../../market/ids.js';
import { isUpstreamUnavailable } from '../problem.js';
import { createAsk } from './asking.js';
import { createKubeLeaseStreams } from './kube-lease-streams.js';

const lease: LeaseId = {
  owner: 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh',
  ...{ dseq: 1n, gseq: 1, oseq: 1, bseq: 0 },
  provider: 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63',
};
const namespace = leaseNamespace(lease);
const target = { verb: 'get', resource: 'pods/log', namespace, name: 'x' } as const;
const details = { target, status: 0, reason: '' };

/** Logs by `pod/container`; what a later reading gives comes later in the list. */
class FakePods implements PodStreams {
  readonly asked: (ContainerRef & LogOptions)[] = [];
  readonly logs = new Map<string, (string | Error)[][]>();

  async *log(ref: ContainerRef, options: LogOptions): AsyncGenerator<Uint8Array> {
    this.asked.push({ ...ref, ...options });
    const readings = this.logs.get(`${ref.pod}/${ref.container}`) ?? [];
    for (const said of readings.shift() ?? []) {
      if (said instanceof Error) throw said;
      yield Buffer.from(`${said}\n`);
    }
  }
}

const setup = () => {
  const kube = new FakeKube();
  const pods = new FakePods();
  let onLook = async (_look: number): Promise<void> => undefined;
  let looks = 0;
  const streams = createKubeLeaseStreams({
    ...{ api: kube, pods, ask: createAsk('cluster', 1000), lookMs: 1 },
    sleep: async () => {
      looks += 1;
      await onLook(looks);
    },
  });
  const labelled = (service: string) => ({ [AKASH_LABELS.manifestService]: service });
  return {
    ...{ kube, pods, streams },
    betweenLooks: (act: typeof onLook) => (onLook = act),
    deployment: (name: string) =>
      kube.apply(DEPLOYMENTS, {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', spec: {} },
        metadata: { name, namespace, labels: labelled(name) },
      }),
    pod: async (service: string, name: string, containerID: string, isRunning = true) => {
      const metadata = { name, namespace, labels: labelled(service) };
      const spec = { containers: [{ name: service }] };
      await kube.apply(PODS, { ...{ apiVersion: 'v1', kind: 'Pod' }, metadata, spec });
      const state = isRunning ? { running: {} } : { terminated: { exitCode: 0 } };
      await kube.applyStatus(PODS, {
        ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } },
        status: {
          containerStatuses: [
            { name: service, ready: isRunning, restartCount: 0, containerID, state },
          ],
        },
      });
    },
  };
};
const all = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const read: T[] = [];
  for await (const item of items) read.push(item);
  return read;
};
const { signal } = new AbortController();
const once = { services: undefined, follow: false, tailLines: undefined, signal };
const at = (second: number, text: string): string =>
  `2026-01-01T00:00:0${second}.000000000Z ${text}`;

describe('the log of a lease', () => {
  it('is that of every container that was started, of the services asked for, and no more', async () => {
    const { pods, streams, pod } = setup();
    await pod('web', 'web-1', 'c1');
    await pod('web', 'web-2', 'c2', false);
    await pod('web', 'web-3', '');
    await pod('db', 'db-1', 'c4');
    pods.logs.set('web-1/web', [[at(1, 'one'), at(2, 'two')]]);
    pods.logs.set('web-2/web', [[at(1, 'ended')]]);
    pods.logs.set('db-1/db', [[at(1, 'other')]]);
    const frames = await all(streams.logs(lease, { ...once, services: ['web'], tailLines: 5 }));
    expect(frames.toSorted((a, b) => (a.name + a.message < b.name + b.message ? -1 : 1))).toEqual([
      { name: 'web-1', message: 'one' },
      { name: 'web-1', message: 'two' },
      { name: 'web-2', message: 'ended' },
    ]);
    expect(pods.asked.map((ask) => [ask.pod, ask.follow, ask.tailLines])).toEqual([
      ['web-1', false, 5],
      ['web-2', false, 5],
    ]);
  });

  it('goes on with pods that are new, containers that restarted, and after a broken connection where it was', async () => {
    const { kube, pods, streams, pod, deployment, betweenLooks } = setup();
    await deployment('web');
    await pod('web', 'web-1', 'c1');
    const cut = new KubeUnavailableError('cut', details);
    pods.logs.set('web-1/web', [
      [at(1, 'a'), at(2, 'b'), cut],
      [at(2, 'b'), at(3, 'c')],
      [at(4, 'of the next run')],
    ]);
    pods.logs.set('web-2/web', [[at(1, 'new')]]);
    betweenLooks(async (look) => {
      if (look === 3) await pod('web', 'web-1', 'c1', false);
      if (look === 4) await pod('web', 'web-1', 'c1-again', false);
      if (look === 5) await pod('web', 'web-2', 'c2', false);
      if (look === 7) {
        await kube.delete(PODS, { name: 'web-1', namespace });
        await kube.delete(PODS, { name: 'web-2', namespace });
        await kube.delete(DEPLOYMENTS, { name: 'web', namespace });
      }
      await new Promise((resolve) => setImmediate(resolve));
    });
    const frames = await all(streams.logs(lease, { ...once, follow: true, tailLines: 10 }));
    expect(frames.map(({ name, message }) => `${name} ${message}`)).toEqual([
      'web-1 a',
      'web-1 b',
      'web-1 c',
      'web-1 of the next run',
      'web-2 new',
    ]);
    expect(pods.asked[1]).toMatchObject({
      sinceTime: '2026-01-01T00:00:02.000000000Z',
      tailLines: undefined,
    });
  });

  it('of a pod that goes meanwhile is what it gave; a silent cluster is a failure', async () => {
    const { pods, streams, pod } = setup();
    await pod('web', 'web-1', 'c1');
    pods.logs.set('web-1/web', [
      [at(1, 'a'), new KubeNotFoundError('gone', details)],
      [new KubeUnavailableError('cut', details)],
    ]);
    expect(await all(streams.logs(lease, once))).toEqual([{ name: 'web-1', message: 'a' }]);
    const failed = await all(streams.logs(lease, once)).catch((error: unknown) => error);
    expect(isUpstreamUnavailable(failed)).toBe(true);
  });
});

describe('the events of a lease', () => {
  const event = (name: string, about: string, time: string) => ({
    ...{ apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name, namespace } },
    ...{ eventTime: time, reportingController: 'kubelet', reportingInstance: 'n1', action: 'x' },
    ...{ reason: `reason of ${name}`, type: 'Normal' as const, note: `note of ${name}` },
    regarding: { apiVersion: 'v1', kind: 'Pod', name: about, namespace },
  });

  it('come in the order of their time, of the services asked for', async () => {
    const { kube, streams, deployment } = setup();
    await deployment('web');
    await deployment('web-2');
    await kube.create(EVENTS, event('late', 'web-6d4f-x', '2026-01-01T00:00:02.000000Z'));
    await kube.create(EVENTS, event('early', 'web', '2026-01-01T00:00:01.000000Z'));
    await kube.create(EVENTS, event('other', 'web-2-7c-y', '2026-01-01T00:00:01.000000Z'));
    const reasons = async (services: readonly string[] | undefined) =>
      (await all(streams.events(lease, { ...once, services }))).map((frame) => frame.reason);
    expect(await reasons(['web'])).toEqual(['reason of early', 'reason of late']);
    expect(await reasons(['web-2'])).toEqual(['reason of other']);
    expect(await reasons(undefined)).toHaveLength(3);
    expect((await all(streams.events(lease, once))).at(-1)).toEqual({
      ...{ type: 'Normal', reportingController: 'kubelet', reportingInstance: 'n1' },
      ...{ reason: 'reason of late', note: 'note of late' },
      object: { kind: 'Pod', namespace, name: 'web-6d4f-x' },
    });
  });

  it('that come later are told as they come, each once, until the workload is gone', async () => {
    const { kube, streams, deployment } = setup();
    await deployment('web');
    await kube.create(EVENTS, event('first', 'web-a', '2026-01-01T00:00:01.000000Z'));
    const left = new AbortController();
    const seen: string[] = [];
    for await (const { reason } of streams.events(lease, {
      ...{ services: undefined, follow: true, signal: left.signal },
    })) {
      seen.push(reason);
      if (seen.length === 1)
        await kube.create(EVENTS, event('second', 'web-a', '2026-01-01T00:00:02.000000Z'));
      else break;
    }
    expect(seen).toEqual(['reason of first', 'reason of second']);
  });
});
