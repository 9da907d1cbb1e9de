/** Between a lease and the Kubernetes names and labels that carry it. */
import { AKASH_LABELS, LABELS } from '../../crds/constants.js';
import type { ComputeLease, LeaseRef } from '../../crds/generated/types.js';
import { leaseNamespace } from '../../manifests/names.js';
import { isIdFormatError, parseLeaseId } from '../../market/ids.js';
import type { LeaseId } from '../../market/ids.js';
import type { LeaseSighting } from './compare.js';

export const toLeaseRef = (id: LeaseId): LeaseRef => ({
  owner: id.owner,
  dseq: id.dseq.toString(),
  gseq: id.gseq,
  oseq: id.oseq,
  provider: id.provider,
});

export const fromLeaseRef = (ref: LeaseRef): LeaseId => ({
  ...ref,
  dseq: BigInt(ref.dseq),
  bseq: 0,
});

/** The lease under the name that all its objects bear. */
export const sightingOf = (id: LeaseId): LeaseSighting => ({ name: leaseNamespace(id), id });

export const sightingOfObject = (lease: ComputeLease): LeaseSighting => ({
  name: lease.metadata.name,
  id: fromLeaseRef(lease.spec.leaseId),
});

/** Labels of a ComputeLease: those of the Akash provider, and the ComputeProvider it belongs to. */
export const leaseLabels = (
  id: LeaseId,
  computeProvider: string,
): Readonly<Record<string, string>> => ({
  [AKASH_LABELS.managed]: 'true',
  [AKASH_LABELS.namespace]: leaseNamespace(id),
  [AKASH_LABELS.leaseOwner]: id.owner,
  [AKASH_LABELS.leaseDseq]: id.dseq.toString(),
  [AKASH_LABELS.leaseGseq]: String(id.gseq),
  [AKASH_LABELS.leaseOseq]: String(id.oseq),
  [AKASH_LABELS.leaseProvider]: id.provider,
  [LABELS.provider]: computeProvider,
});

/**
 * The lease that a namespace's labels name, or `undefined` when they name none or the namespace is called otherwise:
 * a namespace whose name is not the one its lease would get is not ours to touch.
 */
export const leaseOfLabels = (
  name: string,
  labels: Readonly<Record<string, string>> | undefined,
): LeaseSighting | undefined => {
  const part = (key: string): string => labels?.[key] ?? '';
  try {
    const id = parseLeaseId(
      [
        part(AKASH_LABELS.leaseOwner),
        part(AKASH_LABELS.leaseDseq),
        part(AKASH_LABELS.leaseGseq),
        part(AKASH_LABELS.leaseOseq),
        part(AKASH_LABELS.leaseProvider),
      ].join('/'),
    );
    return leaseNamespace(id) === name ? { name, id } : undefined;
  } catch (error) {
    if (isIdFormatError(error)) return undefined;
    throw error;
  }
};
