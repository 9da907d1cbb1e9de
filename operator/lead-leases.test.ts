import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { findCondition } from '../crds/conditions.js';
import { FINALIZERS } from '../crds/constants.js';
import { KubeConflictError, KubeInvalidError } from '../kube/errors.js';
import {
  BIDS,
  COMPUTE_LEASES,
  DEPLOYMENTS,
  INGRESSES,
  NAMESPACES,
  SECRETS,
} from '../kube/resources.js';
import { leaseNamespace } from '../manifests/names.js';
import { formatBidId } from '../market/ids.js';
import type { BidId } from '../market/ids.js';
import {
  aRunningLease,
  aWonLease,
  deploymentOf,
  leaseObject,
  SERVICE,
} from './testing/running-lease.js';
import { closeDeployment, sendManifest } from './testing/tenant.js';
import { createWorld, NAMESPACE } from './testing/world.js';
import type { World, WorldOptions } from './testing/world.js';

jest.setTimeout(30_000);

let world: World;
const given = async (options: WorldOptions = {}): Promise<World> => {
  world = await createWorld(options);
  world.start();
  return world;
};
afterEach(async () => world.close());

const blocksPass = async (count: bigint): Promise<void> => {
  const height = world.chain.height;
  await world.until(`${count} blocks`, () => world.chain.height > height + count);
};
const chainLease = (id: BidId) => world.chain.market.leases.get(formatBidId(id));
const reasonOf = async (id: BidId, type: string): Promise<string | undefined> =>
  findCondition((await leaseObject(world, id))?.status?.conditions, type)?.reason;
const gone = (id: BidId): Promise<unknown> =>
  world.until('all gone', async () => (await leaseObject(world, id)) === undefined);
const dropComputeLease = async (name: string): Promise<void> => {
  const object = await world.kube.get(COMPUTE_LEASES, { name });
  if (object === undefined) return;
  await world.kube.delete(COMPUTE_LEASES, { name });
  const going = await world.kube.get(COMPUTE_LEASES, { name });
  if (going !== undefined)
    await world.kube.replace(COMPUTE_LEASES, {
      ...going,
      metadata: { ...going.metadata, finalizers: [] },
    });
};

describe('a running lease is never closed for want of a manifest', () => {
  // Thirty blocks of a second each.
  const options = { leases: { manifestTimeoutSeconds: 30 } };

  it('when a hand deletes the Secret that holds it', async () => {
    await given(options);
    const id = await aRunningLease(world);
    await world.kube.delete(SECRETS, { name: leaseNamespace(id), namespace: NAMESPACE });
    await world.until(
      'the reason',
      async () => (await reasonOf(id, 'ManifestReceived')) === 'ManifestSecretMissing',
    );
    await blocksPass(60n);
    expect(chainLease(id)?.state).toBe('active');
    expect(await deploymentOf(world, id)).toBeDefined();
  });

  it('when it was taken over from another provider: pods, but no object and no Secret of ours', async () => {
    await given(options);
    const id = await aRunningLease(world);
    const name = leaseNamespace(id);
    await world.kill();
    await world.kube.delete(SECRETS, { name, namespace: NAMESPACE });
    await world.kube.delete(BIDS, { name });
    await dropComputeLease(name);
    await blocksPass(60n);
    world.start();
    await world.until(
      'the reason',
      async () => (await reasonOf(id, 'ManifestReceived')) === 'ManifestSecretMissing',
    );
    await blocksPass(60n);
    expect(chainLease(id)?.state).toBe('active');
    expect(await deploymentOf(world, id)).toBeDefined();
  });
});

