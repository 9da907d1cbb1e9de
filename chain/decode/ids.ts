/** Market ids, between the SDK's messages (whose 64-bit integers are `Long`) and market/ ids. */
import Long from 'long';
import type { BidId, DeploymentId, GroupId, OrderId } from '../../market/ids.js';
import { required, toBigInt } from './primitives.js';

/** A uint64 as the SDK's codecs take it. */
export const toLong = (value: bigint): Long => Long.fromString(value.toString(), true);

interface WireDeploymentId {
  readonly owner: string;
  readonly dseq: Long;
}
interface WireGroupId extends WireDeploymentId {
  readonly gseq: number;
}
interface WireOrderId extends WireGroupId {
  readonly oseq: number;
}
interface WireBidId extends WireOrderId {
  readonly provider: string;
  readonly bseq: number;
}

/** @throws ChainDecodeError when absent, as for the three below */
export const toDeploymentId = (wire: WireDeploymentId | undefined, field: string): DeploymentId => {
  const id = required(wire, field);
  return { owner: id.owner, dseq: toBigInt(id.dseq) };
};

export const toGroupId = (wire: WireGroupId | undefined, field: string): GroupId => ({
  ...toDeploymentId(wire, field),
  gseq: required(wire, field).gseq,
});

export const toOrderId = (wire: WireOrderId | undefined, field: string): OrderId => ({
  ...toGroupId(wire, field),
  oseq: required(wire, field).oseq,
});

export const toBidId = (wire: WireBidId | undefined, field: string): BidId => ({
  ...toOrderId(wire, field),
  provider: required(wire, field).provider,
  bseq: required(wire, field).bseq,
});

export const fromDeploymentId = (id: DeploymentId): { owner: string; dseq: Long } => ({
  owner: id.owner,
  dseq: toLong(id.dseq),
});

export const fromGroupId = (id: GroupId): { owner: string; dseq: Long; gseq: number } => ({
  ...fromDeploymentId(id),
  gseq: id.gseq,
});

export const fromOrderId = (
  id: OrderId,
): { owner: string; dseq: Long; gseq: number; oseq: number } => ({
  ...fromGroupId(id),
  oseq: id.oseq,
});

/** A LeaseID has the same fields. */
export const fromBidId = (
  id: BidId,
): {
  owner: string;
  dseq: Long;
  gseq: number;
  oseq: number;
  provider: string;
  bseq: number;
} => ({ ...fromOrderId(id), provider: id.provider, bseq: id.bseq });
