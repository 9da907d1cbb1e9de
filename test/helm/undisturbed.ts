/** Proof that something was done to Berth and nothing to its tenants: the chain, and the workload's pod, before and after. */
import { expect } from '@jest/globals';
import type { Bid as BidRecord, Lease } from '../../market/records.js';
import type { BidId } from '../../market/ids.js';
import { PODS } from '../../kube/resources.js';
import { leaseNamespace } from '../../manifests/names.js';
import { containerOf, restartsOf } from './berth-pods.js';
import type { World } from './world.js';

/** What must stay as it is. */
export interface Tenancy {
  /** A lease whose workload runs. */
  readonly lease: BidId;
  /** A bid that its tenant has not taken yet. */
  readonly bid: BidId;
}

interface Standing {
  readonly lease: Pick<Lease, 'state' | 'closedOn'> | undefined;
  readonly bid: BidRecord['state'] | undefined;
  /** uid, container and restarts of every pod of the lease. */
  readonly pods: readonly string[];
  /** Closes that anybody sent through Berth's way to the chain so far. */
  readonly closes: number;
}

/** As of now. */
export const standingOf = async (world: World, tenancy: Tenancy): Promise<Standing> => {
  const { reader } = world.tenant;
  const [lease, bid, { items }] = await Promise.all([
    reader.lease(tenancy.lease),
    reader.bid(tenancy.bid),
    world.api.list(PODS, { namespace: leaseNamespace(tenancy.lease) }),
  ]);
  return {
    lease: lease && { state: lease.state, closedOn: lease.closedOn },
    bid: bid?.state,
    pods: items.map((p) => `${p.metadata.uid ?? ''} ${containerOf(p)} ${restartsOf(p)}`).toSorted(),
    closes: world.gate.acts().filter(({ kind }) => kind.startsWith('close')).length,
  };
};

/** Compares with `before`, which must have been worth something. */
export const expectUndisturbed = async (
  world: World,
  tenancy: Tenancy,
  before: Standing,
): Promise<void> => {
  expect(before).toMatchObject({ lease: { state: 'active', closedOn: 0n }, bid: 'open' });
  expect(before.pods).toHaveLength(1);
  expect(await standingOf(world, tenancy)).toEqual(before);
};
