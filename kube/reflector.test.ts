import { describe, expect, it } from '@jest/globals';
import { aConfigMap } from '../test/contract/kube/objects.js';
import type { KubeApi, ListOptions, WatchEvent, WatchOptions } from './api.js';
import type { ConfigMap } from './core-objects.js';
import { isKubeExpired, isKubeUnavailable, KubeUnavailableError } from './errors.js';
import { QuietWatchError, Reflector, type ReflectorOptions } from './reflector.js';
import { CONFIG_MAPS } from './resources.js';
import { FakeClock, settle } from './testing/fake-clock.js';
import { FakeKube } from './testing/fake-kube.js';

type Options = Partial<ReflectorOptions<ConfigMap, string>>;

interface Scene {
  readonly kube: FakeKube;
  readonly clock: FakeClock;
  readonly errors: unknown[];
  readonly reflector: Reflector<ConfigMap, string>;
  readonly stop: () => Promise<void>;
}

const setup = (options: Options = {}): Scene => {
  const clock = new FakeClock();
  const kube = new FakeKube(() => clock.now());
  const errors: unknown[] = [];
  const reflector = new Reflector<ConfigMap, string>({
    api: kube,
    resource: CONFIG_MAPS,
    project: (map) => map.data?.['v'],
    clock,
    random: () => 0.5,
    onError: (error) => errors.push(error),
    ...options,
  });
  const controller = new AbortController();
  const running = reflector.run(controller.signal);
  const stop = async (): Promise<void> => {
    controller.abort();
    await running;
    expect(clock.pending).toBe(0);
  };
  return { kube, clock, errors, reflector, stop };
};

const put = (kube: FakeKube, name: string, v: string): Promise<ConfigMap> =>
  kube.apply(CONFIG_MAPS, aConfigMap(name, { v }));
const contents = (reflector: Reflector<ConfigMap, string>): Record<string, string | undefined> =>
  Object.fromEntries(reflector.store.keys().map((k) => [k, reflector.store.get(k)]));

