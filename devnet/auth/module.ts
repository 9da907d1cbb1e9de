/** The auth module: genesis, queries of accounts and parameters, and the removal of expired nonces. */
import {
  PageResponse,
  Params,
  QueryAccountAddressByIDRequest,
  QueryAccountAddressByIDResponse,
  QueryAccountRequest,
  QueryAccountResponse,
  QueryAccountsRequest,
  QueryAccountsResponse,
  QueryParamsResponse,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { query } from '../akash/message.js';
import { takePage, resumeAfter } from '../akash/page.js';
import { queryInvalid, queryNotFound } from '../kernel/errors.js';
import { sectionOr } from '../kernel/genesis.js';
import type { Module } from '../kernel/module.js';
import { accounts, addressByNumber, encodeAccount, getAccount } from './keeper.js';
import {
  DEFAULT_AUTH_PARAMS,
  setAuthParams,
  setUnorderedEnabled,
  storedAuthParams,
} from './params.js';
import { removeExpiredNonces } from './unordered.js';

const BASE_ACCOUNT_TYPE_URL = '/cosmos.auth.v1beta1.BaseAccount';

/** Genesis section `auth`; numbers as decimal text. */
export interface AuthGenesis {
  readonly params?: Partial<Record<keyof typeof DEFAULT_AUTH_PARAMS, string>>;
  /** Whether unordered transactions are taken; off, they are refused with sdk/37. */
  readonly unordered: boolean;
}

const wrap = (value: Uint8Array): { typeUrl: string; value: Uint8Array } => ({
  typeUrl: BASE_ACCOUNT_TYPE_URL,
  value,
});

export const authModule: Module = {
  name: 'auth',
  messages: {},
  queries: {
    '/cosmos.auth.v1beta1.Query/Account': query(QueryAccountRequest, (context, { address }) => {
      if (address === '') throw queryInvalid('Address cannot be empty');
      const account = getAccount(context, address);
      if (account === undefined) throw queryNotFound(`account ${address} not found`);
      return QueryAccountResponse.encode({ account: wrap(encodeAccount(account)) }).finish();
    }),
    '/cosmos.auth.v1beta1.Query/Accounts': query(
      QueryAccountsRequest,
      (context, { pagination }) => {
        const list = accounts(context, resumeAfter(pagination));
        const placed = Array.from(list, (entry) => ({ place: entry.address, entry }));
        const page = takePage(placed, pagination);
        return QueryAccountsResponse.encode({
          accounts: page.entries.map((account) => wrap(encodeAccount(account))),
          pagination: PageResponse.decode(page.response),
        }).finish();
      },
    ),
    '/cosmos.auth.v1beta1.Query/AccountAddressByID': query(
      QueryAccountAddressByIDRequest,
      (context, { accountId }) => {
        const accountAddress = addressByNumber(context, BigInt(accountId.toString()));
        if (accountAddress === undefined) {
          throw queryNotFound(
            `account address not found with account number ${accountId.toString()}`,
          );
        }
        return QueryAccountAddressByIDResponse.encode({ accountAddress }).finish();
      },
    ),
    '/cosmos.auth.v1beta1.Query/Params': (context) =>
      QueryParamsResponse.encode({ params: Params.decode(storedAuthParams(context)) }).finish(),
  },
  initGenesis(context, state) {
    const section = sectionOr<AuthGenesis>(state, { unordered: true });
    const given = Object.entries(section.params ?? {}).map(([key, value]) => [key, BigInt(value)]);
    setAuthParams(context, {
      ...DEFAULT_AUTH_PARAMS,
      ...(Object.fromEntries(given) as Partial<typeof DEFAULT_AUTH_PARAMS>),
    });
    setUnorderedEnabled(context, section.unordered);
  },
  beginBlock: removeExpiredNonces,
};
