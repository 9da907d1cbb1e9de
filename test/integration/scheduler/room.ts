/** A real control plane on which one case after the other is set up, decided and bound. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppsV1Api, CoreV1Api, KubeConfig, StorageV1Api } from '@kubernetes/client-node';
import type { V1Pod } from '@kubernetes/client-node';
import { OBSERVE_DEFAULTS } from '../../../bidengine/observe-node.js';
import type { InventorySnapshot } from '../../../bidengine/snapshot.js';
import type { KubeObject } from '../../../crds/object.js';
import type { KubeApi } from '../../../kube/api.js';
import { resourceOf } from '../../../kube/resources.js';
import { systemClock } from '../../../operator/clock.js';
import { connectCluster } from '../../../operator/connect-cluster.js';
import { addressPool } from '../../../operator/inventory/address-pool.js';
import { InventoryView } from '../../../operator/inventory/inventory-view.js';
import { applyNodeLabels, planNodeLabels } from '../../../operator/inventory/node-labels.js';
import { startCluster } from '../../peers/cluster/start-cluster.js';
import { waitFor } from '../../peers/wait.js';
import type { Case } from './cases.js';
import { StorageDriver } from './driver.js';
import { classObject, DRIVER, nodeObject, podObject } from './objects.js';

const WAIT = { timeoutMs: 40_000, intervalMs: 40 };
const TENANTS = { labelSelector: 'akash.network=true' };

const NO_NODES = `runtimeClasses: [nvidia]
nodes:
  - { name: unused, count: 1, cpu: '1', memory: 1Gi, ephemeralStorage: 1Gi, labels: { 'berth.test/unused': 'true' }, taints: [{ key: unused, effect: NoSchedule }] }
`;

const bindable = (pod: V1Pod): boolean => pod.spec?.nodeName !== undefined;
const refused = (pod: V1Pod): string | undefined =>
  bindable(pod)
    ? undefined
    : pod.status?.conditions?.find((c) => c.type === 'PodScheduled' && c.reason === 'Unschedulable')
        ?.message;

/** What the scheduler made of the pods of a namespace. */
export interface Binding {
  readonly pods: readonly {
    readonly name: string;
    readonly service: string;
    readonly node: string | undefined;
    readonly refusal: string | undefined;
  }[];
}

export class SchedulerRoom {
  #view: InventoryView | undefined;
  #viewStop = new AbortController();
  #viewRun: Promise<void> | undefined;
  readonly #names = new Set<string>();
  readonly #halt = new AbortController();
  #driving: Promise<void> | undefined;
  readonly #stop: () => Promise<void>;
  readonly api: KubeApi;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly storage: StorageV1Api;
  readonly driver: StorageDriver;

  private constructor(api: KubeApi, config: KubeConfig, stop: () => Promise<void>) {
    this.api = api;
    this.core = config.makeApiClient(CoreV1Api);
    this.apps = config.makeApiClient(AppsV1Api);
    this.storage = config.makeApiClient(StorageV1Api);
    this.driver = new StorageDriver(this.core, this.storage);
    this.#stop = stop;
  }

