/**
 * The inventory that a decision is made on: plain data, taken at one moment, never changed afterwards.
 * Whoever watches the cluster builds it (`inventory.ts`); the bid engine declares what it must say.
 */
import type { GpuModel } from '../market/gpu.js';
import type { Reason } from '../market/reasons.js';
import type { GpuSoftware } from './gpu-software.js';
import type { Quantities } from './quantities.js';

/**
 * What a node sells as `nvidia.com/gpu`: whole GPUs of one model, or MIG slices under strategy `single`. A node whose GPUs
 * may not be sold has none.
 */
export interface NodeGpu {
  readonly resourceName: 'nvidia.com/gpu';
  readonly model: GpuModel;
}

/** MIG slices of one profile that a node can sell; how many is in the node's amounts. */
export interface NodeSlices {
  /** For example `nvidia.com/mig-1g.10gb`. */
  readonly resourceName: string;
  readonly model: GpuModel;
}

/** One node. */
export interface NodeSnapshot {
  readonly name: string;
  /** Only the labels that placement or a reader of an explanation can use. */
  readonly labels: Readonly<Record<string, string>>;
  /** Why nothing may be placed here; empty when the node is for sale. */
  readonly unsellable: readonly Reason[];
  /** What the node gives to pods at all. */
  readonly allocatable: Quantities;
  /** What running pods and reservations take of it; larger than `allocatable` only as an anomaly. */
  readonly allocated: Quantities;
  readonly gpu?: NodeGpu | undefined;
  /** MIG resources beside whole GPUs (strategy `mixed`), by name. */
  readonly slices: readonly NodeSlices[];
  /** What the machine has as `nvidia.com/gpu`, usable or not. */
  readonly gpuCapacity: bigint;
  /** As far as labels or a DRA driver tell. */
  readonly software: GpuSoftware;
  /** Why GPUs of this node are not (or not all) for sale although the node is; empty when they are. */
  readonly gpuUnsellable: readonly Reason[];
  /** Persistent storage classes whose volumes a pod here can mount. */
  readonly storageClasses: readonly string[];
  /** What volumes here can get, by class, where a class's free space differs by topology. */
  readonly storageRoom?: Readonly<Record<string, SegmentRoom>> | undefined;
  /** Tainted so that only pods with GPUs may come. */
  readonly gpuPodsOnly?: boolean | undefined;
}

/** The part of a storage class that one node reaches. */
export interface SegmentRoom {
  /** Equal for nodes that share the space; unique within its class. */
  readonly segment: string;
  readonly freeBytes: bigint;
  /** The largest single volume, where that is less. */
  readonly largestVolumeBytes?: bigint | undefined;
}

/** A persistent storage class of the cluster. */
export interface StorageClassSnapshot {
  readonly name: string;
  /** `undefined` where neither its driver nor the operator tells. */
  readonly availableBytes: bigint | undefined;
  /** Why no volume of it is sold; absent or empty when it is for sale. */
  readonly unsellable?: readonly Reason[] | undefined;
}

export interface InventorySnapshot {
  readonly nodes: readonly NodeSnapshot[];
  readonly storage: readonly StorageClassSnapshot[];
  /** Addresses that can still be leased. */
  readonly leasedIpsAvailable: number;
  /** Unix milliseconds at which the inventory was counted. */
  readonly takenAtMs: number;
  /** What did not add up while counting; each is worth an alarm, none stops bidding by itself. */
  readonly anomalies: readonly Reason[];
}

/** Capacity promised to an order or a lease, whether or not its pods exist yet. */
export interface Reservation {
  /** Order path, `owner/dseq/gseq/oseq`: a lease has the order path of its order. */
  readonly key: string;
  /** The tenant. */
  readonly owner: string;
  readonly perNode: readonly { readonly node: string; readonly quantities: Quantities }[];
  /** Persistent volumes, summed per class and node; without a node where nobody knows which. */
  readonly storage: readonly {
    readonly className: string;
    readonly bytes: bigint;
    readonly node?: string | undefined;
  }[];
  readonly leasedIps: number;
  /** Why it is held, for a reader: for example `bid open` or `lease active`. */
  readonly reason: string;
  /** Unix milliseconds after which the holder gives it back; `undefined` for as long as the lease lives. */
  readonly expiresAtMs?: number | undefined;
}
