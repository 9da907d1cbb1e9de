/** What tests wait for, as verbs; each says what never happened when it does not. */
import { expect } from '@jest/globals';
import type { ChainReader } from '../../chain/ports.js';
import { findCondition } from '../../crds/conditions.js';
import type { Bid, ComputeLease, ComputeProvider } from '../../crds/generated/types.js';
import type { ConfigMap, Pod } from '../../kube/core-objects.js';
import {
  BIDS,
  COMPUTE_LEASES,
  COMPUTE_PROVIDERS,
  CONFIG_MAPS,
  NAMESPACES,
  PODS,
  SECRETS,
} from '../../kube/resources.js';
import { leaseNamespace } from '../../manifests/names.js';
import type { BidId } from '../../market/ids.js';
import { waitFor } from '../peers/wait.js';
import type { Stack } from '../stack/stack.js';

const PATIENCE = { timeoutMs: 90_000 };

/** Where Berth runs, as far as one has to look: whoever started it, as processes, containers or pods. */
export type Installation = Pick<Stack, 'api' | 'namespace'>;

export const providerOf = async (stack: Installation): Promise<ComputeProvider> => {
  const provider = await stack.api.get(COMPUTE_PROVIDERS, { name: 'provider' });
  if (provider === undefined) throw new Error('there is no ComputeProvider');
  return provider;
};

export const bidOf = (stack: Installation, id: BidId): Promise<Bid | undefined> =>
  stack.api.get(BIDS, { name: leaseNamespace(id) });

export const leaseOf = (stack: Installation, id: BidId): Promise<ComputeLease | undefined> =>
  stack.api.get(COMPUTE_LEASES, { name: leaseNamespace(id) });

/** Waits until a condition of the ComputeProvider has this reason; returns its message. */
export const expectCondition = (
  stack: Installation,
  type: string,
  reason: string,
): Promise<string> =>
  waitFor(
    `condition ${type} with reason ${reason}`,
    async () => {
      const found = findCondition((await providerOf(stack)).status?.conditions, type);
      return found?.reason === reason ? found.message : undefined;
    },
    PATIENCE,
  );

export const expectPhase = (
  stack: Installation,
  id: BidId,
  phase: NonNullable<ComputeLease['status']>['phase'],
): Promise<ComputeLease> =>
  waitFor(
    `the ComputeLease to be ${phase}`,
    async () => {
      const lease = await leaseOf(stack, id);
      return lease?.status?.phase === phase ? lease : undefined;
    },
    PATIENCE,
  );

export const expectBidState = (
  stack: Installation,
  id: BidId,
  state: NonNullable<Bid['status']>['state'],
): Promise<Bid> =>
  waitFor(
    `the Bid to be ${state}`,
    async () => {
      const bid = await bidOf(stack, id);
      return bid?.status?.state === state ? bid : undefined;
    },
    PATIENCE,
  );

/** The lease's pods, all bound to nodes. */
export const expectScheduledPods = (
  stack: Installation,
  id: BidId,
  count: number,
): Promise<readonly Pod[]> =>
  waitFor(
    `${count} pods on nodes`,
    async () => {
      const { items } = await stack.api.list(PODS, { namespace: leaseNamespace(id) });
      const bound = items.filter((p) => p.spec.nodeName !== undefined);
      return bound.length === count ? bound : undefined;
    },
    PATIENCE,
  );

/** Nothing of the lease is left in the cluster: namespace, object, manifest, reservation. */
export const expectAllGone = async (stack: Installation, id: BidId): Promise<void> => {
  const name = leaseNamespace(id);
  await waitFor(
    `everything of lease ${name} to be gone`,
    async () => {
      const left = await Promise.all([
        stack.api.get(NAMESPACES, { name }),
        stack.api.get(COMPUTE_LEASES, { name }),
        stack.api.get(SECRETS, { name, namespace: stack.namespace }),
      ]);
      return left.every((o) => o === undefined) || undefined;
    },
    PATIENCE,
  );
};

/** Waits until an open order is left alone for this reason. */
export const expectSkipped = (stack: Installation, reason: string): Promise<true> =>
  waitFor(
    `an order skipped for ${reason}`,
    async () => ((await providerOf(stack)).status?.skippedByReason?.[reason] ?? 0) > 0 || undefined,
    PATIENCE,
  );

/** Bid intents that lie in the cluster. */
export const intentsOf = async (stack: Installation): Promise<readonly ConfigMap[]> => {
  const { items } = await stack.api.list(CONFIG_MAPS, {
    namespace: stack.namespace,
    labelSelector: 'berth.dev/intent=true',
  });
  return items;
};

/** The lease ends on chain, and for exactly this reason. */
export const expectLeaseEnd = async (
  reader: ChainReader,
  id: BidId,
  reason: string,
): Promise<void> => {
  const ended = await waitFor(
    'the lease to end on chain',
    async () => {
      const lease = await reader.lease(id);
      return lease === undefined || lease.closedOn === 0n ? undefined : lease;
    },
    PATIENCE,
  );
  expect(ended.reason).toBe(reason);
};

/** Waits until more than `before` uact have been withdrawn from the lease; returns how much it is. */
export const expectWithdrawal = (reader: ChainReader, id: BidId, before: bigint): Promise<bigint> =>
  waitFor(
    'a withdrawal on chain',
    async () => {
      const withdrawn = (await reader.lease(id))?.payment?.withdrawn.amount ?? 0n;
      return withdrawn > before ? withdrawn : undefined;
    },
    PATIENCE,
  );

/** Every GPU is for sale again and no intent lingers. */
export const expectNothingHeld = (stack: Installation): Promise<true> =>
  waitFor(
    'every GPU to be available and every intent to be gone',
    async () => {
      const gpus = (await providerOf(stack)).status?.gpus;
      const intents = await intentsOf(stack);
      return (
        (gpus !== undefined && gpus.available === gpus.allocatable && intents.length === 0) ||
        undefined
      );
    },
    PATIENCE,
  );