  static async start(): Promise<SchedulerRoom> {
    const dir = mkdtempSync(join(tmpdir(), 'berth-scheduler-'));
    const nodesFile = join(dir, 'nodes.yaml');
    writeFileSync(nodesFile, NO_NODES);
    const cluster = await startCluster({ dir: join(dir, 'cluster'), flavour: 'local', nodesFile });
    const connection = await connectCluster(cluster.kubeconfigPath, process.env, systemClock);
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfigPath);
    const room = new SchedulerRoom(connection.api, config, async () => {
      connection.close();
      await cluster.stop();
      rmSync(dir, { recursive: true, force: true });
    });
    await room.storage.createCSIDriver({
      body: { metadata: { name: DRIVER }, spec: { attachRequired: false, storageCapacity: true } },
    });
    room.#driving = room.driver.run(room.#halt.signal);
    return room;
  }

  async stop(): Promise<void> {
    this.#halt.abort();
    await this.#driving;
    await this.#stop();
  }

  /** The cluster of a case, seen by the operator's own inventory and labelled by it. */
  async furnish(prefix: string, given: Case): Promise<void> {
    const names = given.nodes.map((_, i) => `${prefix}-n${i}`);
    const nodes = new Map(given.nodes.map((node, i) => [names[i] ?? '', node] as const));
    await Promise.all([
      ...given.classes.map((c) => this.storage.createStorageClass({ body: classObject(c) })),
      ...[...nodes].map(([name, n]) => this.core.createNode({ body: nodeObject(name, n) })),
    ]);
    names.forEach((n) => this.#names.add(n));
    await this.driver.open(prefix, given.classes, nodes);
    await Promise.all(
      given.pods.map((p, i) =>
        this.core.createNamespacedPod({
          namespace: 'default',
          body: podObject(`${prefix}-p${i}`, names[p.node] ?? '', p),
        }),
      ),
    );
    await Promise.all(
      given.pods.flatMap((p, i) => (p.finished ? [this.#finish(`${prefix}-p${i}`)] : [])),
    );
    this.#viewStop = new AbortController();
    const view = new InventoryView({
      ...{ api: this.api, clock: systemClock, random: Math.random },
      observe: OBSERVE_DEFAULTS,
      addresses: addressPool(
        given.addresses === 0 ? [] : [`203.0.113.1-203.0.113.${given.addresses}`],
      ),
      faultsOf: () => [],
      onError: (error) => {
        if (!this.#viewStop.signal.aborted) process.stderr.write(`watch: ${String(error)}\n`);
      },
    });
    this.#view = view;
    this.#viewRun = view.run(this.#viewStop.signal);
    const pods = given.pods.filter((p) => !p.finished).length;
    await waitFor(
      'the inventory to show the case',
      async () => this.#shows(view, given, pods),
      WAIT,
    );
    await waitFor(
      'the node labels',
      async () => {
        const plan = planNodeLabels(view.snapshot([]), view.nodes());
        await applyNodeLabels(this.api, plan);
        return plan.filter((p) => this.#names.has(p.name)).length === 0 || undefined;
      },
      WAIT,
    );
  }

  async #finish(name: string): Promise<void> {
    await waitFor(
      `${name} to finish`,
      async () => {
        const pod = await this.core.readNamespacedPod({ name, namespace: 'default' });
        if (pod.status?.phase === 'Succeeded') return true;
        await this.core.replaceNamespacedPodStatus({
          ...{ name, namespace: 'default' },
          body: Object.assign(pod, {
            status: Object.assign(pod.status ?? {}, { phase: 'Succeeded' }),
          }),
        });
        return undefined;
      },
      WAIT,
    );
  }

  #shows(view: InventoryView, given: Case, pods: number): true | undefined {
    if (view.fault(Number.POSITIVE_INFINITY) !== undefined) return undefined;
    const snapshot = view.snapshot([]);
    const own = snapshot.nodes.filter((n) => this.#names.has(n.name));
    if (own.length !== given.nodes.length) return undefined;
    const settled = own.every(
      (n) =>
        !n.unsellable.some(
          (r) => r.code === 'NodeNotReady' || (r.field ?? '').startsWith('node.kubernetes.io/'),
        ),
    );
    const running = own.reduce((sum, n) => sum + Number(n.allocated.pods), 0);
    const spaces = given.classes.every(
      (c) =>
        snapshot.storage.find((s) => s.name === c.name)?.availableBytes ===
        this.driver.freeOf(c.name),
    );
    const classesSeen = snapshot.storage.length === given.classes.length;
    return settled && running === pods && spaces && classesSeen ? true : undefined;
  }

  /** Without the one machine that every simulated cluster has. */
  snapshot(): InventorySnapshot {
    if (this.#view === undefined) throw new Error('nothing is furnished');
    const snapshot = this.#view.snapshot([]);
    return { ...snapshot, nodes: snapshot.nodes.filter((n) => this.#names.has(n.name)) };
  }

  async apply(objects: readonly KubeObject[]): Promise<void> {
    for (const object of objects) await this.api.apply(resourceOf(object), object);
  }

  /** The namespace's service account exists: before that its pods are refused. */
  async settled(namespace: string): Promise<void> {
    await waitFor(
      'the service account',
      () => this.core.readNamespacedServiceAccount({ name: 'default', namespace }),
      WAIT,
    );
  }

  async binding(namespace: string): Promise<Binding> {
    const { items } = await this.core.listNamespacedPod({ namespace });
    return {
      pods: items.map((p) => ({
        name: p.metadata?.name ?? '',
        service: p.metadata?.labels?.['akash.network/manifest-service'] ?? '',
        node: p.spec?.nodeName,
        refusal: refused(p),
      })),
    };
  }

  /** Waits until `isOver` says so, or the time is up, and returns what there is then. */
  async watch(
    namespaces: readonly string[],
    isOver: (bindings: readonly Binding[]) => boolean,
    timeoutMs: number,
  ): Promise<readonly Binding[]> {
    let last: readonly Binding[] = [];
    await waitFor(
      'the scheduler',
      async () => {
        last = await Promise.all(namespaces.map((n) => this.binding(n)));
        return isOver(last) || undefined;
      },
      { timeoutMs, intervalMs: 60 },
    ).catch(() => undefined); // What there is at the end is the answer.
    return last;
  }

  /** Ends the workloads of namespaces, and waits until their pods are gone. */
  async clearWorkloads(namespaces: readonly string[]): Promise<void> {
    await Promise.all(
      namespaces.flatMap((namespace) => [
        this.apps.deleteCollectionNamespacedDeployment({ namespace }),
        this.apps.deleteCollectionNamespacedStatefulSet({ namespace }),
      ]),
    );
    await waitFor(
      'the pods to go',
      async () => {
        const lists = await Promise.all(
          namespaces.map((namespace) => this.core.listNamespacedPod({ namespace })),
        );
        if (lists.every(({ items }) => items.length === 0)) return true;
        await Promise.all(
          namespaces.map((namespace) =>
            this.core.deleteCollectionNamespacedPod({ namespace, gracePeriodSeconds: 0 }),
          ),
        );
        return undefined;
      },
      WAIT,
    );
  }

  /** A claim that is left would take space of the next case. */
  async #clearClaims(namespaces: readonly string[]): Promise<void> {
    await Promise.all(
      namespaces.map((namespace) =>
        this.core.deleteCollectionNamespacedPersistentVolumeClaim({ namespace }),
      ),
    );
    await waitFor(
      'the claims to go',
      async () =>
        (await this.core.listPersistentVolumeClaimForAllNamespaces()).items.length === 0 ||
        undefined,
      WAIT,
    );
  }

  /** Everything of the case goes. */
  async empty(): Promise<void> {
    this.#viewStop.abort();
    await this.#viewRun;
    const { items } = await this.core.listNamespace(TENANTS);
    const active = items.filter((n) => n.status?.phase === 'Active');
    const namespaces = active.map((n) => n.metadata?.name ?? '');
    await this.clearWorkloads(namespaces);
    await this.driver.close();
    await this.#clearClaims(namespaces);
    // They go by themselves, while the next case is set up.
    await Promise.all(namespaces.map((name) => this.core.deleteNamespace({ name })));
    await Promise.all([
      this.core.deleteCollectionNamespacedPod({ namespace: 'default', gracePeriodSeconds: 0 }),
      this.storage.deleteCollectionStorageClass(TENANTS),
      ...[...this.#names].map((name) => this.core.deleteNode({ name })),
    ]);
    this.#names.clear();
    await waitFor(
      'the pods of others to go',
      async () =>
        (await this.core.listNamespacedPod({ namespace: 'default' })).items.length === 0 ||
        undefined,
      WAIT,
    );
  }
}
