/** What every KubeApi does, the one over HTTP on a real API server and the fake alike. */
import { describe, expect, it } from '@jest/globals';
import { setCondition } from '../../../crds/conditions.js';
import { API_VERSION } from '../../../crds/constants.js';
import type { Bid, BidStatus } from '../../../crds/generated/types.js';
import type { AppliedStatus, KubeApi, WatchEvent } from '../../../kube/api.js';
import type { ConfigMap } from '../../../kube/core-objects.js';
import {
  isKubeAlreadyExists,
  isKubeConflict,
  isKubeExpired,
  isKubeNotFound,
  type KubeError,
} from '../../../kube/errors.js';
import { BIDS, COMPUTE_PROVIDERS, CONFIG_MAPS, SECRETS } from '../../../kube/resources.js';
import { aBid, aConfigMap, aProvider } from './objects.js';

export interface ContractPeer {
  readonly api: () => KubeApi;
  /** Forgets the history, where a test can make the peer do so: watching from version 1 is impossible then. */
  readonly forgetHistory?: () => void;
}

const NOW = '2026-01-01T00:00:00Z';
const ready = { type: 'Ready', status: 'True', reason: 'Ok', message: 'ok' } as const;
const statusOf = (name: string, status: BidStatus): AppliedStatus<Bid> => ({
  apiVersion: API_VERSION,
  kind: 'Bid',
  metadata: { name },
  status,
});

const failure = async (work: Promise<unknown>): Promise<KubeError> => {
  try {
    await work;
  } catch (error) {
    return error as KubeError;
  }
  throw new Error('expected a failure');
};

/** The next `count` events that are no bookmarks, then the watch is left. */
const take = async (
  events: AsyncIterable<WatchEvent<ConfigMap>>,
  count: number,
): Promise<readonly (readonly [string, string])[]> => {
  const taken: [string, string][] = [];
  for await (const event of events) {
    if (event.type === 'BOOKMARK') continue;
    taken.push([event.type, event.object.metadata.name]);
    if (taken.length === count) break;
  }
  return taken;
};

