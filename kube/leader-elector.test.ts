import { describe, expect, it } from '@jest/globals';
import type { KubeApi } from './api.js';
import { LeaderElector, type LeaderElectorOptions, LeadershipLostError } from './leader-elector.js';
import { COORDINATION_LEASES } from './resources.js';
import { FakeClock, settle } from './testing/fake-clock.js';
import { FakeKube } from './testing/fake-kube.js';

const REF = { namespace: 'berth-system', name: 'berth-operator' };

interface Candidate {
  readonly log: string[];
  readonly errors: unknown[];
  readonly elector: LeaderElector;
  readonly stop: () => Promise<void>;
}

const candidate = (
  identity: string,
  api: Pick<KubeApi, 'get' | 'create' | 'replace'>,
  clock: FakeClock,
  options: Partial<LeaderElectorOptions> = {},
): Candidate => {
  const log: string[] = [];
  const errors: unknown[] = [];
  const elector = new LeaderElector({
    api,
    ...REF,
    identity,
    clock,
    random: () => 0,
    onElected: (token) => log.push(`elected ${token}`),
    onLost: (why) => log.push(`lost: ${why.message}`),
    onError: (error) => errors.push(error),
    ...options,
  });
  const controller = new AbortController();
  const running = elector.run(controller.signal);
  const stop = async (): Promise<void> => {
    controller.abort();
    await running;
  };
  return { log, errors, elector, stop };
};

