/** What has to happen so that Berth's processes need every right that the chart grants them. */
import { expect } from '@jest/globals';
import { API_VERSION, GPU_READINGS } from '../../../crds/constants.js';
import type { BidStatus } from '../../../crds/generated/types.js';
import { kubeconfigAccess } from '../../../kube/access/kubeconfig.js';
import type { Pod } from '../../../kube/core-objects.js';
import { isKubeError } from '../../../kube/errors.js';
import { HttpKubeApi } from '../../../kube/http-api.js';
import { HttpsTransport } from '../../../kube/https-transport.js';
import { HttpPodStreams } from '../../../kube/pod-streams.js';
import {
  BIDS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  EVENTS,
  PODS,
  ROLE_BINDINGS,
  SECRETS,
  STATEFUL_SETS,
} from '../../../kube/resources.js';
import type { Resource } from '../../../kube/resources.js';
import { leaseNamespace } from '../../../manifests/names.js';
import type { BidId, OrderId } from '../../../market/ids.js';
import { systemClock } from '../../../operator/clock.js';
import {
  bidOf,
  expectAllGone,
  expectBidState,
  expectPhase,
  leaseOf,
} from '../../e2e/expectations.js';
import { exampleSdl } from '../../e2e/tenant.js';
import type { Tenant } from '../../e2e/tenant.js';
import { waitFor } from '../../peers/wait.js';
import type { Stack } from '../../stack/stack.js';
import { FIRST, firstManifest, secondManifest } from './lease.js';

const PATIENCE = { timeoutMs: 60_000 };

export interface StoryLease {
  readonly id: BidId;
  readonly order: OrderId;
}

const namesOf = async (
  stack: Stack,
  kind: Resource,
  namespace: string,
): Promise<readonly string[]> =>
  (await stack.api.list(kind, { namespace })).items.map((o) => o.metadata.name).sort();

/** Order, bid, lease, manifest: a Deployment with a GPU and permissions, a StatefulSet, registry credentials. */
export const runLease = async (stack: Stack, tenant: Tenant): Promise<StoryLease> => {
  const sdl = await firstManifest();
  const order = await tenant.openOrder(sdl, 8001n);
  const { id } = await tenant.waitForBid(order);
  await tenant.acceptBid(id);
  await expectPhase(stack, id, 'AwaitingManifest');
  expect(await tenant.sendManifest(order, sdl.manifest)).toMatchObject({ status: 200 });
  await expectPhase(stack, id, 'Scheduled');
  const namespace = leaseNamespace(id);
  expect(await namesOf(stack, SECRETS, namespace)).toEqual([`docker-creds-${FIRST}`]);
  return { id, order };
};

/** ClusterRoles that are bound in the lease's namespace. */
export const boundRoles = async (stack: Stack, namespace: string): Promise<readonly string[]> => {
  const { items } = await stack.api.list(ROLE_BINDINGS, { namespace });
  return items.map(
    (o) => (o as { readonly roleRef?: { readonly name: string } }).roleRef?.name ?? '',
  );
};

/** What a kubelet would have said of a container: without it nobody asks for its log. */
const nameContainers = async (stack: Stack, pod: Pod): Promise<void> => {
  const [container] = pod.spec.containers;
  const state = { running: { startedAt: new Date().toISOString() } };
  await stack.api.applyStatus(PODS, {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name: pod.metadata.name, namespace: pod.metadata.namespace ?? '' },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          ...{ name: container?.name ?? '', ready: true, restartCount: 0, state },
          ...{ image: container?.image ?? '', imageID: '', containerID: 'story://1' },
        },
      ],
    },
  });
};

/** Status, provider's figures, log and events through the gateway. */
export const useGateway = async (stack: Stack, tenant: Tenant, id: BidId): Promise<void> => {
  const status = JSON.parse((await tenant.leaseStatus(id)).body) as { services: object };
  expect(Object.keys(status.services).sort()).toEqual(['db', FIRST]);
  expect((await tenant.http('GET', '/status')).status).toBe(200);
  const { items } = await stack.api.list(PODS, { namespace: leaseNamespace(id) });
  for (const pod of items) await nameContainers(stack, pod);
  const log = await tenant.stream(id, 'logs?follow=false');
  await log.ended; // a simulated node has no log to give, and is asked for it all the same
  const events = await tenant.stream(id, 'kubeevents?follow=true');
  await waitFor(
    'an event of the lease',
    async () => events.frames.length > 0 || undefined,
    PATIENCE,
  );
  events.close();
};

/** Core events, as the services of tenants know them. */
const CORE_EVENTS: Resource = {
  ...{ group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true },
};

