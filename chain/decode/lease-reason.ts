/** Reasons for a lease's end, between the chain's numbers, the names it prints and ours. */
import { LeaseClosedReason as WireReason } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { LEASE_CLOSED_REASONS } from '../../market/close-reasons.js';
import type { LeaseClosedReason } from '../../market/close-reasons.js';

/** The name the chain prints, for example `lease_closed_owner`; a number the SDK does not know stays a number. */
export const leaseReasonName = (reason: number): string => {
  const name: string | undefined = WireReason[reason];
  return name ?? String(reason);
};

/** The chain's number of one of our names. */
export const leaseReasonNumber = (reason: LeaseClosedReason): number =>
  LEASE_CLOSED_REASONS[reason];
