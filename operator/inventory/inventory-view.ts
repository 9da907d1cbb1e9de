/**
 * The cluster as watched: nodes, pods and lease namespaces, projected to the little that counts. Every snapshot is a
 * recount of these; before all of them are complete there is no snapshot at all.
 */
import { buildSnapshot } from '../../bidengine/inventory.js';
import type { NodeFacts, PodFacts, StorageClassFacts } from '../../bidengine/cluster-facts.js';
import type { InventorySnapshot, Reservation } from '../../bidengine/snapshot.js';
import type { KubeApi } from '../../kube/api.js';
import type { Node } from '../../kube/core-objects.js';
import { Reflector } from '../../kube/reflector.js';
import { NAMESPACES, NODES, PODS, STORAGE_CLASSES } from '../../kube/resources.js';
import { MANAGED } from '../../manifests/labels.js';
import { formatLeaseId } from '../../market/ids.js';
import type { Reason } from '../../market/reasons.js';
import type { Clock } from '../clock.js';
import { leaseOfLabels } from '../leases/lease-identity.js';
import type { LeaseSighting } from '../leases/compare.js';
import { isSimulated, toNodeFacts } from './node-facts.js';
import { toPodFacts } from './pod-facts.js';
import { sameJson } from '../same-json.js';

/**
 * Label of a StorageClass: `labelled` when only nodes that say so (`akash.network/capabilities.storage.class.<name>`, set by
 * the operator of the cluster) can mount its volumes; without it every node can.
 */
const STORAGE_NODES = 'berth.dev/storage-nodes';

export interface WatchedNode {
  readonly facts: NodeFacts;
  readonly simulated: boolean;
  readonly uid: string;
}

export interface InventoryViewDeps {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

/** What changed: a node (no namespace), or something in a namespace. */
export interface InventoryChange {
  readonly namespace: string | undefined;
  readonly counts: boolean;
}

const projectNode = (node: Node): WatchedNode => ({
  facts: toNodeFacts(node),
  simulated: isSimulated(node),
  uid: node.metadata.uid ?? '',
});

export class InventoryView {
  readonly #clock: Clock;
  readonly #nodes: Reflector<Node, WatchedNode>;
  readonly #pods;
  readonly #namespaces;
  readonly #storageClasses;

  constructor({ api, clock, random, onError }: InventoryViewDeps) {
    this.#clock = clock;
    const shared = { api, clock, random, onError };
    this.#nodes = new Reflector({ ...shared, resource: NODES, project: projectNode });
    // The lease of a pod is looked up when counting, since its namespace may be seen after it.
    this.#pods = new Reflector({
      ...shared,
      resource: PODS,
      project: (pod) => toPodFacts(pod, () => undefined),
    });
    this.#namespaces = new Reflector({
      ...shared,
      resource: NAMESPACES,
      labelSelector: `${MANAGED}=true`,
      project: (space) => ({ name: space.metadata.name, labels: space.metadata.labels ?? {} }),
    });
    this.#storageClasses = new Reflector({
      ...shared,
      resource: STORAGE_CLASSES,
      labelSelector: `${MANAGED}=true`,
      project: (sc): StorageClassFacts => ({
        name: sc.metadata.name,
        availableBytes: undefined,
        everywhere: sc.metadata.labels?.[STORAGE_NODES] !== 'labelled',
      }),
    });
  }

  /** Watches until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#reflectors().map((r) => r.run(signal)));
  }

  /** Why there is no inventory yet, or that it may be out of date; `undefined` when it is good. */
  fault(maxAgeMs: number): Reason | undefined {
    if (!this.#reflectors().every((r) => r.store.synced)) {
      return {
        code: 'InventoryNotSynced',
        message: 'Nodes and pods have not been listed completely yet.',
      };
    }
    const age = Math.max(...this.#reflectors().map((r) => r.lastEventAgeMs()));
    if (age <= maxAgeMs) return undefined;
    return {
      code: 'InventoryStale',
      message: `The API server has said nothing for ${Math.round(age / 1000)} s; what is free is unknown.`,
    };
  }

  /** What can be sold now, less the reservations that no pod shows yet. */
  snapshot(reservations: readonly Reservation[]): InventorySnapshot {
    return buildSnapshot(
      {
        nodes: this.#nodes.store.values().map((n) => n.facts),
        pods: this.#podFacts(),
        storageClasses: this.#storageClasses.store.values(),
        volumes: [],
        leasedIps: { available: 0, assigned: [] },
      },
      reservations,
      this.#clock.now(),
    );
  }

  nodes(): readonly WatchedNode[] {
    return this.#nodes.store.values();
  }

  isSimulatedNode(name: string): boolean {
    return this.#nodes.store.get(name)?.simulated ?? false;
  }

  /** Lease namespaces that exist, by the labels they carry. */
  leaseNamespaces(): readonly LeaseSighting[] {
    return this.#namespaces.store
      .values()
      .flatMap(({ name, labels }) => leaseOfLabels(name, labels) ?? []);
  }

  /**
   * Calls `listener` on every change of a pod or namespace, and on those of a node that count: a heartbeat is none.
   * `counts` tells whether what is free may have changed.
   */
  subscribe(listener: (change: InventoryChange) => void): void {
    this.#nodes.store.subscribe(({ before, after }) => {
      if (!sameJson(before, after)) listener({ namespace: undefined, counts: true });
    });
    this.#namespaces.store.subscribe(({ key }) => listener({ namespace: key, counts: false }));
    this.#pods.store.subscribe(({ before, after }) =>
      listener({
        namespace: (after ?? before)?.namespace,
        counts: !sameJson(before, after),
      }),
    );
  }

  #podFacts(): readonly PodFacts[] {
    const leases = new Map(this.leaseNamespaces().map((s) => [s.name, s]));
    return this.#pods.store.values().map((pod) => {
      const lease = leases.get(pod.namespace);
      return lease === undefined ? pod : { ...pod, leasePath: formatLeaseId(lease.id) };
    });
  }

  #reflectors(): readonly Pick<Reflector<never, unknown>, 'run' | 'store' | 'lastEventAgeMs'>[] {
    return [this.#nodes, this.#pods, this.#namespaces, this.#storageClasses];
  }
}
