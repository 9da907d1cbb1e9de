/** The `akash.provider.v1.Status` of the provider, from the same snapshot as `GET /status`. */
import { Status } from '@akashnetwork/chain-sdk/private-types/provider.akash.v1';
import type { NodeAmounts, ProviderSnapshot, ResourceAmounts } from '../ports.js';

interface Quantity {
  readonly string: string;
}
interface Metric {
  readonly cpu: Quantity;
  readonly memory: Quantity;
  readonly gpu: Quantity;
  readonly ephemeralStorage: Quantity;
}
interface Pair {
  readonly quantity: { readonly allocatable: Quantity; readonly allocated: Quantity };
}

const whole = (amount: bigint): Quantity => ({ string: amount.toString() });
const milli = (amount: bigint): Quantity => ({ string: `${amount}m` });

const metric = (amounts: ResourceAmounts): Metric => ({
  cpu: milli(amounts.milliCpu),
  memory: whole(amounts.memoryBytes),
  gpu: whole(amounts.gpus),
  ephemeralStorage: whole(amounts.ephemeralBytes),
});

const sum = (all: readonly ResourceAmounts[]): ResourceAmounts =>
  all.reduce(
    (a, b) => ({
      milliCpu: a.milliCpu + b.milliCpu,
      gpus: a.gpus + b.gpus,
      memoryBytes: a.memoryBytes + b.memoryBytes,
      ephemeralBytes: a.ephemeralBytes + b.ephemeralBytes,
    }),
    { milliCpu: 0n, gpus: 0n, memoryBytes: 0n, ephemeralBytes: 0n },
  );

const pair = (
  of: (amounts: ResourceAmounts) => bigint,
  node: NodeAmounts,
  unit: typeof whole,
): Pair => {
  const all = of(node.allocatable);
  return { quantity: { allocatable: unit(all), allocated: unit(all - of(node.available)) } };
};

const reservations = (all: readonly ResourceAmounts[]) => ({
  count: all.length,
  resources: metric(sum(all)),
});

/** The message. @param nowMs Unix milliseconds */
export const grpcStatus = (
  snapshot: ProviderSnapshot,
  publicHostname: string,
  nowMs: number,
): Status =>
  Status.fromPartial({
    cluster: {
      leases: { active: snapshot.activeLeases.length },
      inventory: {
        cluster: {
          nodes: snapshot.nodes.map((node) => ({
            name: node.name,
            resources: {
              cpu: pair((a) => a.milliCpu, node, milli),
              memory: pair((a) => a.memoryBytes, node, whole),
              gpu: pair((a) => a.gpus, node, whole),
              ephemeralStorage: pair((a) => a.ephemeralBytes, node, whole).quantity,
            },
          })),
        },
        reservations: {
          pending: reservations(snapshot.openBids),
          active: reservations(snapshot.activeLeases),
        },
      },
    },
    bidEngine: { orders: snapshot.openBids.length },
    manifest: { deployments: snapshot.manifests },
    publicHostnames: [publicHostname],
    timestamp: new Date(nowMs),
  });
