/**
 * A storage driver as a CSI driver's provisioner is one: makes a volume where the scheduler put the pod, counts the space, and
 * gives the claim back to the scheduler when there is none left. Without it no claim would ever be bound here.
 */
import type { CoreV1Api, StorageV1Api, V1PersistentVolumeClaim } from '@kubernetes/client-node';
import { setTimeout as delay } from 'node:timers/promises';
import { parseQuantity } from '../../../bidengine/kube-quantity.js';
import type { ClassCase, NodeCase } from './cases.js';
import { capacityObject, DRIVER, partsOf } from './objects.js';
import type { Part } from './objects.js';

const GIB = 2n ** 30n;
const SELECTED = 'volume.kubernetes.io/selected-node';

interface Space {
  readonly object: string;
  readonly part: Part;
  readonly of: ClassCase;
  freeBytes: bigint;
}

export class StorageDriver {
  readonly #core: CoreV1Api;
  readonly #storage: StorageV1Api;
  #spaces: Space[] = [];
  #classes: readonly ClassCase[] = [];
  #labels = new Map<string, Readonly<Record<string, string>>>();
  readonly #made = new Set<string>();
  #rounding: Promise<void> | undefined;

  constructor(core: CoreV1Api, storage: StorageV1Api) {
    this.#core = core;
    this.#storage = storage;
  }

  /** Has the space of these classes for these machines, and tells the cluster of it. */
  async open(
    prefix: string,
    classes: readonly ClassCase[],
    nodes: ReadonlyMap<string, NodeCase>,
  ): Promise<void> {
    this.#labels = new Map(
      [...nodes].map(([name, n]) => [
        name,
        { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': n.zone },
      ]),
    );
    this.#spaces = classes.flatMap((of) =>
      partsOf(of, [...nodes.keys()]).map((part, i) => ({
        ...{ of, part, object: `${prefix}-${of.name}-${i}`, freeBytes: BigInt(part.gib) * GIB },
      })),
    );
    await Promise.all(
      this.#spaces.map((s) =>
        this.#storage.createNamespacedCSIStorageCapacity({
          namespace: 'default',
          body: capacityObject(s.object, s.part, s.freeBytes, s.of.largestVolumeGib),
        }),
      ),
    );
    // Only now: what it takes away before the cluster is told of it would never be told.
    this.#classes = classes;
  }

  async close(): Promise<void> {
    this.#classes = [];
    await this.#rounding;
    const spaces = this.#spaces.splice(0);
    await Promise.all(
      spaces.map((s) =>
        this.#storage.deleteNamespacedCSIStorageCapacity({ namespace: 'default', name: s.object }),
      ),
    );
  }

  /** Bytes of a class that the cluster is told of; `undefined` where nobody tells. */
  freeOf(className: string): bigint | undefined {
    const own = this.#spaces.filter((s) => s.part.className === className);
    return own.length === 0 ? undefined : own.reduce((sum, s) => sum + s.freeBytes, 0n);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#classes.length > 0) {
        this.#rounding = this.#round().catch(() => undefined); // as a watch that is tried again
        await this.#rounding;
      }
      await delay(100, undefined, { signal }).catch(() => undefined);
    }
  }

  async #round(): Promise<void> {
    const { items } = await this.#core.listPersistentVolumeClaimForAllNamespaces();
    for (const claim of items) {
      const of = this.#classes.find((c) => c.name === claim.spec?.storageClassName);
      if (of === undefined || (claim.spec?.volumeName ?? '') !== '') continue;
      if (this.#made.has(claim.metadata?.uid ?? '')) continue;
      const node = claim.metadata?.annotations?.[SELECTED];
      if (node === undefined && !of.immediate) continue;
      await this.#provision(claim, of, node);
    }
  }

  async #provision(
    claim: V1PersistentVolumeClaim,
    of: ClassCase,
    node: string | undefined,
  ): Promise<void> {
    const bytes = parseQuantity(claim.spec?.resources?.requests?.['storage'] ?? '0', 0, 'up');
    const found = this.#spaces
      .filter((s) => s.of === of && s.freeBytes >= bytes && this.#reaches(s.part, node))
      .sort((a, b) => (a.freeBytes > b.freeBytes ? -1 : 1))[0];
    const isTooLarge =
      of.largestVolumeGib !== undefined && bytes > BigInt(of.largestVolumeGib) * GIB;
    if (isTooLarge || (found === undefined && of.space !== 'unknown')) {
      await this.#giveBack(claim);
      return;
    }
    await this.#make(claim, found, bytes);
  }

  #reaches({ label, value }: Part, node: string | undefined): boolean {
    return label === undefined || node === undefined || this.#labels.get(node)?.[label] === value;
  }

  async #make(
    claim: V1PersistentVolumeClaim,
    space: Space | undefined,
    bytes: bigint,
  ): Promise<void> {
    const { uid = '', name = '', namespace = '' } = claim.metadata ?? {};
    this.#made.add(uid);
    if (space !== undefined) space.freeBytes -= bytes;
    const part = space?.part;
    await this.#core.createPersistentVolume({
      body: {
        metadata: { name: `pv-${uid}`, annotations: { 'pv.kubernetes.io/provisioned-by': DRIVER } },
        spec: {
          capacity: { storage: String(bytes) },
          accessModes: ['ReadWriteOnce'],
          storageClassName: claim.spec?.storageClassName ?? '',
          persistentVolumeReclaimPolicy: 'Retain',
          claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid },
          csi: { driver: DRIVER, volumeHandle: uid },
          ...(part?.label === undefined
            ? {}
            : {
                nodeAffinity: {
                  required: {
                    nodeSelectorTerms: [
                      {
                        matchExpressions: [
                          { key: part.label, operator: 'In', values: [part.value ?? ''] },
                        ],
                      },
                    ],
                  },
                },
              }),
        },
      },
    });
    if (space === undefined) return;
    await this.#storage.replaceNamespacedCSIStorageCapacity({
      ...{ name: space.object, namespace: 'default' },
      body: capacityObject(space.object, space.part, space.freeBytes, space.of.largestVolumeGib),
    });
  }

  /** As csi-provisioner does: without the annotation the scheduler chooses again. */
  async #giveBack(claim: V1PersistentVolumeClaim): Promise<void> {
    const { name = '', namespace = '' } = claim.metadata ?? {};
    const { [SELECTED]: selected, ...annotations } = claim.metadata?.annotations ?? {};
    if (selected === undefined) return;
    await this.#core.replaceNamespacedPersistentVolumeClaim({
      ...{ name, namespace },
      body: Object.assign(claim, {
        metadata: Object.assign(claim.metadata ?? {}, { annotations }),
      }),
    });
  }
}
