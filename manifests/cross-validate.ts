/** Compares a manifest with the groups that its tenant put on chain: what is run must be what is paid for (5.3). */
import type { Attribute } from '../market/attributes.js';
import type { Reason } from '../market/reasons.js';
import type { GroupSpec, ResourceUnit, StorageRequest } from '../market/resources.js';
import { exposes, usedEndpoints } from './expose.js';
import { type Place, placeIn } from './finding.js';
import type { Manifest, ManifestGroup, ManifestService } from './manifest.js';
import type { ValidationCode } from './reasons.js';
import { serviceResources } from './service-resources.js';

const sameAttributes = (a: readonly Attribute[], b: readonly Attribute[]): boolean => {
  const texts = (list: readonly Attribute[]): string =>
    JSON.stringify(list.map(({ key, value }) => JSON.stringify([key, value])).sort());
  return texts(a) === texts(b);
};

const sameStorage = (a: readonly StorageRequest[], b: readonly StorageRequest[]): boolean =>
  a.length === b.length &&
  a.every((volume) => {
    const other = b.find(({ name }) => name === volume.name);
    return (
      other?.quantityBytes === volume.quantityBytes &&
      sameAttributes(other.attributes, volume.attributes)
    );
  });

/** What of an on-chain unit the services have not used yet. */
interface Remaining {
  readonly unit: ResourceUnit;
  count: number;
  endpoints: readonly string[];
}

const endpointName = (e: { kind: string; sequenceNumber: number }): string =>
  e.sequenceNumber === 0 ? e.kind : `${e.kind} ${e.sequenceNumber}`;

const compareResources = (service: ManifestService, unit: ResourceUnit, place: Place): void => {
  const have = serviceResources(service);
  const want = unit.resources;
  const differs = (part: string, code: ValidationCode): void =>
    place.at(part).report(code, `must equal the ${part} of unit ${want.id} of the on-chain group`);
  if (
    have.milliCpu !== want.cpu.milliCpu ||
    !sameAttributes(have.cpuAttributes, want.cpu.attributes)
  )
    differs('cpu', 'CpuDiffers');
  if (have.gpus !== want.gpu.units || !sameAttributes(have.gpuAttributes, want.gpu.attributes))
    differs('gpu', 'GpuDiffers');
  if (
    have.memoryBytes !== want.memory.quantityBytes ||
    !sameAttributes(have.memoryAttributes, want.memory.attributes)
  )
    differs('memory', 'MemoryDiffers');
  if (!sameStorage(have.storage, want.storage)) differs('storage', 'StorageDiffers');
};

const useUnit = (service: ManifestService, left: Remaining, place: Place): void => {
  if (service.count > left.count)
    place
      .at('count')
      .report(
        'ReplicasOverUsed',
        `${service.count} replicas of unit ${left.unit.resources.id}, of which the on-chain group has ${left.count} left`,
      );
  left.count = Math.max(0, left.count - service.count);
  compareResources(service, left.unit, place.at('resources'));
  exposes(service).forEach((expose, i) => {
    for (const endpoint of usedEndpoints(expose)) {
      const name = endpointName(endpoint);
      const at = left.endpoints.indexOf(name);
      if (at === -1)
        place
          .at('expose', i)
          .report('EndpointOverUsed', `the on-chain group has no ${name} endpoint left for it`);
      else left.endpoints = left.endpoints.toSpliced(at, 1);
    }
  });
};

const compareGroup = (group: ManifestGroup, spec: GroupSpec, place: Place): void => {
  const units = new Map<number, Remaining>(
    spec.units.map((unit) => [
      unit.resources.id,
      { unit, count: unit.count, endpoints: unit.resources.endpoints.map(endpointName) },
    ]),
  );
  (group.services ?? []).forEach((service, i) => {
    const at = place.at('services', i);
    const left = units.get(service.resources.id);
    if (left === undefined)
      at.at('resources', 'id').report(
        'ResourceUnitUnknown',
        `the on-chain group has no resource unit ${service.resources.id}`,
      );
    else useUnit(service, left, at);
  });
  for (const [id, { count, endpoints }] of units) {
    if (count > 0)
      place.report('ReplicasUnused', `${count} replicas of on-chain unit ${id} are not used`);
    if (endpoints.length > 0)
      place.report('EndpointsUnused', `unit ${id} leaves unused: ${endpoints.join(', ')}`);
  }
};

/**
 * Every difference between a manifest and the groups of its deployment on chain; empty when they agree. Expects a
 * manifest that passed {@link validateManifest}.
 */
export const crossValidateManifest = (
  manifest: Manifest,
  groups: readonly GroupSpec[],
): readonly Reason[] => {
  const found: Reason[] = [];
  const root = placeIn(found);
  if (manifest.length !== groups.length)
    root.report(
      'GroupCountDiffers',
      `${manifest.length} groups, but the deployment on chain has ${groups.length}`,
    );
  const specs = new Map(groups.map((spec) => [spec.name, spec]));
  manifest.forEach((group, i) => {
    const spec = specs.get(group.name);
    if (spec === undefined)
      root
        .at(i, 'name')
        .report('GroupUnknown', `the deployment on chain has no group "${group.name}"`);
    else compareGroup(group, spec, root.at(i));
  });
  return found;
};
