/**
 * What market v1beta5 has on the wire and the published SDK does not know: the reclamation window of bids and of their
 * message, the reclamation of orders and leases, the lease state 4, the parameters' bounds, and the message that starts
 * a reclamation. Numbers from chain-sdk's generated Go code (market/v1/reclamation.pb.go, v1beta5/params.pb.go,
 * leasemsg.pb.go) and its reclamation proposal.
 */
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { Lease_State as LeaseState } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { MsgCloseLease } from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import {
  decodeDuration,
  encodeDuration,
  readField,
  readVarint,
  withField,
} from '../akash/proto-fields.js';

/** `MsgCreateBid.reclamation_window` */
const MESSAGE_WINDOW = 5;
/** `Bid.reclamation_window` */
const BID_WINDOW = 6;
/** `Lease.reclamation` */
const LEASE_RECLAMATION = 7;
/** `Params.min_reclamation_window` and `max_reclamation_window` */
const PARAMS_MIN_WINDOW = 4;
const PARAMS_MAX_WINDOW = 5;

/** The enum is open, as in protobuf: it has the numbers 0 to 4 although the SDK names only 0 to 3. */
const isLeaseState = (value: number): value is LeaseState => value >= 0 && value <= 4;

const leaseState = (value: number): LeaseState => {
  if (!isLeaseState(value)) throw new RangeError(`${value} is no lease state`);
  return value;
};

/** `Lease.State.reclaiming` */
export const LEASE_RECLAIMING = leaseState(4);

/** `akash.market.v1.Reclamation`: what a lease's provider owes before it may close. */
export interface Reclamation {
  /** Nanoseconds. */
  readonly window: bigint;
  /** Height at which it started, 0 before. */
  readonly startedAt: bigint;
  /** Unix seconds after which the provider may close, 0 before. */
  readonly deadline: bigint;
  /** Number of the reason given. */
  readonly reason: number;
}

const duration = (bytes: Uint8Array | undefined): bigint | undefined =>
  bytes === undefined ? undefined : decodeDuration(bytes);

const optionalDuration = (nanoseconds: bigint | undefined): Uint8Array | undefined =>
  nanoseconds === undefined ? undefined : encodeDuration(nanoseconds);

/** Nanoseconds of the window in a `MsgCreateBid`, if it has one. */
export const windowOfMessage = (message: Uint8Array): bigint | undefined =>
  duration(readField(message, MESSAGE_WINDOW));

/** A `MsgCreateBid` with a window. */
export const withMessageWindow = (message: Uint8Array, window: bigint): Uint8Array =>
  withField(message, MESSAGE_WINDOW, encodeDuration(window));

export const windowOfBid = (bid: Uint8Array): bigint | undefined =>
  duration(readField(bid, BID_WINDOW));

export const withBidWindow = (bid: Uint8Array, window: bigint | undefined): Uint8Array =>
  withField(bid, BID_WINDOW, optionalDuration(window));

/** The reclamation of an encoded lease. */
export const reclamationOfLease = (lease: Uint8Array): Reclamation | undefined => {
  const bytes = readField(lease, LEASE_RECLAMATION);
  if (bytes === undefined) return undefined;
  return {
    window: duration(readField(bytes, 1)) ?? 0n,
    startedAt: readVarint(bytes, 2),
    deadline: readVarint(bytes, 3),
    reason: Number(readVarint(bytes, 4)),
  };
};

const encodeReclamation = (reclamation: Reclamation): Uint8Array => {
  const writer = new BinaryWriter().raw(
    withField(new Uint8Array(), 1, encodeDuration(reclamation.window)),
  );
  if (reclamation.startedAt !== 0n) writer.uint32(16).int64(reclamation.startedAt);
  if (reclamation.deadline !== 0n) writer.uint32(24).int64(reclamation.deadline);
  if (reclamation.reason !== 0) writer.uint32(32).int32(reclamation.reason);
  return writer.finish();
};

export const withLeaseReclamation = (
  lease: Uint8Array,
  reclamation: Reclamation | undefined,
): Uint8Array =>
  withField(
    lease,
    LEASE_RECLAMATION,
    reclamation === undefined ? undefined : encodeReclamation(reclamation),
  );

/** Appends the reclamation bounds, nanoseconds, to encoded `Params`. */
export const withWindowBounds = (params: Uint8Array, min: bigint, max: bigint): Uint8Array =>
  withField(
    withField(params, PARAMS_MIN_WINDOW, encodeDuration(min)),
    PARAMS_MAX_WINDOW,
    encodeDuration(max),
  );

/** The bounds in encoded `Params`, nanoseconds. */
export const windowBounds = (
  params: Uint8Array,
): { readonly min: bigint; readonly max: bigint } => ({
  min: duration(readField(params, PARAMS_MIN_WINDOW)) ?? 0n,
  max: duration(readField(params, PARAMS_MAX_WINDOW)) ?? 0n,
});

/** `MsgLeaseStartReclaim { id = 1, reason = 2 }`: field for field a `MsgCloseLease`, whose codec serves for it. */
export const MsgLeaseStartReclaim = MsgCloseLease;
export type MsgLeaseStartReclaim = MsgCloseLease;
