/** The JSON of `GET /status` (provider-wire 4.4): CPU in milli-CPU, memory and disk in bytes, all as numbers. */
import type { NodeAmounts, ProviderSnapshot, ResourceAmounts } from '../ports.js';

export interface AmountsJson {
  readonly cpu: number;
  readonly gpu: number;
  readonly memory: number;
  readonly storage_ephemeral: number;
}

export interface ProviderStatusJson {
  readonly cluster: {
    readonly leases: number;
    readonly inventory: {
      readonly active: readonly AmountsJson[];
      readonly pending: readonly AmountsJson[];
      readonly available: {
        readonly nodes: readonly {
          readonly name: string;
          readonly allocatable: AmountsJson;
          readonly available: AmountsJson;
        }[];
        readonly storage: readonly { readonly class: string; readonly size: number }[];
      };
      readonly error: null;
    };
  };
  readonly bidengine: { readonly orders: number };
  readonly manifest: { readonly deployments: number };
  readonly cluster_public_hostname: string;
  /** Nanoseconds; 0 when the provider offers no reclamation window. */
  readonly reclamation_window: number;
  readonly address: string;
}

/** Amounts as the Akash provider prints them; a node's bytes stay far below 2^53, where numbers stop being exact. */
export const amountsJson = (amounts: ResourceAmounts): AmountsJson => ({
  cpu: Number(amounts.milliCpu),
  gpu: Number(amounts.gpus),
  memory: Number(amounts.memoryBytes),
  storage_ephemeral: Number(amounts.ephemeralBytes),
});

const nodeJson = (
  node: NodeAmounts,
): ProviderStatusJson['cluster']['inventory']['available']['nodes'][number] => ({
  name: node.name,
  allocatable: amountsJson(node.allocatable),
  available: amountsJson(node.available),
});

/** The page for one snapshot. */
export const providerStatusJson = (
  snapshot: ProviderSnapshot,
  provider: { readonly address: string; readonly publicHostname: string },
): ProviderStatusJson => ({
  cluster: {
    leases: snapshot.activeLeases.length,
    inventory: {
      active: snapshot.activeLeases.map(amountsJson),
      pending: snapshot.openBids.map(amountsJson),
      available: { nodes: snapshot.nodes.map(nodeJson), storage: [] },
      error: null,
    },
  },
  bidengine: { orders: snapshot.openBids.length },
  manifest: { deployments: snapshot.manifests },
  cluster_public_hostname: provider.publicHostname,
  reclamation_window: 0,
  address: provider.address,
});
