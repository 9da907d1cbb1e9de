/** Whether a provider and its offer satisfy an order (chain-sdk groupspec.go and bid.go). */
import type { Attribute, AuditedProvider } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import type { ResourceOffer } from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { panicked } from '../akash/registered-error.js';
import { capabilities, capabilityGroups, isAnyOf, isSubset } from '../deployment/attributes.js';
import { resourceNumber } from '../deployment/groups.js';
import type { GroupSpec } from '../deployment/records.js';

/**
 * Whether the offer names the group's units with their counts. An empty offer is one. The amounts are not compared.
 * @throws AppError undefined/111222 when a unit is offered twice: the node dereferences a nil pointer
 */
export const offerMatches = (offer: readonly ResourceOffer[], spec: GroupSpec): boolean => {
  const units = new Map(spec.resources.map((unit) => [unit.resource?.id ?? 0, unit.count]));
  const used = new Set<number>();
  for (const { resources, count } of offer) {
    const id = resources?.id ?? 0;
    const wanted = units.get(id);
    if (wanted === undefined) return false;
    if (used.has(id)) {
      throw panicked('runtime error: invalid memory address or nil pointer dereference');
    }
    used.add(id);
    if (wanted !== count) return false;
  }
  return true;
};

/** Whether the provider's attributes, or those that the auditors asked for have signed, hold what the group requires. */
export const requirementsMatch = (
  spec: GroupSpec,
  own: readonly Attribute[],
  audited: readonly AuditedProvider[],
): boolean => {
  const required = spec.requirements?.attributes ?? [];
  const allOf = spec.requirements?.signedBy?.allOf ?? [];
  const anyOf = spec.requirements?.signedBy?.anyOf ?? [];
  if (allOf.length === 0 && anyOf.length === 0) return isSubset(required, own);
  const signed = new Map(audited.map((record) => [record.auditor, record.attributes]));
  const hasSigned = (auditor: string): boolean => {
    const attributes = signed.get(auditor);
    return attributes !== undefined && isSubset(required, attributes);
  };
  return signed.size > 0 && allOf.every(hasSigned) && (anyOf.length === 0 || anyOf.some(hasSigned));
};

/** Whether the provider says it has the storage classes and one of the GPUs that each unit asks for. */
export const capabilitiesMatch = (spec: GroupSpec, own: readonly Attribute[]): boolean => {
  const storage = capabilityGroups(own, 'storage');
  const gpus = capabilities(own, 'gpu');
  return spec.resources.every(({ resource }) => {
    const volumes = resource?.storage ?? [];
    const stored = volumes.every(
      ({ attributes }) =>
        attributes.length === 0 || storage.some((group) => isSubset(attributes, group)),
    );
    const wantsGpu = (resourceNumber(resource?.gpu?.units) ?? 0n) > 0n;
    const gpuAttributes = resource?.gpu?.attributes ?? [];
    return stored && (!wantsGpu || gpuAttributes.length === 0 || isAnyOf(gpuAttributes, gpus));
  });
};
