/** Why a lease ended, in the chain's numbers (akash.market.v1.LeaseClosedReason; provider-wire 6.5). */
export const LEASE_CLOSED_REASONS = {
  invalid: 0,
  owner: 1,
  unstable: 10000,
  decommission: 10001,
  unspecified: 10002,
  manifest_timeout: 10003,
  insufficient_funds: 20000,
} as const;

export type LeaseClosedReason = keyof typeof LEASE_CLOSED_REASONS;

/** The only reasons a provider may give (10000..19999). */
export type ProviderCloseReason = 'unstable' | 'decommission' | 'unspecified' | 'manifest_timeout';
