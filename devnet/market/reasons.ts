/** The reasons a lease closes with: their names as events print them, and the range a provider may use. */
import { LeaseClosedReason } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { wrapped } from '../akash/registered-error.js';
import { MARKET_ERRORS as E } from './errors.js';

/** `lease_closed_owner`; a number without a name prints as itself, as Go's JSON does. */
export const reasonName = (reason: number): string =>
  (LeaseClosedReason as Readonly<Record<number, string | undefined>>)[reason] ?? reason.toString();

/** @throws AppError market/33 unless the reason is one of the provider's */
export const checkProviderReason = (reason: number): void => {
  if (reason < 10_000 || reason > 19_999) {
    throw wrapped(E.invalidLeaseClosedReason, `value "${reason}" range 10000..19999`);
  }
};
