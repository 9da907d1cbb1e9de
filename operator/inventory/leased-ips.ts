/** Addresses that tenants have, and how many are left: counted from the services that bear one. */
import type { LeasedIpFacts } from '../../bidengine/cluster-facts.js';
import type { Service } from '../../kube/core-objects.js';
import type { AddressPool } from './address-pool.js';

/** A service with addresses from outside. */
export interface AddressUse {
  readonly namespace: string;
  readonly addresses: readonly string[];
}

/** `undefined` for a service that has none, or none yet. */
export const toAddressUse = ({ metadata, spec, status }: Service): AddressUse | undefined => {
  if (spec?.type !== 'LoadBalancer') return undefined;
  const addresses = (status?.loadBalancer?.ingress ?? []).flatMap((i) => i.ip ?? []);
  return addresses.length === 0 ? undefined : { namespace: metadata.namespace ?? '', addresses };
};

/**
 * What is left of the pool. Services that share an address (`metallb.universe.tf/allow-shared-ip`) take it once; whose
 * service it is does not matter: an ingress controller's is as gone as a tenant's.
 * @param leaseOf lease path of a namespace, `undefined` for others
 */
export const leasedIpFacts = (
  pool: AddressPool,
  uses: readonly AddressUse[],
  leaseOf: (namespace: string) => string | undefined,
): LeasedIpFacts => {
  const taken = new Set<string>();
  const byLease = new Map<string, Set<string>>();
  for (const { namespace, addresses } of uses) {
    const lease = leaseOf(namespace);
    for (const address of addresses.filter((a) => pool.has(a))) {
      taken.add(address);
      if (lease === undefined) continue;
      const own = byLease.get(lease) ?? new Set<string>();
      byLease.set(lease, own.add(address));
    }
  }
  return {
    available: Math.max(0, pool.size - taken.size),
    assigned: [...byLease].map(([leasePath, own]) => ({ leasePath, count: own.size })),
  };
};