describe('LeaderElector', () => {
  it('the first candidate leads, the second waits; on a stop the second takes over at once with a higher token', async () => {
    const clock = new FakeClock();
    const kube = new FakeKube();
    const one = candidate('one', kube, clock);
    await settle();
    const two = candidate('two', kube, clock);
    await clock.advance(60_000);
    expect([one.log, two.log]).toEqual([['elected 0'], []]);
    expect([one.elector.token, two.elector.token]).toEqual([0, undefined]);
    await one.stop();
    expect(one.elector.token).toBeUndefined();
    await clock.advance(2_000);
    expect(two.log).toEqual(['elected 1']);
    const lease = await kube.get(COORDINATION_LEASES, REF);
    expect(lease?.spec).toMatchObject({ holderIdentity: 'two', leaseTransitions: 1 });
    expect(lease?.spec?.renewTime).toMatch(/\.\d{6}Z$/);
    await two.stop();
    expect(clock.pending).toBe(0);
  });

  it('a leader that vanishes is followed only after a whole lease duration of silence', async () => {
    const clock = new FakeClock();
    const kube = new FakeKube();
    const one = candidate('one', kube, clock);
    await settle();
    // Its record stays as a killed process leaves it: a copy in another server that nobody renews.
    const lease = await kube.get(COORDINATION_LEASES, REF);
    await one.stop();
    const left = new FakeKube();
    if (lease !== undefined) await left.create(COORDINATION_LEASES, { ...lease, metadata: REF });
    const two = candidate('two', left, clock);
    await clock.advance(14_000);
    expect(two.log).toEqual([]);
    await clock.advance(3_000);
    expect(two.log).toEqual(['elected 1']);
    await two.stop();
  });

  it('a restart under the same name leads at once, with a higher token', async () => {
    const clock = new FakeClock();
    const kube = new FakeKube();
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: REF,
      spec: { holderIdentity: 'one', leaseDurationSeconds: 15, leaseTransitions: 4 },
    };
    await kube.create(COORDINATION_LEASES, lease);
    const one = candidate('one', kube, clock);
    await settle();
    expect(one.log).toEqual(['elected 5']);
    await one.stop();
  });

  it('gives up leading when the API server is away for longer than the renew deadline, before another may lead', async () => {
    const clock = new FakeClock();
    const kube = new FakeKube();
    const one = candidate('one', kube, clock);
    await clock.advance(3_000);
    kube.goAway();
    await clock.advance(8_000);
    expect(one.log).toEqual(['elected 0']);
    await clock.advance(4_000);
    expect(one.log).toEqual(['elected 0', 'lost: not renewed in 10 s']);
    expect(one.elector.token).toBeUndefined();
    await one.stop();
    expect(clock.pending).toBe(0);
  });

  it('a short outage is nothing', async () => {
    const clock = new FakeClock();
    const kube = new FakeKube();
    const one = candidate('one', kube, clock);
    await clock.advance(3_000);
    const comeBack = kube.goAway();
    await clock.advance(6_000);
    comeBack();
    await clock.advance(30_000);
    expect(one.log).toEqual(['elected 0']);
    expect(one.errors.length).toBeGreaterThan(0);
    expect(one.elector.token).toBe(0);
    await one.stop();
  });

  it('a renewal that hangs does not outlive the deadline', async () => {
    const clock = new FakeClock();
    const kube = new FakeKube();
    let hang = false;
    const one = candidate(
      'one',
      {
        get: (r, ref, o) => kube.get(r, ref, o),
        create: (r, object, o) => kube.create(r, object, o),
        replace: (r, object, o) =>
          hang
            ? new Promise((_, reject) => {
                o?.signal?.addEventListener('abort', () => reject(o.signal?.reason as Error));
              })
            : kube.replace(r, object, o),
      },
      clock,
    );
    await clock.advance(3_000);
    hang = true;
    await clock.advance(12_000);
    expect(one.log).toEqual(['elected 0', 'lost: not renewed in 10 s']);
    expect(one.errors[0]).toBeInstanceOf(LeadershipLostError);
    hang = false;
    await one.stop();
    expect(clock.pending).toBe(0);
  });

  it('is lost when someone else took the Lease, but not when someone labelled it', async () => {
    const clock = new FakeClock();
    const kube = new FakeKube();
    const one = candidate('one', kube, clock);
    await clock.advance(3_000);
    const label = async (): Promise<void> => {
      const lease = await kube.get(COORDINATION_LEASES, REF);
      if (lease !== undefined)
        await kube.replace(COORDINATION_LEASES, {
          ...lease,
          metadata: { ...lease.metadata, labels: { a: 'b' } },
        });
    };
    await label();
    await clock.advance(10_000);
    expect(one.log).toEqual(['elected 0']);
    const lease = await kube.get(COORDINATION_LEASES, REF);
    if (lease !== undefined)
      await kube.replace(COORDINATION_LEASES, {
        ...lease,
        spec: { ...lease.spec, holderIdentity: 'thief' },
      });
    await clock.advance(3_000);
    expect(one.log).toEqual(['elected 0', 'lost: another candidate holds the Lease']);
    await one.stop();
  });

  it('an answer that comes too late is no leadership yet; the next renewal is', async () => {
    const clock = new FakeClock();
    const kube = new FakeKube();
    let slow = true;
    const one = candidate(
      'one',
      {
        get: (r, ref, o) => kube.get(r, ref, o),
        create: async (r, object, o) => {
          const made = await kube.create(r, object, o);
          if (slow) await clock.sleep(11_000, new AbortController().signal);
          slow = false;
          return made;
        },
        replace: (r, object, o) => kube.replace(r, object, o),
      },
      clock,
    );
    await clock.advance(11_500);
    expect(one.log).toEqual([]);
    await clock.advance(2_000);
    expect(one.log).toEqual(['elected 0']);
    await one.stop();
    expect((await kube.get(COORDINATION_LEASES, REF))?.spec?.holderIdentity).toBe('');
  });

  it('two candidates that race for a Lease that is not there: exactly one leads', async () => {
    const clock = new FakeClock();
    const kube = new FakeKube();
    const both = [candidate('one', kube, clock), candidate('two', kube, clock)];
    await clock.advance(30_000);
    expect(both.filter((c) => c.elector.token !== undefined)).toHaveLength(1);
    expect(both.flatMap((c) => c.log)).toEqual(['elected 0']);
    for (const c of both) await c.stop();
    expect(clock.pending).toBe(0);
  });

  it('refuses times that are not in falling order', () => {
    const make = (): unknown =>
      candidate('x', new FakeKube(), new FakeClock(), { renewDeadlineMs: 20_000 });
    expect(make).toThrow(RangeError);
  });
});