export const describeKubeApi = (peerName: string, peer: ContractPeer): void => {
  let names = 0;
  const fresh = (): string => `contract-${(names += 1)}`;

  describe(`KubeApi: ${peerName}`, () => {
    it('an absent object is undefined, and deleting it is false', async () => {
      const name = fresh();
      expect(await peer.api().get(BIDS, { name })).toBeUndefined();
      expect(await peer.api().get(CONFIG_MAPS, { name, namespace: 'default' })).toBeUndefined();
      expect(await peer.api().delete(BIDS, { name })).toBe(false);
    });

    it('apply creates with uid, generation 1 and a creation time, and repeating it changes nothing', async () => {
      const wanted = aBid(fresh());
      const first = await peer.api().apply(BIDS, wanted);
      expect(first.metadata).toMatchObject({ name: wanted.metadata.name, generation: 1 });
      expect(first.metadata.uid).toBeTruthy();
      expect(Date.parse(first.metadata.creationTimestamp ?? '')).not.toBeNaN();
      expect('managedFields' in first.metadata).toBe(false);
      expect(first.spec).toEqual(wanted.spec);
      expect(await peer.api().apply(BIDS, wanted)).toEqual(first);
      expect(await peer.api().get(BIDS, { name: wanted.metadata.name })).toEqual(first);
    });

    it('the defaults of our kinds are filled in', async () => {
      const { spec } = await peer.api().apply(COMPUTE_PROVIDERS, aProvider(fresh()));
      expect(spec.bidding).toEqual({
        paused: false,
        deposit: '500000uakt',
        timeoutSeconds: 300,
        maxPendingPercentPerOwner: 50,
      });
      expect(spec.leases.withdrawalPeriodSeconds).toBe(604_800);
      expect(spec.budgets).toEqual({ reserveUakt: '0', warnHours: 12 });
      expect(spec.record).toEqual({
        ...{ mode: 'Apply', quietSeconds: 300, dropAfterSeconds: 86_400, updatesPerDay: 6 },
      });
      expect(spec.chain.endpoints).toEqual([{ url: 'http://127.0.0.1:26657', trusted: false }]);
      expect(spec.attributes).toEqual([]);
      expect(spec.ingress.staticHosts).toBe(true);
    });

    it('a field that is applied no more goes; that of another manager stays', async () => {
      const name = fresh();
      const api = peer.api();
      await api.apply(CONFIG_MAPS, aConfigMap(name, { a: '1', b: '2' }));
      await api.apply(CONFIG_MAPS, aConfigMap(name, { c: '3' }), { fieldManager: 'someone-else' });
      const after = await api.apply(CONFIG_MAPS, aConfigMap(name, { b: '9' }));
      expect(after.data).toEqual({ b: '9', c: '3' });
    });

    it('a field that two managers applied goes when both let go of it', async () => {
      const name = fresh();
      const api = peer.api();
      await api.apply(CONFIG_MAPS, aConfigMap(name, { a: '1', b: '2' }));
      await api.apply(CONFIG_MAPS, aConfigMap(name, { a: '1' }), { fieldManager: 'someone-else' });
      const one = await api.apply(CONFIG_MAPS, aConfigMap(name, { b: '2' }));
      expect(one.data).toEqual({ a: '1', b: '2' });
      const two = await api.apply(CONFIG_MAPS, aConfigMap(name, {}), {
        fieldManager: 'someone-else',
      });
      expect(two.data).toEqual({ b: '2' });
    });

    it('what create or replace wrote is not dropped by a later apply', async () => {
      const name = fresh();
      const api = peer.api();
      const made = await api.create(CONFIG_MAPS, aConfigMap(name, { a: '1' }));
      await api.replace(CONFIG_MAPS, { ...made, data: { a: '1', b: '2' } });
      const after = await api.apply(CONFIG_MAPS, aConfigMap(name, { c: '3' }));
      expect(after.data).toEqual({ a: '1', b: '2', c: '3' });
    });

    it('labels come and go with apply', async () => {
      const name = fresh();
      await peer.api().apply(CONFIG_MAPS, aConfigMap(name, {}, { x: '1', y: '1' }));
      const { metadata } = await peer.api().apply(CONFIG_MAPS, aConfigMap(name, {}, { y: '2' }));
      expect(metadata.labels).toEqual({ y: '2' });
    });

    it('status and spec are written apart: neither touches the other, only the spec counts generations', async () => {
      const wanted = aProvider(fresh());
      const { name } = wanted.metadata;
      const api = peer.api();
      await api.apply(COMPUTE_PROVIDERS, wanted);
      const leases = { active: 3 };
      const withStatus = await api.applyStatus(COMPUTE_PROVIDERS, {
        apiVersion: API_VERSION,
        kind: 'ComputeProvider',
        metadata: { name },
        status: { leases },
      });
      expect(withStatus?.metadata.generation).toBe(1);
      expect(withStatus?.status).toEqual({ leases });
      const changed = aProvider(name, { domain: 'other.example.com' });
      const after = await api.apply(COMPUTE_PROVIDERS, changed);
      expect(after.metadata.generation).toBe(2);
      expect(after.status).toEqual({ leases });
      expect(after.spec.domain).toBe('other.example.com');
    });

    it('a status field that is applied no more goes', async () => {
      const name = fresh();
      const api = peer.api();
      await api.apply(BIDS, aBid(name));
      await api.applyStatus(
        BIDS,
        statusOf(name, { state: 'Lost', reason: 'Outbid', message: 'x' }),
      );
      const after = await api.applyStatus(BIDS, statusOf(name, { state: 'Open' }));
      expect(after?.status).toEqual({ state: 'Open' });
    });

    it('conditions of two managers live side by side, by type', async () => {
      const name = fresh();
      const api = peer.api();
      await api.apply(BIDS, aBid(name));
      const mine = setCondition([], ready, 1, NOW);
      const theirs = setCondition([], { ...ready, type: 'Other' }, 1, NOW);
      await api.applyStatus(BIDS, statusOf(name, { state: 'Open', conditions: mine }));
      await api.applyStatus(BIDS, statusOf(name, { state: 'Open', conditions: theirs }), {
        fieldManager: 'someone-else',
      });
      const changed = setCondition(mine, { ...ready, status: 'False' }, 1, '2026-01-01T00:01:00Z');
      const after = await api.applyStatus(
        BIDS,
        statusOf(name, { state: 'Open', conditions: changed }),
      );
      expect(after?.status?.conditions?.map((c) => [c.type, c.status])).toEqual([
        ['Ready', 'False'],
        ['Other', 'True'],
      ]);
    });

    it('the status of an object that is gone is undefined, and does not bring it back', async () => {
      const name = fresh();
      expect(await peer.api().applyStatus(BIDS, statusOf(name, { state: 'Open' }))).toBeUndefined();
      expect(await peer.api().get(BIDS, { name })).toBeUndefined();
    });

    it('a dry run gives the result and stores nothing', async () => {
      const name = fresh();
      const shown = await peer.api().apply(BIDS, aBid(name), { dryRun: true });
      expect(shown.spec.provider).toBe(aBid(name).spec.provider);
      expect(await peer.api().get(BIDS, { name })).toBeUndefined();
    });

    it('apply with the uid of another object conflicts instead of creating', async () => {
      const name = fresh();
      const wanted = aBid(name);
      const { metadata } = await peer.api().apply(BIDS, wanted);
      const bound = { ...wanted, metadata: { name, uid: metadata.uid ?? '' } };
      expect((await peer.api().apply(BIDS, bound)).metadata.uid).toBe(metadata.uid);
      await peer.api().delete(BIDS, { name });
      expect(isKubeConflict(await failure(peer.api().apply(BIDS, bound)))).toBe(true);
      expect(await peer.api().get(BIDS, { name })).toBeUndefined();
    });

    it('create refuses what is there', async () => {
      const map = aConfigMap(fresh(), { a: '1' });
      expect((await peer.api().create(CONFIG_MAPS, map)).data).toEqual({ a: '1' });
      const error = await failure(peer.api().create(CONFIG_MAPS, map));
      expect(isKubeAlreadyExists(error)).toBe(true);
      expect(error.message).toContain(`create configmaps default/${map.metadata.name}`);
    });

    it('replace takes the version it was read at, refuses an older one, and needs the object to be there', async () => {
      const map = aConfigMap(fresh(), { a: '1' });
      const api = peer.api();
      const first = await api.create(CONFIG_MAPS, map);
      const second = await api.replace(CONFIG_MAPS, { ...first, data: { a: '2' } });
      expect(second.data).toEqual({ a: '2' });
      expect(second.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion);
      expect(isKubeConflict(await failure(api.replace(CONFIG_MAPS, { ...first, data: {} })))).toBe(
        true,
      );
      await api.delete(CONFIG_MAPS, { name: map.metadata.name, namespace: 'default' });
      expect(isKubeNotFound(await failure(api.replace(CONFIG_MAPS, map)))).toBe(true);
    });

    it('delete holds its preconditions', async () => {
      const name = fresh();
      const api = peer.api();
      const { metadata } = await api.apply(BIDS, aBid(name));
      const foreign = '00000000-0000-0000-0000-000000000000';
      expect(isKubeConflict(await failure(api.delete(BIDS, { name }, { uid: foreign })))).toBe(
        true,
      );
      expect(await api.delete(BIDS, { name }, { uid: metadata.uid })).toBe(true);
      expect(await api.get(BIDS, { name })).toBeUndefined();
    });

    it('an object with a finalizer lingers, marked as deleted, until the finalizer is let go', async () => {
      const name = fresh();
      const api = peer.api();
      const held = { ...aBid(name), metadata: { name, finalizers: ['berth.dev/test'] } };
      await api.apply(BIDS, held);
      expect(await api.delete(BIDS, { name })).toBe(true);
      const lingering = await api.get(BIDS, { name });
      expect(lingering?.metadata.deletionTimestamp).toBeTruthy();
      expect(lingering?.metadata.finalizers).toEqual(['berth.dev/test']);
      await api.apply(BIDS, aBid(name));
      expect(await api.get(BIDS, { name })).toBeUndefined();
    });

    it('lists in pages of one version, by labels and fields', async () => {
      const api = peer.api();
      const label = fresh();
      const mapNames = [fresh(), fresh(), fresh()].sort();
      for (const name of mapNames)
        await api.apply(CONFIG_MAPS, aConfigMap(name, {}, { set: label }));
      const sizes: number[] = [];
      const versions = new Set<string>();
      const options = { namespace: 'default', labelSelector: `set=${label}`, pageSize: 2 };
      for await (const page of api.pages(CONFIG_MAPS, options)) {
        sizes.push(page.items.length);
        versions.add(page.resourceVersion);
      }
      expect(sizes).toEqual([2, 1]);
      expect(versions.size).toBe(1);
      const all = await api.list(CONFIG_MAPS, options);
      expect(all.items.map((m) => m.metadata.name)).toEqual(mapNames);
      expect(all.items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
      const one = await api.list(CONFIG_MAPS, {
        fieldSelector: `metadata.name=${mapNames[1] ?? ''}`,
      });
      expect(one.items.map((m) => m.metadata.name)).toEqual([mapNames[1]]);
    });

    it('lists what carries a label across kinds, metadata only', async () => {
      const api = peer.api();
      const label = fresh();
      await api.apply(CONFIG_MAPS, aConfigMap(label, { a: '1' }, { set: label }));
      await api.apply(BIDS, { ...aBid(label), metadata: { name: label, labels: { set: label } } });
      const found = await api.listLabelled([CONFIG_MAPS, SECRETS, BIDS], { set: label });
      expect(found.map((o) => [o.apiVersion, o.kind, o.metadata.name])).toEqual([
        ['v1', 'ConfigMap', label],
        [API_VERSION, 'Bid', label],
      ]);
      expect(found.some((o) => 'data' in o || 'spec' in o)).toBe(false);
    });

    it('watches what changes after a listing, in order', async () => {
      const api = peer.api();
      const name = fresh();
      const query = { namespace: 'default', labelSelector: `set=${name}` };
      const { resourceVersion } = await api.list(CONFIG_MAPS, query);
      await api.apply(CONFIG_MAPS, aConfigMap(name, { a: '1' }, { set: name }));
      await api.apply(CONFIG_MAPS, aConfigMap(name, { a: '2' }, { set: name }));
      await api.apply(CONFIG_MAPS, aConfigMap(`${name}-other`));
      await api.delete(CONFIG_MAPS, { name, namespace: 'default' });
      const events = api.watch(CONFIG_MAPS, { ...query, resourceVersion, timeoutSeconds: 20 });
      expect(await take(events, 3)).toEqual([
        ['ADDED', name],
        ['MODIFIED', name],
        ['DELETED', name],
      ]);
    });

    it('tells a watch of an object that leaves its selection that it is gone', async () => {
      const api = peer.api();
      const name = fresh();
      await api.apply(CONFIG_MAPS, aConfigMap(name, {}, { set: name }));
      const query = { namespace: 'default', labelSelector: `set=${name}` };
      const { resourceVersion } = await api.list(CONFIG_MAPS, query);
      await api.apply(CONFIG_MAPS, aConfigMap(name, {}, { set: 'no-more' }));
      await api.apply(CONFIG_MAPS, aConfigMap(name, {}, { set: name }));
      const events = api.watch(CONFIG_MAPS, { ...query, resourceVersion, timeoutSeconds: 20 });
      expect(await take(events, 2)).toEqual([
        ['DELETED', name],
        ['ADDED', name],
      ]);
    });

    it('a watch that waits ends with the reason of its signal', async () => {
      const api = peer.api();
      const { resourceVersion } = await api.list(CONFIG_MAPS, { namespace: 'default' });
      const stop = new AbortController();
      const options = { namespace: 'default', resourceVersion, timeoutSeconds: 60 };
      const waiting = take(api.watch(CONFIG_MAPS, { ...options, signal: stop.signal }), 1);
      stop.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
    });

    const { forgetHistory } = peer;
    if (forgetHistory !== undefined) {
      it('a watch from a version that is too old says so', async () => {
        forgetHistory();
        const options = { resourceVersion: '1', timeoutSeconds: 5 };
        const error = await failure(take(peer.api().watch(CONFIG_MAPS, options), 1));
        expect(isKubeExpired(error)).toBe(true);
      });
    }

    it('an aborted signal refuses the request', async () => {
      const signal = AbortSignal.abort(new Error('no more'));
      await expect(peer.api().list(BIDS, { signal })).rejects.toThrow('no more');
    });
  });
};
