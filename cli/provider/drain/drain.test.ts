import { describe, expect, it } from '@jest/globals';
import { DRAIN_ANNOTATION } from '../../../bidengine/kube-facts.js';
import type { ComputeLease } from '../../../crds/generated/types.js';
import type { Pod } from '../../../kube/core-objects.js';
import { COMPUTE_LEASES, COMPUTE_PROVIDERS, EVENTS, NODES, PODS } from '../../../kube/resources.js';
import { FakeKube } from '../../../kube/testing/fake-kube.js';
import { createOutput } from '../../terminal.js';
import { aGpuNode, aProvider, NOW_MS } from '../testing/facts.js';
import { drain, uncordon } from './command.js';
import type { DrainContext, DrainRequest } from './command.js';
import { plannedDrain } from './plan.js';

const HOUR_MS = 3_600_000;
const SINCE = new Date(NOW_MS).toISOString();

const aLease = (name: string, node: string): ComputeLease =>
  ({
    ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'ComputeLease', metadata: { name } },
    spec: {
      leaseId: { owner: 'akash1tenant', dseq: '7', gseq: 1, oseq: 1, provider: 'akash1us' },
      ...{ namespace: name, gpus: 8, gpuModel: 'h100', usdPerHour: '20.4' },
      placement: [{ unitId: 1, replica: 0, node, gpus: 8 }],
    },
    status: { phase: 'Running' },
  }) as unknown as ComputeLease;

const aPod = (namespace: string, nodeName: string): Pod => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0', namespace } },
  spec: { nodeName, containers: [] },
  status: { phase: 'Running' },
});

const setup = async () => {
  const kube = new FakeKube();
  for (const name of ['gpu-1', 'gpu-2']) {
    const { status: _, ...node } = aGpuNode(name);
    await kube.create(NODES, node);
  }
  const { status: _, ...provider } = aProvider();
  await kube.create(COMPUTE_PROVIDERS, provider);
  const said: string[] = [];
  let nowMs = NOW_MS;
  let onSleep = async (): Promise<void> => undefined;
  const ctx = {
    cluster: kube,
    output: createOutput({ write: (text: string) => said.push(text) }, 'text'),
    terminal: { live: () => undefined, settle: () => undefined },
    clock: {
      wallMs: () => nowMs,
      sleep: async (ms: number) => {
        nowMs += ms;
        await onSleep();
      },
    },
    signal: new AbortController().signal,
  } as unknown as DrainContext;
  const request: DrainRequest = {
    ...{ node: 'gpu-1', providerName: 'provider', reason: 'new disks' },
    ...{ windowMs: HOUR_MS, wait: true },
  };
  return {
    ...{ kube, ctx, said, request },
    sleeping: (then: () => Promise<void>) => {
      onSleep = then;
    },
    node: () => kube.get(NODES, { name: 'gpu-1' }),
    withLease: async (name: string, node: string) => {
      await kube.create(COMPUTE_LEASES, aLease(name, node));
      await kube.create(PODS, aPod(name, node));
    },
  };
};

