/** Queries of cosmos.auth.v1beta1 and cosmos.bank.v1beta1. */
import {
  BaseAccount,
  ModuleAccount,
  QueryAccountRequest,
  QueryAccountResponse,
  QueryAllBalancesRequest,
  QueryAllBalancesResponse,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { Coin } from '../../market/money.js';
import type { Account } from '../../market/records.js';
import { required, toBigInt, toCoin } from '../decode/primitives.js';
import { ChainDecodeError } from '../errors.js';
import { bytesFields } from '../wire/fields.js';
import type { AbciQuery } from './abci.js';
import { readPages } from './pages.js';
import type { ReadListing } from './pages.js';

const SECP256K1_KEY = '/cosmos.crypto.secp256k1.PubKey';

/** Vesting accounts wrap a BaseVestingAccount (1), which wraps a BaseAccount (1). */
const VESTING = /^\/cosmos\.vesting\.v1beta1\.(Continuous|Delayed|Periodic|PermanentLocked)/;

const baseAccountOf = (typeUrl: string, value: Uint8Array): BaseAccount => {
  if (typeUrl === '/cosmos.auth.v1beta1.BaseAccount') return BaseAccount.decode(value);
  if (typeUrl === '/cosmos.auth.v1beta1.ModuleAccount') {
    return required(ModuleAccount.decode(value).baseAccount, 'account.base_account');
  }
  if (VESTING.test(typeUrl)) {
    const vesting = required(bytesFields(value, 1).at(-1), 'account.base_vesting_account');
    return BaseAccount.decode(required(bytesFields(vesting, 1).at(-1), 'account.base_account'));
  }
  throw new ChainDecodeError('account', `unknown account type ${typeUrl}`);
};

/** @throws ChainQueryError also when not found */
export const getAccount = async (query: AbciQuery, address: string): Promise<Account> => {
  const request = QueryAccountRequest.encode({ address }).finish();
  const { value } = await query('/cosmos.auth.v1beta1.Query/Account', request);
  const any = required(QueryAccountResponse.decode(value).account, 'account');
  const base = baseAccountOf(any.typeUrl, any.value);
  const key =
    base.pubKey?.typeUrl === SECP256K1_KEY ? bytesFields(base.pubKey.value, 1).at(-1) : undefined;
  return {
    address: base.address,
    accountNumber: toBigInt(base.accountNumber),
    sequence: toBigInt(base.sequence),
    publicKey: key,
  };
};

export const listBalances =
  (query: AbciQuery, address: string): ReadListing<Coin> =>
  (atHeight) =>
    readPages(async (pagination, height) => {
      const request = QueryAllBalancesRequest.encode({
        address,
        pagination,
        resolveDenom: false,
      }).finish();
      const answer = await query('/cosmos.bank.v1beta1.Query/AllBalances', request, height);
      const response = QueryAllBalancesResponse.decode(answer.value);
      return {
        items: response.balances.map((c) => toCoin(c, 'balances')),
        pagination: response.pagination,
        height: answer.height,
      };
    }, atHeight);
