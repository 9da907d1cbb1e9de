import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { findCondition } from '../crds/conditions.js';
import { LABELS } from '../crds/constants.js';
import type { Bid, ComputeLease, ComputeProvider } from '../crds/generated/types.js';
import type { ConfigMap } from '../kube/core-objects.js';
import {
  BIDS,
  COMPUTE_LEASES,
  COMPUTE_PROVIDERS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  NAMESPACES,
  NODES,
  SECRETS,
} from '../kube/resources.js';
import { leaseNamespace } from '../manifests/names.js';
import { formatBidId } from '../market/ids.js';
import type { BidId } from '../market/ids.js';
import { acceptBid, bidOf, closeDeployment, openOrder, sendManifest } from './testing/tenant.js';
import { aGpuNode, createWorld, NAMESPACE, PROVIDER, TENANT } from './testing/world.js';
import type { World, WorldOptions } from './testing/world.js';

// Longer than any `until`, so that a failure names what never happened.
jest.setTimeout(30_000);

let world: World;
const given = async (options: WorldOptions = {}): Promise<World> => {
  world = await createWorld(options);
  world.start();
  return world;
};
afterEach(async () => world.close());

const provider = async (): Promise<ComputeProvider | undefined> =>
  world.kube.get(COMPUTE_PROVIDERS, { name: 'provider' });
const bidObject = (id: BidId): Promise<Bid | undefined> =>
  world.kube.get(BIDS, { name: leaseNamespace(id) });
const leaseObject = (id: BidId): Promise<ComputeLease | undefined> =>
  world.kube.get(COMPUTE_LEASES, { name: leaseNamespace(id) });
const chainBid = (id: BidId) => world.chain.market.bids.get(formatBidId(id));
const chainLease = (id: BidId) => world.chain.market.leases.get(formatBidId(id));
const condition = async (type: string): Promise<string | undefined> =>
  findCondition((await provider())?.status?.conditions, type)?.reason;
const intents = async (): Promise<readonly ConfigMap[]> =>
  (await world.kube.list(CONFIG_MAPS, { labelSelector: `${LABELS.intent}=true` })).items;
const bidsSent = (): number =>
  world.chain.submissions.filter((s) => s.messages.some((m) => m.type === 'create-bid')).length;

const markReady = async (id: BidId): Promise<void> => {
  const namespace = leaseNamespace(id);
  await world.kube.applyStatus(DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'train', namespace },
    status: { replicas: 1, readyReplicas: 1, availableReplicas: 1 },
  });
};

/** Each step of a lease's life: what the tenant does, and when the operator has done its part. */
const steps = (
  id: BidId,
): readonly { name: string; act: () => Promise<void> | void; done: () => Promise<unknown> }[] => [
  {
    name: 'order',
    act: () => void openOrder(world, id.dseq),
    done: () => world.until('bid on chain', () => chainBid(id)),
  },
  {
    name: 'lease',
    act: () => acceptBid(world, id),
    done: () => world.until('ComputeLease', () => leaseObject(id)),
  },
  {
    name: 'manifest',
    act: () => sendManifest(world, id),
    done: () =>
      world.until('Deployment', () =>
        world.kube.get(DEPLOYMENTS, { name: 'train', namespace: leaseNamespace(id) }),
      ),
  },
  {
    name: 'ready',
    act: () => markReady(id),
    done: () =>
      world.until('Scheduled', async () => (await leaseObject(id))?.status?.phase === 'Scheduled'),
  },
  {
    name: 'withdrawal',
    act: () => undefined,
    done: () =>
      world.until('withdrawal', () =>
        world.chain.submissions.some(
          (s) => s.outcome?.status === 'included' && s.messages[0]?.type === 'withdraw-lease',
        ),
      ),
  },
  {
    name: 'close',
    act: () => closeDeployment(world, id),
    done: () =>
      world.until(
        'all gone',
        async () =>
          (await leaseObject(id)) === undefined &&
          (await world.kube.get(NAMESPACES, { name: leaseNamespace(id) })) === undefined,
      ),
  },
];

