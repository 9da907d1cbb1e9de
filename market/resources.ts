/** What a group asks for, as plain data. Field names and units follow akash.base.resources.v1beta4. */
import type { Attribute, PlacementRequirements } from './attributes.js';
import { Decimal } from './money.js';
import type { DecCoin } from './money.js';

/** Kinds of endpoints; each occurrence in a unit is one endpoint of a service. */
export type EndpointKind = 'SHARED_HTTP' | 'RANDOM_PORT' | 'LEASED_IP';

export interface Endpoint {
  readonly kind: EndpointKind;
  /** Non-zero for leased IPs: endpoints with the same number share an address. */
  readonly sequenceNumber: number;
}

/** One volume; class and persistence are attributes `class` and `persistent`. */
export interface StorageRequest {
  readonly name: string;
  readonly quantityBytes: bigint;
  readonly attributes: readonly Attribute[];
}

/** The resources of one replica. */
export interface Resources {
  /** Number of this unit within its group, from 1; manifests refer to it. */
  readonly id: number;
  readonly cpu: { readonly milliCpu: bigint; readonly attributes: readonly Attribute[] };
  readonly memory: { readonly quantityBytes: bigint; readonly attributes: readonly Attribute[] };
  readonly storage: readonly StorageRequest[];
  readonly gpu: { readonly units: bigint; readonly attributes: readonly Attribute[] };
  readonly endpoints: readonly Endpoint[];
}

/** Resources, how many replicas, and the most the tenant pays for one replica per block. */
export interface ResourceUnit {
  readonly resources: Resources;
  readonly count: number;
  readonly price: DecCoin;
}

/** What a bid promises for one unit: ids and counts must be those of the group. */
export interface ResourceOffer {
  readonly resources: Resources;
  readonly count: number;
}

/** One placement group of a deployment. */
export interface GroupSpec {
  readonly name: string;
  readonly requirements: PlacementRequirements;
  readonly units: readonly ResourceUnit[];
}

/** A volume's storage class: `ephemeral` when it names none, since it then lives on the node's disk. */
export const storageClassOf = (storage: StorageRequest): string => {
  const named = storage.attributes.find((a) => a.key === 'class')?.value ?? '';
  return named === '' ? 'ephemeral' : named;
};

/** Whether a volume outlives its pod. */
export const isPersistent = (storage: StorageRequest): boolean =>
  storage.attributes.some((a) => a.key === 'persistent' && a.value === 'true');

/** GPUs of all replicas of a group. */
export const groupGpus = (group: GroupSpec): bigint =>
  group.units.reduce((sum, u) => sum + u.resources.gpu.units * BigInt(u.count), 0n);

/** The most the tenant pays for the whole group per block: the sum of unit price times count (provider-wire 1.3). */
export const groupMaxPrice = (group: GroupSpec): DecCoin => ({
  denom: group.units[0]?.price.denom ?? '',
  amount: group.units.reduce(
    (sum, u) => sum.plus(u.price.amount.times(new Decimal(String(u.count)))),
    new Decimal('0'),
  ),
});