describe('Reflector', () => {
  it('holds what was listed and follows additions, changes and deletions', async () => {
    const { kube, reflector, stop } = setup();
    const changes: unknown[] = [];
    reflector.store.subscribe((change) => changes.push(change));
    expect(reflector.store.synced).toBe(false);
    await put(kube, 'a', '1');
    await reflector.whenSynced(new AbortController().signal);
    await put(kube, 'b', '1');
    await put(kube, 'a', '2');
    await kube.delete(CONFIG_MAPS, { name: 'b', namespace: 'default' });
    await settle();
    expect(contents(reflector)).toEqual({ 'default/a': '2' });
    expect(changes.slice(-3)).toEqual([
      { key: 'default/b', before: undefined, after: '1' },
      { key: 'default/a', before: '1', after: '2' },
      { key: 'default/b', before: '1', after: undefined },
    ]);
    await stop();
  });

  it('leaves out what the projection leaves out, also when an object becomes so', async () => {
    const { kube, reflector, stop } = setup();
    await put(kube, 'a', '1');
    await kube.apply(CONFIG_MAPS, aConfigMap('no-value'));
    await settle();
    expect(contents(reflector)).toEqual({ 'default/a': '1' });
    await kube.apply(CONFIG_MAPS, aConfigMap('a'));
    await settle();
    expect(contents(reflector)).toEqual({});
    await stop();
  });

  it('keeps its store through an outage, catches up afterwards without a new listing, and its age tells how long', async () => {
    const { kube, clock, errors, reflector, stop } = setup();
    await put(kube, 'a', '1');
    await settle();
    const comeBack = kube.goAway();
    await clock.advance(60_000);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every(isKubeUnavailable)).toBe(true);
    expect(contents(reflector)).toEqual({ 'default/a': '1' });
    expect(reflector.lastEventAgeMs()).toBeGreaterThanOrEqual(60_000);
    comeBack();
    await put(kube, 'a', '2');
    await kube.delete(CONFIG_MAPS, { name: 'a', namespace: 'default' });
    await put(kube, 'c', '1');
    await clock.advance(30_000);
    expect(contents(reflector)).toEqual({ 'default/c': '1' });
    expect(reflector.lastEventAgeMs()).toBeLessThan(60_000);
    await stop();
  });

  it('lists again when its version has expired, and tells only of what differs', async () => {
    const { kube, clock, errors, reflector, stop } = setup();
    await put(kube, 'same', '1');
    await put(kube, 'gone', '1');
    await settle();
    const keys: string[] = [];
    reflector.store.subscribe(({ key }) => keys.push(key));
    const comeBack = kube.goAway();
    await settle();
    comeBack();
    await kube.delete(CONFIG_MAPS, { name: 'gone', namespace: 'default' });
    await put(kube, 'new', '1');
    kube.compact();
    await clock.advance(5_000);
    expect(errors.some(isKubeExpired)).toBe(true);
    expect(contents(reflector)).toEqual({ 'default/same': '1', 'default/new': '1' });
    expect(keys.sort()).toEqual(['default/gone', 'default/new']);
    expect(reflector.stats.lists).toBe(2);
    await stop();
  });

  it('retries a listing that fails, slower each time, up to half a minute', async () => {
    const clock = new FakeClock();
    const kube = new FakeKube();
    const asked: number[] = [];
    kube.failWith((verb, resource) => {
      asked.push(clock.monotonic());
      throw new KubeUnavailableError('down', {
        target: { verb, resource },
        status: 503,
        reason: '',
      });
    });
    const { stop } = setup({ api: kube, clock });
    await clock.advance(300_000);
    await stop();
    const pauses = asked.slice(1).map((at, i) => at - (asked[i] ?? 0));
    expect(pauses.slice(0, 4)).toEqual([187.5, 375, 750, 1500]);
    expect(pauses.at(-1)).toBe(22_500);
  });

  it('slows down also when each listing takes long to fail', async () => {
    const clock = new FakeClock();
    const asked: number[] = [];
    const api: Pick<KubeApi, 'pages' | 'watch'> = {
      pages: async function* () {
        asked.push(clock.monotonic());
        await clock.sleep(30_000, new AbortController().signal);
        yield* [];
        throw new Error('timed out');
      },
      watch: (resource, options) => new FakeKube().watch(resource, options),
    };
    const { stop } = setup({ api, clock });
    await clock.advance(600_000);
    const stopping = stop();
    await clock.advance(30_000);
    await stopping;
    const pauses = asked.slice(1).map((at, i) => at - (asked[i] ?? 0) - 30_000);
    expect(pauses.slice(0, 3)).toEqual([187.5, 375, 750]);
  });

  it('waits as long as Retry-After says', async () => {
    const clock = new FakeClock();
    const kube = new FakeKube();
    let asked = 0;
    kube.failWith((verb, resource) => {
      asked += 1;
      const details = { target: { verb, resource }, status: 429, reason: '', retryAfterMs: 7_000 };
      throw new KubeUnavailableError('slow down', details);
    });
    const { stop } = setup({ api: kube, clock });
    await clock.advance(6_999);
    expect(asked).toBe(1);
    await clock.advance(1);
    expect(asked).toBe(2);
    await stop();
  });

  it('gives up a watch that has gone quiet and watches anew', async () => {
    const { kube, clock, errors, reflector, stop } = setup({ quietMs: 10_000 });
    await settle();
    await clock.advance(9_000);
    await put(kube, 'a', '1');
    await clock.advance(9_999);
    expect(errors).toEqual([]);
    await clock.advance(1);
    expect(errors[0]).toBeInstanceOf(QuietWatchError);
    await clock.advance(1_000);
    expect(reflector.stats.watches).toBe(2);
    await put(kube, 'a', '2');
    await settle();
    expect(reflector.store.get('default/a')).toBe('2');
    await stop();
  });

  it('goes on from a bookmark, and does not spin when every watch ends at once', async () => {
    const versions: string[] = [];
    const fake = new FakeKube();
    const api: Pick<KubeApi, 'pages' | 'watch'> = {
      pages: (resource, options?: ListOptions) => fake.pages(resource, options),
      watch: async function* <T>(
        _resource: unknown,
        options: WatchOptions,
      ): AsyncGenerator<WatchEvent<T>> {
        versions.push(options.resourceVersion);
        if (versions.length === 1) yield { type: 'BOOKMARK', resourceVersion: '77' };
      },
    };
    const { clock, stop } = setup({ api });
    await clock.advance(1_000);
    expect(versions.slice(0, 2)).toEqual(['0', '77']);
    expect(versions.length).toBeLessThan(8);
    await stop();
  });

  it('lists again when watching keeps failing: a restored etcd counts backwards', async () => {
    const { kube, clock, reflector, stop } = setup();
    await settle();
    const restore = kube.failWith((verb, resource) => {
      if (verb !== 'watch') return;
      throw new KubeUnavailableError('too large', {
        target: { verb, resource },
        status: 504,
        reason: '',
      });
    });
    await put(kube, 'x', '1');
    await clock.advance(60_000);
    expect(reflector.stats.lists).toBeGreaterThan(1);
    restore();
    await clock.advance(60_000);
    expect(contents(reflector)).toEqual({ 'default/x': '1' });
    await stop();
  });

  it('a subscriber that throws is reported and stops nothing', async () => {
    const { kube, errors, reflector, stop } = setup();
    await settle();
    const heard: string[] = [];
    reflector.store.subscribe(() => {
      throw new Error('bug');
    });
    reflector.store.subscribe(({ key }) => heard.push(key));
    await put(kube, 'a', '1');
    await put(kube, 'b', '1');
    await settle();
    expect(heard).toEqual(['default/a', 'default/b']);
    expect(errors.map(String)).toEqual(['Error: bug', 'Error: bug']);
    await stop();
  });

  it('whenSynced rejects when it is no more waited for', async () => {
    const clock = new FakeClock();
    const kube = new FakeKube();
    kube.goAway();
    const { reflector, stop } = setup({ api: kube, clock });
    const waiting = reflector.whenSynced(AbortSignal.abort(new Error('too late')));
    await expect(waiting).rejects.toThrow('too late');
    await stop();
  });
});
