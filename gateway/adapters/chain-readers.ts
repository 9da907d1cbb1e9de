/** The gateway's view of the market, over the chain's port. */
import type { ChainReader } from '../../chain/ports.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { IdentityReader, LeaseReader } from '../ports.js';
import type { Ask } from './asking.js';

/** Leases of `provider`. */
export const createLeaseReader = (chain: ChainReader, provider: string, ask: Ask): LeaseReader => ({
  deployment: (id) => ask(() => chain.deployment(id)),
  lease: (id) => ask(() => chain.lease(id)),
  liveLeases: async (id) => {
    const leases = await ask(() => chain.leasesOfOwner(id.owner, LIVE_LEASE_STATES));
    return leases
      .filter((lease) => lease.id.dseq === id.dseq && lease.id.provider === provider)
      .toSorted((a, b) => a.id.gseq - b.id.gseq || a.id.oseq - b.id.oseq);
  },
});

/** Accounts and certificates. */
export const createIdentityReader = (chain: ChainReader, ask: Ask): IdentityReader => ({
  account: (address) => ask(() => chain.account(address)),
  certificate: async (owner, serial) => {
    const found = await ask(() => chain.certificates(owner, serial));
    return found.find((certificate) => certificate.serial === serial);
  },
});
