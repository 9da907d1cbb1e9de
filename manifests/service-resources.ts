/** The resources of a manifest's service as numbers. */
import type { Attribute } from '../market/attributes.js';
import type { StorageRequest } from '../market/resources.js';
import type { ManifestService, ManifestStorage } from './manifest.js';

const bytes = (text: string | undefined): bigint => BigInt(text ?? '0');

/** What one replica of a service gets; missing parts count as nothing. */
export interface ServiceResources {
  readonly milliCpu: bigint;
  readonly cpuAttributes: readonly Attribute[];
  readonly memoryBytes: bigint;
  readonly memoryAttributes: readonly Attribute[];
  readonly gpus: bigint;
  readonly gpuAttributes: readonly Attribute[];
  readonly storage: readonly StorageRequest[];
}

const toStorageRequest = (storage: ManifestStorage): StorageRequest => ({
  name: storage.name,
  quantityBytes: bytes(storage.size.val),
  attributes: storage.attributes ?? [],
});

/** Reads a service's resources; whether they are all present is for validation to say. */
export const serviceResources = ({ resources }: ManifestService): ServiceResources => ({
  milliCpu: bytes(resources.cpu?.units.val),
  cpuAttributes: resources.cpu?.attributes ?? [],
  memoryBytes: bytes(resources.memory?.size.val),
  memoryAttributes: resources.memory?.attributes ?? [],
  gpus: bytes(resources.gpu?.units.val),
  gpuAttributes: resources.gpu?.attributes ?? [],
  storage: (resources.storage ?? []).map(toStorageRequest),
});
