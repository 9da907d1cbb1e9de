/**
 * The cluster as watched: every snapshot is a recount of nodes, pods, lease namespaces, storage, addresses and DRA devices.
 * Before all that is essential is complete there is no snapshot at all.
 */
import { buildSnapshot } from '../../bidengine/inventory.js';
import type {
  ClusterFacts,
  DeviceFaultFacts,
  DraFacts,
  NodeFacts,
  PodFacts,
  StorageClassFacts,
} from '../../bidengine/cluster-facts.js';
import {
  asLeasePod,
  GPU_RESOURCE,
  isFinished,
  tryEffectiveRequest,
} from '../../bidengine/pod-request.js';
import type { ObserveOptions } from '../../bidengine/observe-node.js';
import type { InventorySnapshot, Reservation } from '../../bidengine/snapshot.js';
import type { Reason } from '../../market/reasons.js';
import type { Clock } from '../clock.js';
import type { LeaseSighting } from '../leases/compare.js';
import { sameJson } from '../same-json.js';
import type { AddressPool } from './address-pool.js';
import { leasedIpFacts } from './leased-ips.js';
import type { WatchedNode } from './node-facts.js';
import { openNodes } from './open-nodes.js';
import { countedClaims, withCapacities, withStated } from './storage-facts.js';
import type { ClaimFacts } from './storage-facts.js';
import { watchedResources } from './watched-resources.js';
import type { AnyReflector, WatchDeps, WatchedResources } from './watched-resources.js';

export interface InventoryViewDeps extends WatchDeps {
  /** Which nodes are for sale. */
  readonly observe: ObserveOptions;
  /** Addresses that may be leased. */
  readonly addresses: AddressPool;
  /** What storage classes hold in all by the operator's word, by name; default none. */
  readonly storageCapacities?: ReadonlyMap<string, bigint>;
  /** GPUs of a node that are known to be ill. */
  readonly faultsOf: (node: string) => readonly DeviceFaultFacts[];
}

/** A tenant's pod that has GPUs. */
export interface GpuPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Of `nvidia.com/gpu`, exactly; 0 where it has slices only or cannot be read. */
  readonly gpus: bigint;
}

/** What changed: a node (no namespace), or something in a namespace. */
export interface InventoryChange {
  readonly namespace: string | undefined;
  readonly counts: boolean;
}

export class InventoryView {
  readonly #clock: Clock;
  readonly #observe: ObserveOptions;
  readonly #addresses: AddressPool;
  readonly #storageCapacities: ReadonlyMap<string, bigint>;
  readonly #faultsOf: InventoryViewDeps['faultsOf'];
  readonly #watched: WatchedResources;

  constructor(options: InventoryViewDeps) {
    const { observe, addresses, faultsOf, storageCapacities, ...deps } = options;
    this.#storageCapacities = storageCapacities ?? new Map();
    this.#faultsOf = faultsOf;
    this.#clock = deps.clock;
    this.#observe = observe;
    this.#addresses = addresses;
    this.#watched = watchedResources(deps);
  }