/** A service reads of its own deployment what its manifest asked for. */
export const readAsService = async (stack: Stack, namespace: string): Promise<void> => {
  const path = await stack.cluster.kubeconfigFor(`${namespace}/${FIRST}`);
  const access = await kubeconfigAccess({ path, clock: systemClock, env: {} });
  const transport = new HttpsTransport(access);
  const api = new HttpKubeApi(transport);
  try {
    for (const kind of [PODS, DEPLOYMENTS, CORE_EVENTS] as readonly Resource[]) {
      const { items, resourceVersion } = await api.list(kind, { namespace });
      const [first] = items;
      if (first === undefined) throw new Error(`the story has no ${kind.plural}`);
      await api.get(kind, { name: first.metadata.name, namespace });
      const watch = { namespace, resourceVersion, timeoutSeconds: 1 };
      for await (const _ of api.watch(kind, watch));
    }
    const [pod] = (await api.list(PODS, { namespace })).items;
    const log = new HttpPodStreams(transport).log(
      {
        namespace,
        pod: pod?.metadata.name ?? '',
        container: pod?.spec.containers[0]?.name ?? '',
      },
      { follow: false, signal: AbortSignal.timeout(10_000) },
    );
    // A simulated node has no log to give; asking is what counts.
    await log.next().catch((error: unknown) => {
      if (!isKubeError(error)) throw error;
    });
  } finally {
    transport.close();
  }
};

/** A node agent tells that a GPU under the lease is lost, and the tenant is told by an Event on its pod. */
export const makeGpuIll = async (stack: Stack, id: BidId): Promise<void> => {
  const namespace = leaseNamespace(id);
  const { items } = await stack.api.list(PODS, { namespace });
  const node = items.find((p) => p.metadata.name.startsWith(FIRST))?.spec.nodeName ?? '';
  const reading = (reachable: boolean): object => ({
    ...{ uuid: 'GPU-1', index: 0, readAtMs: Date.now(), xids: [], reachable, uncorrectedErrors: 0 },
    ...{ rowRemapFailed: false, rowRemapPending: false, hardwareSlowdown: false, inUse: true },
  });
  for (const reachable of [true, false]) {
    await stack.api.apply(CONFIG_MAPS, {
      ...{ apiVersion: 'v1', kind: 'ConfigMap' },
      metadata: {
        ...{ name: `berth-gpu-${node}`, namespace: stack.namespace },
        labels: { [GPU_READINGS.label]: 'true' },
      },
      data: { [GPU_READINGS.key]: JSON.stringify({ node, readings: [reading(reachable)] }) },
    });
  }
  await waitFor(
    'the tenant to be told',
    async () =>
      (await stack.api.list(EVENTS, { namespace })).items.find((e) => e.reason === 'GpuIll'),
    PATIENCE,
  );
};

/** A manifest in which everything is called otherwise, so that everything of the first one goes; then the end. */
export const endLease = async (
  stack: Stack,
  tenant: Tenant,
  { id, order }: StoryLease,
): Promise<void> => {
  const next = await secondManifest();
  const { owner, dseq } = order;
  await tenant.submit({ type: 'update-deployment', id: { owner, dseq }, hash: next.hash });
  expect(await tenant.sendManifest(order, next.manifest)).toMatchObject({ status: 200 });
  const namespace = leaseNamespace(id);
  await waitFor(
    'the first manifest to be gone',
    async () => {
      const left = [
        ...(await namesOf(stack, DEPLOYMENTS, namespace)),
        ...(await namesOf(stack, STATEFUL_SETS, namespace)),
        ...(await namesOf(stack, SECRETS, namespace)),
      ];
      return left.join() === 'wwz,dbz,docker-creds-wwz' || undefined;
    },
    PATIENCE,
  );
  await tenant.closeDeployment(order);
  await expectAllGone(stack, id);
  expect(await leaseOf(stack, id)).toBeUndefined();
};

/** A Bid that ended more than a day ago is removed. */
export const growOld = async (stack: Stack, id: BidId): Promise<void> => {
  const bid = await expectBidState(stack, id, 'Closed');
  await stack.api.applyStatus(BIDS, {
    ...{ apiVersion: API_VERSION, kind: 'Bid' },
    metadata: { name: bid.metadata.name },
    status: { ...(bid.status as BidStatus), observedAt: '2026-01-01T00:00:00Z' },
  });
  await waitFor(
    'the old Bid to be removed',
    async () => (await bidOf(stack, id)) === undefined || undefined,
    PATIENCE,
  );
};

/** The signer's counters are deleted; it makes them anew with the next thing to sign. */
export const loseCounters = async (stack: Stack, tenant: Tenant): Promise<void> => {
  if (stack.signer === undefined) throw new Error('the stack has no signer');
  const { counters } = stack.signer;
  await stack.api.delete(CONFIG_MAPS, counters);
  await tenant.openOrder(await exampleSdl('web-service'), 8002n);
  await waitFor('new counters', () => stack.api.get(CONFIG_MAPS, counters), PATIENCE);
};