describe('the operator, from order to paid lease and back', () => {
  it('bids, wins, deploys, is paid, and cleans up', async () => {
    await given();
    const id = bidOf(openOrder(world, 7n));
    const bid = await world.until('bid object open', async () => {
      const object = await bidObject(id);
      return object?.status?.state === 'Open' ? object : undefined;
    });
    expect(bid.spec.placement).toEqual([
      {
        unitId: 1,
        replica: 0,
        node: 'h100-0',
        gpus: 8,
        model: 'vendor/nvidia/model/h100/ram/80Gi/interface/sxm',
      },
    ]);
    expect(bid.spec.placedBy).toBe('pressureOfUse');
    const offered = chainBid(id)?.resourcesOffer[0]?.resources.gpu.attributes[0]?.key;
    expect(offered).toBe('vendor/nvidia/model/h100/ram/80Gi/interface/sxm');
    for (const step of steps(id).slice(1)) {
      await step.act();
      await step.done();
    }
    await world.until('bid closed', async () => (await bidObject(id))?.status?.state === 'Closed');
    expect(
      await world.kube.get(SECRETS, { name: leaseNamespace(id), namespace: NAMESPACE }),
    ).toBeUndefined();
    await world.until('no intent left', async () => (await intents()).length === 0);
    await world.until(
      'all GPUs free',
      async () => (await provider())?.status?.gpus?.available === 8,
    );
    expect(bidsSent()).toBe(1);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'killed right after the tenant acts in step %i, it ends the same',
    async (killAt) => {
      await given();
      const id = bidOf({ owner: TENANT, dseq: 8n, gseq: 1, oseq: 1 });
      for (const [i, step] of steps(id).entries()) {
        await step.act();
        if (i === killAt) {
          await world.kill();
          world.start();
        }
        await step.done();
      }
      const ours = [...world.chain.market.bids.values()].filter((b) => b.id.dseq === 8n);
      expect(ours).toHaveLength(1);
      expect(chainLease(id)?.reason).toBe('lease_closed_owner');
    },
  );

  it('after a restart nothing is decided before the capacity of earlier bids is held again', async () => {
    await given();
    const first = bidOf(openOrder(world, 10n));
    await world.until('first bid', async () => (await bidObject(first))?.status?.state === 'Open');
    await world.kill();
    const second = bidOf(openOrder(world, 11n));
    // The Bid objects answer late, so that many bidding cycles fit between reading the chain and reading them.
    const list = world.kube.list.bind(world.kube);
    let answered = false;
    jest.spyOn(world.kube, 'list').mockImplementation(async (resource, options) => {
      if (resource.plural === BIDS.plural && !answered) {
        const height = world.chain.height;
        await world.until('blocks', () => world.chain.height > height + 20n);
        answered = true;
      }
      return list(resource, options);
    });
    world.start();
    await world.until(
      'not recovered',
      async () => (await condition('Bidding')) === 'BidsNotRecovered',
    );
    await world.until(
      'skipped',
      async () => (await provider())?.status?.skippedByReason?.['InsufficientGpus'] === 1,
    );
    expect(chainBid(second)).toBeUndefined();
    expect(chainBid(first)?.state).toBe('open');
  });

  it('a recount while an intent is being written leaves its capacity held', async () => {
    await given();
    await world.until('bidding', async () => (await condition('Bidding')) === 'Bidding');
    const create = world.kube.create.bind(world.kube);
    const seen = { written: false, reservedThroughout: true };
    jest.spyOn(world.kube, 'create').mockImplementation(async (resource, object, options) => {
      if (resource.plural === CONFIG_MAPS.plural && !seen.written) {
        const height = world.chain.height;
        await world.until('reserved', async () => (await provider())?.status?.gpus?.reserved === 8);
        await world.until('recounts', async () => {
          seen.reservedThroughout &&= (await provider())?.status?.gpus?.reserved === 8;
          return world.chain.height > height + 40n;
        });
        seen.written = true;
      }
      return create(resource, object, options);
    });
    const id = bidOf(openOrder(world, 12n));
    await world.until('bid on chain', () => chainBid(id));
    expect(seen).toEqual({ written: true, reservedThroughout: true });
  });

  it('killed between intent and inclusion, it sends the same transaction again and bids once', async () => {
    await given();
    await world.until('registered', () => world.chain.market.providers.get(PROVIDER));
    await world.until('bidding', async () => (await condition('Bidding')) === 'Bidding');
    const id = bidOf(openOrder(world, 9n));
    const intent = await world.until('intent', async () => (await intents())[0]);
    await world.kill();
    world.start();
    await world.until('bid on chain', () => chainBid(id));
    const hashes = new Set(
      world.chain.submissions
        .filter((s) => s.messages[0]?.type === 'create-bid')
        .map((s) => s.tx.hash),
    );
    expect(hashes.size).toBe(1);
    await world.until(
      'intent gone',
      async () =>
        (await world.kube.get(CONFIG_MAPS, {
          name: intent.metadata.name,
          namespace: NAMESPACE,
        })) === undefined,
    );
    expect((await bidObject(id))?.status?.state).toBe('Open');
  });
});

describe('bad luck', () => {
  const leased = async (options: WorldOptions = {}): Promise<BidId> => {
    await given(options);
    const id = bidOf(openOrder(world, 7n));
    for (const step of steps(id).slice(1, 4)) {
      if (step.name === 'lease') await world.until('bid on chain', () => chainBid(id));
      await step.act();
      await step.done();
    }
    return id;
  };

  it('a dead chain closes nothing, says so, and is recovered from by itself', async () => {
    const id = await leased();
    world.chain.dead = true;
    await world.until('ChainStale', async () => (await condition('ChainSynced')) === 'ChainStale');
    expect(await condition('Bidding')).toBe('ChainStale');
    expect((await leaseObject(id))?.status?.phase).toBe('Scheduled');
    expect(await world.kube.get(NAMESPACES, { name: leaseNamespace(id) })).toBeDefined();
    world.chain.dead = false;
    await world.until('fresh again', async () => (await condition('ChainSynced')) === 'Fresh');
    expect(chainLease(id)?.state).toBe('active');
  });

  it('a lease that ended while the operator was down is cleaned up after its start', async () => {
    const id = await leased();
    await world.kill();
    await closeDeployment(world, id);
    world.start();
    await world.until('all gone', async () => (await leaseObject(id)) === undefined);
  });

  it('a record that vanished from the chain is no proof: the workload stays', async () => {
    const id = await leased();
    world.chain.market.leases.delete(formatBidId(id));
    const height = world.chain.height;
    await world.until('many blocks', () => world.chain.height > height + 60n);
    expect((await leaseObject(id))?.metadata.deletionTimestamp).toBeUndefined();
    expect(
      await world.kube.get(DEPLOYMENTS, { name: 'train', namespace: leaseNamespace(id) }),
    ).toBeDefined();
  });

  it('an API server that goes away stops bids, harms no lease, and is recovered from', async () => {
    const id = await leased({ nodes: [aGpuNode('h100-0'), aGpuNode('h100-1')] });
    const back = world.kube.goAway();
    openOrder(world, 11n);
    const height = world.chain.height;
    await world.until('blocks pass', () => world.chain.height > height + 20n);
    const second = bidOf({ owner: id.owner, dseq: 11n, gseq: 1, oseq: 1 });
    expect(chainBid(second)).toBeUndefined();
    expect(chainLease(id)?.state).toBe('active');
    back();
    await world.until('the order is bid on', () => chainBid(second));
  });

  it('a tenant who never sends a manifest loses the lease, for that reason', async () => {
    await given({ leases: { manifestTimeoutSeconds: 30 } });
    const id = bidOf(openOrder(world, 7n));
    await world.until('bid', () => chainBid(id));
    await acceptBid(world, id);
    await world.until('closed', () => chainLease(id)?.state === 'closed');
    expect(chainLease(id)?.reason).toContain('manifest_timeout');
    await world.until('all gone', async () => (await leaseObject(id)) === undefined);
  });

  it('a bid that nobody accepts is closed in time and its capacity is free again', async () => {
    await given({ bidding: { timeoutSeconds: 20 } });
    const id = bidOf(openOrder(world, 7n));
    await world.until('bid', () => chainBid(id));
    await world.until('reserved', async () => (await provider())?.status?.gpus?.reserved === 8);
    await world.until('closed', () => chainBid(id)?.state === 'closed');
    await world.until('free', async () => (await provider())?.status?.gpus?.available === 8);
    expect(bidsSent()).toBe(1);
  });
});

describe('no bid, and why', () => {
  const skipReason = async (want: string): Promise<void> => {
    await world.until(want, async () => (await provider())?.status?.skippedByReason?.[want] === 1);
    expect(bidsSent()).toBe(0);
  };

  it.each<[string, Parameters<typeof openOrder>[2], string]>([
    ['more GPUs than any node has', { gpus: 9 }, 'InsufficientGpus'],
    ['a model that is not here', { model: 'b200' }, 'GpuCapabilityMissing'],
    ['a ceiling below our price', { maxUact: '1' }, 'PriceAboveOrderMaximum'],
  ])('%s', async (_name, order, want) => {
    await given();
    openOrder(world, 7n, order);
    await skipReason(want);
  });

  it('a provider that is being emptied, for as long as it is', async () => {
    await given({ bidding: { paused: true, pauseReason: 'moving house' } });
    openOrder(world, 7n);
    await skipReason('ProviderDraining');
    const bidding = (await provider())?.status?.conditions?.find((c) => c.type === 'Bidding');
    expect(bidding).toMatchObject({ status: 'False', reason: 'Paused' });
    expect(bidding?.message).toBe('spec.bidding.paused is set: moving house.');
    const object = await world.kube.get(COMPUTE_PROVIDERS, { name: 'provider' });
    if (object === undefined) throw new Error('no provider');
    const { status: _, ...rest } = object;
    const spec = { ...rest.spec, bidding: { ...rest.spec.bidding, paused: false } };
    await world.kube.replace(COMPUTE_PROVIDERS, { ...rest, spec });
    await world.until('a bid', () => bidsSent() === 1);
  });

  it('a wallet without funds', async () => {
    await given({ walletUakt: 1_100_000n });
    openOrder(world, 7n);
    await skipReason('InsufficientFunds');
  });

  it('a full cluster serves the next order once there is room', async () => {
    await given();
    const first = bidOf(openOrder(world, 7n));
    await world.until('first bid', () => chainBid(first));
    const second = bidOf(openOrder(world, 8n));
    await world.until(
      'skipped',
      async () => (await provider())?.status?.skippedByReason?.['InsufficientGpus'] === 1,
    );
    await closeDeployment(world, first);
    await world.until('second bid', () => chainBid(second));
  });

  it('a cordoned node is not offered', async () => {
    await given();
    await world.until('synced', async () => (await condition('InventorySynced')) === 'Synced');
    await world.kube.apply(NODES, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'h100-0' },
      spec: { unschedulable: true },
    });
    await world.until(
      'seen',
      async () => (await provider())?.status?.nodes?.[0]?.sellable === false,
    );
    openOrder(world, 7n);
    await skipReason('GpuModelUnavailable');
  });
});
