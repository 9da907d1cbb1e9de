/**
 * Reclamation, which the chain knows and the published SDK (1.0.0-alpha.25) does not: everything about its bytes is here.
 * Source: AEP-82. Order.reclamation = 5 {min_window = 1}; MsgCreateBid.reclamation_window = 5; Bid.reclamation_window = 6;
 * Lease.reclamation = 7 {window = 1, started_at = 2, deadline = 3}; Lease.State reclaiming = 4. Windows are Durations.
 */
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { Reclamation } from '../../market/records.js';
import { bytesFields, int64Field } from './fields.js';

/** Lease.State of a lease that its provider is taking back. */
export const LEASE_STATE_RECLAIMING = 4;

const durationSeconds = (duration: Uint8Array): bigint => int64Field(duration, 1);

const lastOf = (message: Uint8Array, field: number): Uint8Array | undefined =>
  bytesFields(message, field).at(-1);

/** Whole seconds of the shortest window that an encoded Order accepts. @throws ChainDecodeError */
export const orderMinWindowSeconds = (order: Uint8Array): bigint | undefined => {
  const reclamation = lastOf(order, 5);
  if (reclamation === undefined) return undefined;
  return durationSeconds(lastOf(reclamation, 1) ?? new Uint8Array());
};

/** Whole seconds of the window that an encoded Bid offers. @throws ChainDecodeError */
export const bidWindowSeconds = (bid: Uint8Array): bigint | undefined => {
  const window = lastOf(bid, 6);
  return window === undefined ? undefined : durationSeconds(window);
};

/** The reclamation record of an encoded Lease. @throws ChainDecodeError */
export const leaseReclamation = (lease: Uint8Array): Reclamation | undefined => {
  const reclamation = lastOf(lease, 7);
  if (reclamation === undefined) return undefined;
  return {
    windowSeconds: durationSeconds(lastOf(reclamation, 1) ?? new Uint8Array()),
    startedAt: int64Field(reclamation, 2),
    deadlineSeconds: int64Field(reclamation, 3),
  };
};

/** The field `reclamation_window` of MsgCreateBid, tag included. @param seconds whole seconds, positive */
export const bidWindowField = (seconds: bigint): Uint8Array => {
  const duration = new BinaryWriter().uint32(8).int64(seconds).finish();
  return new BinaryWriter().uint32(42).bytes(duration).finish();
};
