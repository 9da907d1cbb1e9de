import { describe, expect, it } from '@jest/globals';
import type { KubeEvent } from './core-objects.js';
import { KubeForbiddenError } from './errors.js';
import { cutNote, type Happening } from './event-record.js';
import { EventOverflowError, EventRecorder, type EventRecorderOptions } from './event-recorder.js';
import { EVENTS } from './resources.js';
import { FakeClock, settle } from './testing/fake-clock.js';
import { FakeKube } from './testing/fake-kube.js';

const lease: Happening = {
  regarding: { apiVersion: 'berth.dev/v1alpha1', kind: 'ComputeLease', name: 'abc', uid: 'u1' },
  type: 'Normal',
  reason: 'ManifestReceived',
  action: 'Deploy',
  note: 'the manifest came',
};

interface Scene {
  readonly kube: FakeKube;
  readonly clock: FakeClock;
  readonly recorder: EventRecorder;
  readonly dropped: unknown[];
  readonly events: () => Promise<readonly KubeEvent[]>;
  readonly stop: () => Promise<void>;
}

const setup = (options: Partial<EventRecorderOptions> = {}): Scene => {
  const clock = new FakeClock();
  const kube = new FakeKube();
  const dropped: unknown[] = [];
  let seed = 0;
  const recorder = new EventRecorder({
    api: kube,
    controller: 'berth.dev/operator',
    instance: 'pod-1',
    clock,
    random: () => (seed += 1) / 1_000,
    onDropped: (error) => dropped.push(error),
    ...options,
  });
  const controller = new AbortController();
  const running = recorder.run(controller.signal);
  const stop = async (): Promise<void> => {
    controller.abort();
    await running;
    expect(clock.pending).toBe(0);
  };
  const events = async (): Promise<readonly KubeEvent[]> => (await kube.list(EVENTS)).items;
  return { kube, clock, recorder, dropped, events, stop };
};

describe('EventRecorder', () => {
  it('writes a happening of a cluster-scoped object into the default namespace', async () => {
    const { clock, recorder, events, stop } = setup();
    recorder.record(lease);
    await clock.advance(1_000);
    const [event] = await events();
    expect(event).toMatchObject({
      metadata: { namespace: 'default' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'berth.dev/operator',
      reportingInstance: 'pod-1',
      ...lease,
    });
    expect(event).not.toHaveProperty('series');
    await stop();
  });

  it('counts repeats on one event, and starts another after the window', async () => {
    const { clock, recorder, events, stop } = setup();
    for (let i = 0; i < 5; i += 1) {
      recorder.record(lease);
      await clock.advance(60_000);
    }
    expect((await events()).map((e) => e.series)).toEqual([
      { count: 5, lastObservedTime: '2026-01-01T00:04:00.000000Z' },
    ]);
    await clock.advance(700_000);
    recorder.record(lease);
    await clock.advance(1_000);
    expect(await events()).toHaveLength(2);
    await stop();
  });

  it('keeps happenings apart that differ in object, reason or note', async () => {
    const { clock, recorder, events, stop } = setup();
    recorder.record(lease);
    recorder.record({ ...lease, reason: 'Deployed' });
    recorder.record({ ...lease, note: 'another' });
    recorder.record({ ...lease, regarding: { ...lease.regarding, name: 'def' } });
    await clock.advance(1_000);
    expect(await events()).toHaveLength(4);
    await stop();
  });

  it('combines notes of one object and reason that keep changing', async () => {
    const { clock, recorder, events, stop } = setup();
    for (let i = 0; i < 50; i += 1) recorder.record({ ...lease, note: `try ${i}` });
    await clock.advance(1_000);
    const all = await events();
    expect(all).toHaveLength(11);
    expect(all.find((e) => e.series !== undefined)).toMatchObject({
      note: 'several similar events; the log tells each',
      series: { count: 40 },
    });
    await stop();
  });

  it('waits for an API server that is away, and writes the last words at a stop', async () => {
    const { kube, clock, recorder, dropped, events, stop } = setup();
    const comeBack = kube.goAway();
    recorder.record(lease);
    await clock.advance(30_000);
    expect([recorder.pending, dropped]).toEqual([1, []]);
    comeBack();
    recorder.record({ ...lease, reason: 'Closing' });
    await stop();
    expect((await events()).map((e) => e.reason).sort()).toEqual(['Closing', 'ManifestReceived']);
  });

  it('drops and reports what may not be written, and goes on', async () => {
    const { kube, clock, recorder, dropped, events, stop } = setup();
    const restore = kube.failWith((verb, resource) => {
      throw new KubeForbiddenError('no', {
        target: { verb, resource },
        status: 403,
        reason: 'Forbidden',
      });
    });
    recorder.record(lease);
    await clock.advance(1_000);
    restore();
    expect(dropped[0]).toBeInstanceOf(KubeForbiddenError);
    recorder.record({ ...lease, reason: 'Other' });
    await clock.advance(1_000);
    expect((await events()).map((e) => e.reason)).toEqual(['Other']);
    await stop();
  });

  it('holds a bounded number of unwritten events', async () => {
    const { kube, clock, recorder, dropped, stop } = setup({ capacity: 2 });
    kube.goAway();
    await settle();
    for (const name of ['a', 'b', 'c'])
      recorder.record({ ...lease, regarding: { ...lease.regarding, name } });
    expect(recorder.pending).toBe(2);
    expect(dropped[0]).toBeInstanceOf(EventOverflowError);
    await clock.advance(1_000);
    await stop();
  });

  it('forgets the oldest written event when its memory is full', async () => {
    const { clock, recorder, dropped, events, stop } = setup({ capacity: 2 });
    for (const name of ['a', 'b', 'c', 'a']) {
      recorder.record({ ...lease, regarding: { ...lease.regarding, name } });
      await clock.advance(1_000);
    }
    expect((await events()).map((e) => e.regarding.name).sort()).toEqual(['a', 'a', 'b', 'c']);
    expect(dropped).toEqual([]);
    await stop();
  });

  it('cuts a note to 1 kB without breaking a character', () => {
    const note = cutNote('ü'.repeat(2_000));
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1_024);
    expect(note).toMatch(/^ü+…$/);
    expect(cutNote('short')).toBe('short');
  });
});
