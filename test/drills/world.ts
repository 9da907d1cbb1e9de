/**
 * What drills break: all of Berth on real parts, three nodes of one chain, a proxy in front of each, and one lease with a
 * workload that stands through everything and must come out untouched.
 */
import { mkdir } from 'node:fs/promises';
import { DEPLOYMENTS, NAMESPACES } from '../../kube/resources.js';
import { leaseNamespace } from '../../manifests/names.js';
import type { BidId } from '../../market/ids.js';
import { expectCondition, expectPhase } from '../e2e/expectations.js';
import { exampleSdl, Tenant } from '../e2e/tenant.js';
import type { RpcRule } from '../peers/rpc-proxy.js';
import { startStack } from '../stack/stack.js';
import type { Stack } from '../stack/stack.js';
import { healEndpoint, startEndpoint, stopEndpoint } from './endpoint.js';
import type { Endpoint } from './endpoint.js';
import { startThreeNodes } from './three-nodes.js';
import type { ThreeNodes } from './three-nodes.js';

export const BLOCK_MS = 500;

/** GPUs that bids on orders of one tenant may hold at a time. */
export const MAX_PENDING_GPUS_PER_OWNER = 16;

export interface World {
  readonly stack: Stack;
  readonly tenant: Tenant;
  readonly otherTenant: Tenant;
  readonly three: ThreeNodes;
  /** In the order of the ComputeProvider. */
  readonly endpoints: readonly Endpoint[];
  /** The lease that stands through all drills. */
  readonly standing: BidId;
  /** The endpoint that the operator talked to most since the last call of this. */
  busiest(): Endpoint;
  /** One rule for every endpoint. */
  everywhere(rule: RpcRule): void;
  /** Everything as new, the operator running. */
  heal(): Promise<void>;
  /** What the standing lease is on chain and in the cluster, to be compared with what it was. */
  footprint(): Promise<string>;
  stop(): Promise<void>;
}

/** What must not change of the standing lease while it stands. */
const footprint = async (stack: Stack, tenant: Tenant, id: BidId): Promise<string> => {
  const name = leaseNamespace(id);
  const [namespace, deployment, lease] = await Promise.all([
    stack.api.get(NAMESPACES, { name }),
    stack.api.get(DEPLOYMENTS, { name: 'web', namespace: name }),
    tenant.reader.lease(id),
  ]);
  return JSON.stringify([
    ...[namespace?.metadata.uid, namespace?.metadata.deletionTimestamp],
    ...[deployment?.metadata.uid, deployment?.metadata.deletionTimestamp],
    lease?.state,
  ]);
};

const leaseOut = async (stack: Stack, tenant: Tenant): Promise<BidId> => {
  const sdl = await exampleSdl('web-service');
  const order = await tenant.openOrder(sdl, 1n);
  const { id } = await tenant.waitForBid(order);
  await tenant.acceptBid(id);
  await expectPhase(stack, id, 'AwaitingManifest');
  const { status, body } = await tenant.sendManifest(order, sdl.manifest);
  if (status !== 200) throw new Error(`the gateway refused the manifest: ${status} ${body}`);
  await expectPhase(stack, id, 'Scheduled');
  return id;
};

/** @param dir a folder of its own */
export const startWorld = async (dir: string, log: (line: string) => void): Promise<World> => {
  await mkdir(dir, { recursive: true });
  const endpoints: Endpoint[] = [];
  const calls = new Map<Endpoint, number>();
  let three: ThreeNodes | undefined;
  const stack = await startStack({
    ...{ dir, log, blockTimeMs: BLOCK_MS },
    provider: { trusted: false, maxPendingGpusPerOwner: MAX_PENDING_GPUS_PER_OWNER },
    startChain: async (options) => (three = await startThreeNodes(options)).chain,
    chainThrough: async () => {
      for (const [i, node] of (three?.nodes ?? []).entries()) {
        const endpoint = await startEndpoint(dir, node, `endpoint-${i}`);
        endpoint.proxy.listen(() => calls.set(endpoint, (calls.get(endpoint) ?? 0) + 1));
        endpoints.push(endpoint);
      }
      return endpoints.map((e) => e.url);
    },
  });
  const [tenant, otherTenant] = [await Tenant.of(stack), await Tenant.of(stack, 'otherTenant')];
  const stop = async (): Promise<void> => {
    tenant.close();
    otherTenant.close();
    await Promise.all(endpoints.map((e) => healEndpoint(e)));
    await stack.stop();
    await Promise.all(endpoints.map(stopEndpoint));
  };
  try {
    if (three === undefined) throw new Error('there is no chain');
    await expectCondition(stack, 'Bidding', 'Bidding');
    const standing = await leaseOut(stack, tenant);
    return {
      ...{ stack, tenant, otherTenant, three, endpoints, standing, stop },
      busiest: () => {
        const [most] = endpoints.toSorted((a, b) => (calls.get(b) ?? 0) - (calls.get(a) ?? 0));
        calls.clear();
        if (most === undefined) throw new Error('there is no endpoint');
        return most;
      },
      everywhere: (rule) => {
        for (const { proxy } of endpoints) proxy.use(rule);
      },
      heal: async () => {
        three?.validator.resume();
        await Promise.all(endpoints.map((e) => healEndpoint(e)));
        stack.operator.release();
      },
      footprint: () => footprint(stack, tenant, standing),
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