describe('berth provider drain NODE', () => {
  it('marks and cordons an empty node, and is done', async () => {
    const { ctx, request, node, said } = await setup();
    await drain(ctx, request);
    const { spec, metadata } = (await node()) ?? {};
    expect(spec?.unschedulable).toBe(true);
    expect(JSON.parse(metadata?.annotations?.[DRAIN_ANNOTATION] ?? '')).toEqual({
      ...{ since: SINCE, until: new Date(NOW_MS + HOUR_MS).toISOString(), reason: 'new disks' },
    });
    expect(said.join('')).toContain('No lease is on it');
    expect(metadata?.labels?.['akash.network']).toBe('true');
  });

  it('waits for the leases on it and no others, tells their tenants once, and closes nothing', async () => {
    const { ctx, request, kube, sleeping, withLease, said } = await setup();
    await withLease('here', 'gpu-1');
    await withLease('elsewhere', 'gpu-2');
    let looks = 0;
    sleeping(async () => {
      looks += 1;
      if (looks === 3) {
        await kube.delete(PODS, { name: 'web-0', namespace: 'here' });
        await kube.delete(COMPUTE_LEASES, { name: 'here' });
      }
    });
    await drain(ctx, request);
    expect(looks).toBe(3);
    expect(said.join('')).toContain('No lease is on it');
    const { items } = await kube.list(EVENTS);
    expect(items.map((e) => [e.metadata.namespace, e.reason, e.regarding.name])).toEqual([
      ['here', 'NodeDraining', 'web-0'],
    ]);
    expect(items[0]?.note).toContain('(new disks). What runs goes on');
    expect(await kube.get(COMPUTE_LEASES, { name: 'elsewhere' })).toBeDefined();
  });

  it('says who is left when the window is over, with exit status 1 and nothing closed', async () => {
    const { ctx, request, kube, withLease, said } = await setup();
    await withLease('here', 'gpu-1');
    await expect(drain(ctx, request)).rejects.toMatchObject({ code: 'LeasesLeft', exit: 1 });
    expect(said.join('')).toMatch(/here +akash1tenant +8 h100 +- +20.4/);
    expect(said.join('')).toContain('Nothing is closed by Berth');
    expect(await kube.get(COMPUTE_LEASES, { name: 'here' })).toBeDefined();
    expect(await kube.get(PODS, { name: 'web-0', namespace: 'here' })).toBeDefined();
  });

  it('run again shows where it stands: the same window, the same Event', async () => {
    const { ctx, request, kube, withLease, node } = await setup();
    await withLease('here', 'gpu-1');
    const again = { ...request, wait: false };
    await drain(ctx, again);
    const first = (await node())?.metadata.annotations;
    await drain(ctx, { ...again, windowMs: undefined, reason: undefined });
    expect((await node())?.metadata.annotations).toEqual(first);
    expect((await kube.list(EVENTS)).items).toHaveLength(1);
  });

  it('counts a lease that was placed there and has no pods yet', async () => {
    const { ctx, request, kube, said } = await setup();
    await kube.create(COMPUTE_LEASES, aLease('young', 'gpu-1'));
    await drain(ctx, { ...request, wait: false });
    expect(said.join('')).toMatch(/^young +akash1tenant/m);
  });

  it('refuses a node that is not there', async () => {
    const { ctx, request } = await setup();
    await expect(drain(ctx, { ...request, node: 'gpu-9' })).rejects.toMatchObject({
      code: 'NodeUnknown',
    });
  });
});

describe('berth provider uncordon NODE', () => {
  const what = { node: 'gpu-1', providerName: 'provider' };

  it('takes back what drain did', async () => {
    const { ctx, request, node, said } = await setup();
    await drain(ctx, request);
    await uncordon(ctx, what);
    const { spec, metadata } = (await node()) ?? {};
    expect(spec?.unschedulable ?? false).toBe(false);
    expect(metadata?.annotations?.[DRAIN_ANNOTATION]).toBeUndefined();
    expect(said.join('')).toContain('for sale again');
  });

  it("leaves somebody else's cordon, and says so", async () => {
    const { ctx, request, kube, said } = await setup();
    await drain(ctx, request);
    await kube.apply(
      NODES,
      {
        ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'gpu-1' } },
        spec: { unschedulable: true },
      },
      { fieldManager: 'kubectl' },
    );
    await uncordon(ctx, what);
    expect(said.join('')).toContain('kubectl uncordon gpu-1');
  });
});

describe('the whole provider', () => {
  const everything = { node: undefined, providerName: 'provider' };

  it('is paused with its reason, and takes orders again', async () => {
    const { ctx, request, kube, withLease, said } = await setup();
    const bidding = async () =>
      (await kube.get(COMPUTE_PROVIDERS, { name: 'provider' }))?.spec.bidding;
    await withLease('here', 'gpu-1');
    await drain(ctx, { ...request, ...everything });
    expect(await bidding()).toMatchObject({ paused: true, pauseReason: 'new disks' });
    expect(said.join('')).toMatch(/takes no new orders: new disks. 1 leases go on/);
    await uncordon(ctx, everything);
    expect((await bidding())?.paused).not.toBe(true);
    expect((await bidding())?.deposit).toBe('500000uakt');
  });

  it('that is not there is refused', async () => {
    const { ctx, request } = await setup();
    const nobody = { node: undefined, providerName: 'nobody' };
    await expect(drain(ctx, { ...request, ...nobody })).rejects.toMatchObject({
      code: 'ProviderMissing',
    });
    await expect(uncordon(ctx, nobody)).rejects.toMatchObject({ code: 'ProviderMissing' });
  });
});

describe('plannedDrain', () => {
  const before = { since: SINCE, until: new Date(NOW_MS + HOUR_MS).toISOString(), reason: 'a' };
  it('counts another window from the beginning of the drain', () => {
    const asked = { windowMs: 2 * HOUR_MS, reason: 'b' };
    expect(plannedDrain(before, asked, NOW_MS + HOUR_MS / 2, 0)).toEqual({
      ...{ since: SINCE, until: new Date(NOW_MS + 2 * HOUR_MS).toISOString(), reason: 'b' },
    });
  });
});
