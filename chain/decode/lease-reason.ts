/** Reasons for a lease's end, between the chain's numbers, the names it prints and ours. */
import { LeaseClosedReason as WireReason } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import type { LeaseClosedReason } from '../../market/close-reasons.js';

/** The name the chain prints, for example `lease_closed_owner`; a number the SDK does not know stays a number. */
export const leaseReasonName = (reason: number): string => {
  const name: string | undefined = WireReason[reason];
  return name ?? String(reason);
};

const NUMBERS: Readonly<Record<LeaseClosedReason, WireReason>> = {
  invalid: WireReason.lease_closed_invalid,
  owner: WireReason.lease_closed_owner,
  unstable: WireReason.lease_closed_reason_unstable,
  decommission: WireReason.lease_closed_reason_decommission,
  unspecified: WireReason.lease_closed_reason_unspecified,
  manifest_timeout: WireReason.lease_closed_reason_manifest_timeout,
  insufficient_funds: WireReason.lease_closed_reason_insufficient_funds,
};

/** The chain's number of one of our names. */
export const leaseReasonNumber = (reason: LeaseClosedReason): WireReason => NUMBERS[reason];
