/** Deposit authorizations, for the escrow module (its port `DepositGrants`): the authorization's bytes without their Any. */
import { DepositAuthorization } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { AppError, type Context } from '../kernel/module.js';
import {
  deleteGrant,
  DEPOSIT_MSG_TYPE_URL,
  DEPOSIT_TYPE_URL,
  getGrant,
  grantsUnder,
  isExpired,
  updateGrant,
} from './keeper.js';

interface DepositGrant {
  readonly granter: string;
  readonly authorization: Uint8Array;
}

/** Unexpired deposit grants that `grantee` holds, in store order. */
const list = (context: Context, grantee: string): readonly DepositGrant[] =>
  Array.from(grantsUnder(context, grantee))
    .filter((g) => g.authorization.typeUrl === DEPOSIT_TYPE_URL && !isExpired(context, g))
    .map((g) => ({ granter: g.granter, authorization: g.authorization.value }));

/** Stores what is left of a deposit grant; one with nothing left is removed, with its event. @throws AppError authz/2 */
const save = (context: Context, grantee: string, grant: DepositGrant): void => {
  const stored = getGrant(context, grant.granter, grantee, DEPOSIT_MSG_TYPE_URL);
  if (stored === undefined) throw new AppError('authz', 2, 'authorization not found');
  const left = DepositAuthorization.decode(grant.authorization).spendLimit?.amount ?? '0';
  if (left === '0') {
    deleteGrant(context, grant.granter, grantee, DEPOSIT_MSG_TYPE_URL);
    return;
  }
  updateGrant(context, stored, { typeUrl: DEPOSIT_TYPE_URL, value: grant.authorization });
};

export const depositGrants = { list, save };
