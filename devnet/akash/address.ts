/** Addresses and identifiers as messages carry them, checked as chain-sdk's `ID.Validate` does. */
import { fromBech32 } from '@cosmjs/encoding';
import { ADDRESS_PREFIX } from '../bank/module-address.js';
import { isAppError, sdkError } from '../kernel/errors.js';
import { wrapRefusal } from './registered-error.js';
import { AppError } from '../kernel/module.js';

/** Whether `text` is an account address of this chain. */
export const isAddress = (text: string): boolean => {
  try {
    const { prefix, data } = fromBech32(text);
    return prefix === ADDRESS_PREFIX && (data.length === 20 || data.length === 32);
  } catch {
    return false;
  }
};

interface Sequence {
  toString(): string;
}

/** The parts of an identifier that are checked; each level needs the ones above it. */
interface IdParts {
  readonly owner: string;
  readonly dseq: Sequence;
  readonly gseq: number;
  readonly oseq: number;
  readonly provider: string;
}

const invalidSequence = (text: string): AppError =>
  new AppError('sdk', 3, `${text}: invalid sequence`);

/** Runs `check` and puts `label` before the log of what it throws. */
const under = (label: string, check: () => void): void => {
  try {
    check();
  } catch (error) {
    throw isAppError(error) ? wrapRefusal(error, label) : error;
  }
};

/** @throws AppError sdk/7 or sdk/3 naming the part */
export const validateDeploymentId = (id: Pick<IdParts, 'owner' | 'dseq'> | undefined): void => {
  if (!isAddress(id?.owner ?? '')) {
    throw sdkError('invalidAddress', 'DeploymentID: Invalid Owner Address');
  }
  if ((id?.dseq.toString() ?? '0') === '0') {
    throw invalidSequence('DeploymentID: Invalid Deployment Sequence');
  }
};

/** @throws AppError sdk/7 or sdk/3 naming the part */
export const validateGroupId = (id: Pick<IdParts, 'owner' | 'dseq' | 'gseq'> | undefined): void => {
  under('GroupID: Invalid DeploymentID', () => validateDeploymentId(id));
  if ((id?.gseq ?? 0) === 0) throw invalidSequence('GroupID: Invalid Group Sequence');
};

/** @throws AppError sdk/7 or sdk/3 naming the part */
export const validateOrderId = (id: Omit<IdParts, 'provider'> | undefined): void => {
  under('OrderID: Invalid GroupID', () => validateGroupId(id));
  if ((id?.oseq ?? 0) === 0) throw invalidSequence('OrderID: Invalid Order Sequence');
};

/** For bids and leases, which share their identifier. @throws AppError sdk/7, sdk/3 or sdk/36 */
export const validateBidId = (id: IdParts | undefined): void => {
  under('BidID: Invalid OrderID', () => validateOrderId(id));
  if (!isAddress(id?.provider ?? '')) {
    throw sdkError('invalidAddress', 'BidID: Invalid Provider Address');
  }
  if (id?.owner === id?.provider) throw new AppError('sdk', 36, 'BidID: self-bid: conflict');
};
