/** Identifiers between the protobuf types and `market/ids.ts`, and as store keys that sort as the node's do. */
import type { BidId, DeploymentId, GroupId, OrderId } from '../../market/ids.js';

/** What the SDK's 64-bit integers can do that matters here. */
interface Integer {
  toString(): string;
}

interface ProtoDeploymentId {
  readonly owner: string;
  readonly dseq: Integer;
}
interface ProtoGroupId extends ProtoDeploymentId {
  readonly gseq: number;
}
interface ProtoOrderId extends ProtoGroupId {
  readonly oseq: number;
}
interface ProtoBidId extends ProtoOrderId {
  readonly provider: string;
  readonly bseq: number;
}

/** A protobuf 64-bit integer as a bigint; absent is 0. */
export const toBigint = (value: Integer | undefined): bigint => BigInt(value?.toString() ?? '0');

/** An absent id reads as the empty one, as protobuf has it. */
export const deploymentIdFrom = (id: ProtoDeploymentId | undefined): DeploymentId => ({
  owner: id?.owner ?? '',
  dseq: toBigint(id?.dseq),
});

export const groupIdFrom = (id: ProtoGroupId | undefined): GroupId => ({
  ...deploymentIdFrom(id),
  gseq: id?.gseq ?? 0,
});

export const orderIdFrom = (id: ProtoOrderId | undefined): OrderId => ({
  ...groupIdFrom(id),
  oseq: id?.oseq ?? 0,
});

/** Leases have the same identifier. */
export const bidIdFrom = (id: ProtoBidId | undefined): BidId => ({
  ...orderIdFrom(id),
  provider: id?.provider ?? '',
  bseq: id?.bseq ?? 0,
});

const sequence = (value: number): string => value.toString().padStart(10, '0');

/** `owner/dseq` with the number padded, so that keys sort by number. */
export const deploymentKey = (id: DeploymentId): string =>
  `${id.owner}/${id.dseq.toString().padStart(20, '0')}`;
export const groupKey = (id: GroupId): string => `${deploymentKey(id)}/${sequence(id.gseq)}`;
export const orderKey = (id: OrderId): string => `${groupKey(id)}/${sequence(id.oseq)}`;
export const bidKey = (id: BidId): string => `${orderKey(id)}/${id.provider}/${sequence(id.bseq)}`;

/** The group an order, bid or lease belongs to. */
export const groupIdOf = (id: GroupId): GroupId => ({
  owner: id.owner,
  dseq: id.dseq,
  gseq: id.gseq,
});

/** The deployment a group, order, bid or lease belongs to. */
export const deploymentIdOf = (id: DeploymentId): DeploymentId => ({
  owner: id.owner,
  dseq: id.dseq,
});

/** What a list asks for; empty and zero mean any. */
export interface IdFilter {
  readonly owner: string;
  readonly dseq: Integer;
  readonly gseq?: number;
  readonly oseq?: number;
  readonly provider?: string;
  readonly bseq?: number;
}

/** A test of the store keys above, so that entries which do not match are never decoded. */
export const keyFilter = (filter: IdFilter | undefined): ((key: string) => boolean) => {
  const wanted: (string | undefined)[] = [
    filter?.owner,
    toBigint(filter?.dseq) === 0n ? undefined : toBigint(filter?.dseq).toString().padStart(20, '0'),
    ...[filter?.gseq, filter?.oseq].map((value) =>
      value === undefined || value === 0 ? undefined : sequence(value),
    ),
    filter?.provider,
    filter?.bseq === undefined || filter.bseq === 0 ? undefined : sequence(filter.bseq),
  ];
  return (key) => {
    const parts = key.split('/');
    return wanted.every(
      (value, index) => value === undefined || value === '' || parts[index] === value,
    );
  };
};