describe('what a hand deletes of a live lease comes back', () => {
  it('a Deployment', async () => {
    await given();
    const id = await aRunningLease(world);
    await world.kube.delete(DEPLOYMENTS, { name: SERVICE, namespace: leaseNamespace(id) });
    await world.until('Deployment', () => deploymentOf(world, id));
  });

  it('the namespace with everything in it', async () => {
    await given();
    const id = await aRunningLease(world);
    const name = leaseNamespace(id);
    await world.kube.delete(DEPLOYMENTS, { name: SERVICE, namespace: name });
    await world.kube.delete(NAMESPACES, { name });
    await world.until('namespace', () => world.kube.get(NAMESPACES, { name }));
    await world.until('Deployment', () => deploymentOf(world, id));
  });

  it('a namespace that is being deleted is waited for, and says why', async () => {
    await given();
    const id = await aRunningLease(world);
    const name = leaseNamespace(id);
    const space = await world.kube.get(NAMESPACES, { name });
    if (space === undefined) throw new Error('no namespace');
    await world.kube.replace(NAMESPACES, {
      ...space,
      metadata: { ...space.metadata, finalizers: ['example.com/slow'] },
    });
    await world.kube.delete(NAMESPACES, { name });
    await world.until(
      'the reason',
      async () => (await reasonOf(id, 'Deployed')) === 'NamespaceTerminating',
    );
    const going = await world.kube.get(NAMESPACES, { name });
    if (going === undefined) throw new Error('no namespace');
    await world.kube.replace(NAMESPACES, {
      ...going,
      metadata: { ...going.metadata, finalizers: [] },
    });
    await world.until('anew', async () => {
      const present = await world.kube.get(NAMESPACES, { name });
      return present !== undefined && present.metadata.uid !== space.metadata.uid;
    });
    await world.until('applied', async () => (await reasonOf(id, 'Deployed')) === 'Applied');
  });

  it('a ComputeLease, whose deletion waits for the end of the lease', async () => {
    await given();
    const id = await aRunningLease(world);
    await world.kube.delete(COMPUTE_LEASES, { name: leaseNamespace(id) });
    await blocksPass(40n);
    const object = await leaseObject(world, id);
    expect(object?.metadata.finalizers).toEqual([FINALIZERS.lease]);
    expect(chainLease(id)?.state).toBe('active');
    expect(await deploymentOf(world, id)).toBeDefined();
    await closeDeployment(world, id);
    await gone(id);
  });
});

describe('a manifest that the API server refuses', () => {
  it('is named, and going back to the one before undoes what was applied of it', async () => {
    await given();
    const id = await aRunningLease(world);
    const name = leaseNamespace(id);
    const image = async (): Promise<unknown> =>
      JSON.stringify((await deploymentOf(world, id))?.spec).match(/"image":"([^"]*)"/)?.[1];
    const before = await image();
    const restore = world.kube.failWith((verb, resource, object) => {
      if (verb !== 'patch' || resource !== 'ingresses.networking.k8s.io') return;
      throw new KubeInvalidError('refused', {
        target: { verb, resource, name: object },
        status: 422,
        reason: 'Invalid',
        causes: [{ field: 'spec.rules', message: 'host taken', reason: 'FieldValueInvalid' }],
      });
    });
    await sendManifest(world, id, { image: 'pytorch/pytorch:2.10' });
    await world.until('named', async () => (await reasonOf(id, 'Deployed')) === 'ObjectRefused');
    expect((await leaseObject(world, id))?.status?.phase).toBe('Degraded');
    expect(await image()).toBe('pytorch/pytorch:2.10');
    restore();
    await sendManifest(world, id);
    await world.until('as before', async () => (await image()) === before);
    await world.until('applied', async () => (await reasonOf(id, 'Deployed')) === 'Applied');
    expect((await world.kube.list(INGRESSES, { namespace: name })).items).toHaveLength(1);
  });
});

describe('teardown', () => {
  it('survives a change of the object between reading it and giving up the finalizer', async () => {
    await given();
    const id = await aRunningLease(world);
    let conflicts = 0;
    world.kube.failWith((verb, resource, name) => {
      if (verb !== 'update' || resource !== 'computeleases.berth.dev' || conflicts >= 2) return;
      conflicts += 1;
      throw new KubeConflictError('it changed', {
        target: { verb, resource, name },
        status: 409,
        reason: 'Conflict',
      });
    });
    await closeDeployment(world, id);
    await gone(id);
    expect(conflicts).toBe(2);
  });

  it('takes a manifest along that came when the lease had ended', async () => {
    await given();
    const id = await aRunningLease(world);
    await closeDeployment(world, id);
    await gone(id);
    await sendManifest(world, id);
    await world.until(
      'no Secret',
      async () =>
        (await world.kube.get(SECRETS, { name: leaseNamespace(id), namespace: NAMESPACE })) ===
        undefined,
    );
  });

  it('of a namespace that does not go waits, asks once, and says why the lease ended', async () => {
    await given();
    const id = await aWonLease(world);
    const name = leaseNamespace(id);
    const space = await world.kube.get(NAMESPACES, { name });
    if (space === undefined) throw new Error('no namespace');
    await world.kube.replace(NAMESPACES, {
      ...space,
      metadata: { ...space.metadata, finalizers: ['example.com/stuck'] },
    });
    await closeDeployment(world, id);
    await world.until(
      'closing',
      async () => (await leaseObject(world, id))?.status?.phase === 'Closing',
    );
    expect((await leaseObject(world, id))?.status?.closeReason).toBe('lease_closed_owner');
    let deletions = 0;
    world.kube.failWith((verb, resource) => {
      if (verb === 'delete' && resource === 'namespaces') deletions += 1;
    });
    await blocksPass(60n);
    expect(deletions).toBe(0);
    expect(await leaseObject(world, id)).toBeDefined();
  });
});
