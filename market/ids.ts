/**
 * Identifiers of the Akash market, with the path form that logs, labels and the command line use.
 * Source of the formats: akash.deployment.v1 and akash.market.v1 protobufs; a deployment sequence (dseq) is a uint64,
 * hence bigint here and a string in JSON; group, order and bid sequences are uint32.
 */

/** A tenant's deployment: the tenant's address and its deployment sequence. */
export interface DeploymentId {
  readonly owner: string;
  readonly dseq: bigint;
}

/** One placement group of a deployment. */
export interface GroupId extends DeploymentId {
  readonly gseq: number;
}

/** One order of a group; a group whose lease the tenant closed gets a new order with the next oseq. */
export interface OrderId extends GroupId {
  readonly oseq: number;
}

/** A provider's bid on an order; the chain keys bids by (order, provider, bseq) and bseq is always 0 today. */
export interface BidId extends OrderId {
  readonly provider: string;
  readonly bseq: number;
}

/** A lease has the identifier of the bid that won it. */
export type LeaseId = BidId;

/** Thrown by every `parse…` of this file; `field` names the part that was wrong. */
export class IdFormatError extends Error {
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.name = 'IdFormatError';
    this.field = field;
  }
}

export const isIdFormatError = (error: unknown): error is IdFormatError =>
  error instanceof IdFormatError;

/** `owner/dseq` */
export const formatDeploymentId = (id: DeploymentId): string => `${id.owner}/${id.dseq}`;
/** `owner/dseq/gseq` */
export const formatGroupId = (id: GroupId): string => `${formatDeploymentId(id)}/${id.gseq}`;
/** `owner/dseq/gseq/oseq`, the "order path" */
export const formatOrderId = (id: OrderId): string => `${formatGroupId(id)}/${id.oseq}`;
/** `owner/dseq/gseq/oseq/provider`, the "lease path"; bseq is left out because it is always 0. */
export const formatLeaseId = (id: LeaseId): string => `${formatOrderId(id)}/${id.provider}`;
/** Same text as {@link formatLeaseId}: a bid and the lease it becomes share their path. */
export const formatBidId = formatLeaseId;

const UINT64_MAX = 2n ** 64n - 1n;
const UINT32_MAX = 2 ** 32 - 1;

/** Parses a decimal uint64. @throws IdFormatError naming `field` */
export const parseUint64 = (text: string, field: string): bigint => {
  if (!/^\d{1,20}$/.test(text)) {
    throw new IdFormatError(field, `${field} must be a decimal number, got "${text}"`);
  }
  const value = BigInt(text);
  if (value > UINT64_MAX)
    throw new IdFormatError(field, `${field} is larger than a uint64: ${text}`);
  return value;
};

/** Parses a decimal uint32. @throws IdFormatError naming `field` */
export const parseUint32 = (text: string, field: string): number => {
  const value = parseUint64(text, field);
  if (value > BigInt(UINT32_MAX)) {
    throw new IdFormatError(field, `${field} is larger than a uint32: ${text}`);
  }
  return Number(value);
};

const parseAddress = (text: string, field: string): string => {
  if (!/^[a-z]{1,20}1[02-9ac-hj-np-z]{38,58}$/.test(text)) {
    throw new IdFormatError(field, `${field} must be a bech32 address, got "${text}"`);
  }
  return text;
};

const split = (path: string, names: readonly string[]): readonly string[] => {
  const parts = path.split('/');
  if (parts.length !== names.length) {
    throw new IdFormatError('id', `expected ${names.join('/')}, got "${path}"`);
  }
  return parts;
};

/** Inverse of {@link formatDeploymentId}. @throws IdFormatError */
export const parseDeploymentId = (path: string): DeploymentId => {
  const [owner = '', dseq = ''] = split(path, ['owner', 'dseq']);
  return { owner: parseAddress(owner, 'owner'), dseq: parseUint64(dseq, 'dseq') };
};

/** Inverse of {@link formatOrderId}. @throws IdFormatError */
export const parseOrderId = (path: string): OrderId => {
  const [owner = '', dseq = '', gseq = '', oseq = ''] = split(path, [
    'owner',
    'dseq',
    'gseq',
    'oseq',
  ]);
  return {
    ...parseDeploymentId(`${owner}/${dseq}`),
    gseq: parseUint32(gseq, 'gseq'),
    oseq: parseUint32(oseq, 'oseq'),
  };
};

/** Inverse of {@link formatLeaseId}; bseq becomes 0. @throws IdFormatError */
export const parseLeaseId = (path: string): LeaseId => {
  const [owner = '', dseq = '', gseq = '', oseq = '', provider = ''] = split(path, [
    'owner',
    'dseq',
    'gseq',
    'oseq',
    'provider',
  ]);
  return {
    ...parseOrderId(`${owner}/${dseq}/${gseq}/${oseq}`),
    provider: parseAddress(provider, 'provider'),
    bseq: 0,
  };
};

/** The order a bid or lease belongs to. */
export const orderIdOf = (id: BidId): OrderId => ({
  owner: id.owner,
  dseq: id.dseq,
  gseq: id.gseq,
  oseq: id.oseq,
});

/** The identifier of `provider`'s bid on `order`. */
export const bidIdOf = (order: OrderId, provider: string): BidId => ({
  owner: order.owner,
  dseq: order.dseq,
  gseq: order.gseq,
  oseq: order.oseq,
  provider,
  bseq: 0,
});