  /** Watches until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(Object.values(this.#watched).map((r) => r.run(signal)));
  }

  /** Why there is no inventory yet, or that it may be out of date; `undefined` when it is good. */
  fault(maxAgeMs: number): Reason | undefined {
    const { nodes, pods, namespaces, storageClasses } = this.#watched;
    const essential: readonly AnyReflector[] = [nodes, pods, namespaces, storageClasses];
    if (!essential.every((r) => r.store.synced)) {
      return {
        code: 'InventoryNotSynced',
        message: 'Nodes and pods have not been listed completely yet.',
      };
    }
    const age = Math.max(
      ...Object.values(this.#watched)
        .filter((r) => r.store.synced)
        .map((r) => r.lastEventAgeMs()),
    );
    if (age <= maxAgeMs) return undefined;
    return {
      code: 'InventoryStale',
      message: `The API server has said nothing for ${Math.round(age / 1000)} s; what is free is unknown.`,
    };
  }

  /** What can be sold now, less the reservations that no pod shows yet. */
  snapshot(reservations: readonly Reservation[]): InventorySnapshot {
    return buildSnapshot(this.#facts(), reservations, this.#clock.now(), this.#observe);
  }

  /** Nodes that are open to leases they were not reserved for. @param reservations what bids and leases hold */
  openNodes(
    reservations: readonly Reservation[],
    graceMs: number,
  ): ReadonlyMap<string, ReadonlySet<string>> {
    const { nodes, pods } = this.#watched;
    return openNodes({
      snapshot: this.snapshot(reservations),
      labelsOf: (node) => nodes.store.get(node)?.facts.labels ?? {},
      leases: new Set(this.leaseNamespaces().map((s) => s.name)),
      pods: pods.store.values(),
      ...{ nowMs: this.#clock.now(), graceMs },
    });
  }

  nodes(): readonly WatchedNode[] {
    return this.#watched.nodes.store.values();
  }

  /** Pods of leases with GPUs on a node. */
  gpuPodsOn(node: string): readonly GpuPod[] {
    const leases = new Set(this.leaseNamespaces().map((s) => s.name));
    return this.#watched.pods.store.values().flatMap((pod) => {
      if (pod.nodeName !== node || isFinished(pod) || !leases.has(pod.namespace)) return [];
      const request = tryEffectiveRequest(pod);
      if (request instanceof Error || (request.gpus === 0n && request.slices === undefined))
        return [];
      const { namespace, name, uid } = pod;
      return [{ namespace, name, uid, gpus: request.gpus }];
    });
  }

  /** GPUs of the machine as the device plugin counts them; 0 where it does not, or the amount cannot be read. */
  gpusOfNode(node: string): bigint {
    const facts = this.#watched.nodes.store.get(node)?.facts;
    const count = facts?.capacity[GPU_RESOURCE] ?? '0';
    return /^\d{1,6}$/.test(count) ? BigInt(count) : 0n;
  }

  /** Nodes on which a lease has GPUs, each once. */
  gpuNodesOf(namespace: string): readonly string[] {
    const nodes = this.#watched.pods.store
      .values()
      .filter((p) => p.namespace === namespace)
      .flatMap((p) => p.nodeName ?? []);
    return [...new Set(nodes)].filter((node) =>
      this.gpuPodsOn(node).some((p) => p.namespace === namespace),
    );
  }

  isSimulatedNode(name: string): boolean {
    return this.#watched.nodes.store.get(name)?.simulated ?? false;
  }

  /** Lease namespaces that exist, by the labels they carry. */
  leaseNamespaces(): readonly LeaseSighting[] {
    return this.#watched.namespaces.store.values().flatMap(({ lease }) => lease ?? []);
  }

  /**
   * Calls `listener` on every change of a pod or namespace, and on those of a node that count: a heartbeat is none.
   * `counts` tells whether what is free may have changed.
   */
  subscribe(listener: (change: InventoryChange) => void): void {
    const { nodes, pods, namespaces, ...others } = this.#watched;
    nodes.store.subscribe(({ before, after }) => {
      if (!sameJson(before, after)) listener({ namespace: undefined, counts: true });
    });
    namespaces.store.subscribe(({ key }) => listener({ namespace: key, counts: false }));
    pods.store.subscribe(({ before, after }) =>
      listener({
        namespace: (after ?? before)?.namespace,
        counts: !sameJson(before, after),
      }),
    );
    for (const { store } of Object.values<AnyReflector>(others)) {
      store.subscribe(() => listener({ namespace: undefined, counts: true }));
    }
  }

  #facts(): ClusterFacts {
    const { nodes, services } = this.#watched;
    const { storageClasses, claims } = this.#storage();
    const leases = this.#leasePaths();
    const dra = this.#dra();
    return {
      nodes: nodes.store.values().map((n) => this.#withFaults(n.facts)),
      pods: this.#podFacts(leases),
      storageClasses,
      volumes: claims.flatMap(({ namespace, className, bytes }) => {
        const leasePath = leases.get(namespace);
        return leasePath === undefined ? [] : [{ className, bytes, leasePath }];
      }),
      // Which addresses are taken is unknown until the services have been listed.
      leasedIps: services.store.synced
        ? leasedIpFacts(this.#addresses, services.store.values(), (n) => leases.get(n))
        : { available: 0, assigned: [] },
      ...(dra === undefined ? {} : { dra }),
    };
  }

  /** What is claimed is unknown until the claims have been listed, and then so is what is left of a stated capacity. */
  #storage(): { storageClasses: readonly StorageClassFacts[]; claims: readonly ClaimFacts[] } {
    const { storageClasses, capacities, claimsOfStorage } = this.#watched;
    const all = claimsOfStorage.store.values();
    const told = withCapacities(storageClasses.store.values(), capacities.store.values());
    const stated = claimsOfStorage.store.synced
      ? withStated(told, this.#storageCapacities, all)
      : told;
    return { storageClasses: stated, claims: countedClaims(stated, all) };
  }

  #withFaults(facts: NodeFacts): NodeFacts {
    const deviceFaults = this.#faultsOf(facts.name);
    return deviceFaults.length === 0 ? facts : { ...facts, deviceFaults };
  }

  /** Slices without claims would show devices as free that are not: all three kinds, or nothing. */
  #dra(): DraFacts | undefined {
    const { slices, claims, deviceClasses } = this.#watched;
    if (!slices.store.synced || !claims.store.synced || !deviceClasses.store.synced)
      return undefined;
    if (slices.store.size === 0) return undefined;
    return {
      slices: slices.store.values(),
      claims: claims.store.values(),
      mappedResources: deviceClasses.store.values(),
    };
  }

  /** Lease path by namespace. */
  #leasePaths(): ReadonlyMap<string, string> {
    const paths = new Map<string, string>();
    for (const { lease, leasePath } of this.#watched.namespaces.store.values())
      if (lease !== undefined && leasePath !== undefined) paths.set(lease.name, leasePath);
    return paths;
  }

  #podFacts(leases: ReadonlyMap<string, string>): readonly PodFacts[] {
    return this.#watched.pods.store.values().map((pod) => {
      const leasePath = leases.get(pod.namespace);
      return leasePath === undefined ? pod : this.#ofLease(pod, leasePath);
    });
  }

  /** The same object for the same pod, so that its request is worked out once. */
  readonly #leasePods = new WeakMap<PodFacts, PodFacts>();

  #ofLease(pod: PodFacts, leasePath: string): PodFacts {
    const known = this.#leasePods.get(pod);
    if (known?.leasePath === leasePath) return known;
    const facts = asLeasePod(pod, leasePath);
    this.#leasePods.set(pod, facts);
    return facts;
  }
}
