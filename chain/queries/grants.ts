/** Queries of cosmos.authz.v1beta1 and cosmos.feegrant.v1beta1. */
import {
  AllowedMsgAllowance,
  BasicAllowance,
  GenericAuthorization,
  PeriodicAllowance,
  QueryAllowancesRequest,
  QueryAllowancesResponse,
  QueryGrantsRequest,
  QueryGrantsResponse,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { Coin } from '../../market/money.js';
import type { FeeAllowance, Grant } from '../../market/records.js';
import { required, toCoin } from '../decode/primitives.js';
import { ChainDecodeError } from '../errors.js';
import type { AbciQuery } from './abci.js';
import { readPages } from './pages.js';
import type { ReadListing } from './pages.js';

const GENERIC = '/cosmos.authz.v1beta1.GenericAuthorization';
const BASIC = '/cosmos.feegrant.v1beta1.BasicAllowance';
const PERIODIC = '/cosmos.feegrant.v1beta1.PeriodicAllowance';
const ALLOWED_MSG = '/cosmos.feegrant.v1beta1.AllowedMsgAllowance';

interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** Other kinds of authorization are named by their own type: what they allow is narrower than any message of a type. */
const grantOf = (
  { granter, grantee }: { readonly granter: string; readonly grantee: string },
  any: Any,
  expiration: Date | undefined,
): Grant => {
  const unbounded = any.typeUrl === GENERIC;
  const typeUrl = unbounded ? GenericAuthorization.decode(any.value).msg : any.typeUrl;
  return { granter, grantee, typeUrl, unbounded, expiresAtMs: expiration?.getTime() };
};

export const listGrants =
  (query: AbciQuery, granter: string, grantee: string): ReadListing<Grant> =>
  (atHeight) =>
    readPages(async (pagination, height) => {
      const request = QueryGrantsRequest.encode({
        granter,
        grantee,
        msgTypeUrl: '',
        pagination,
      }).finish();
      const answer = await query('/cosmos.authz.v1beta1.Query/Grants', request, height);
      const response = QueryGrantsResponse.decode(answer.value);
      return {
        items: response.grants.map(({ authorization, expiration }) =>
          grantOf({ granter, grantee }, required(authorization, 'grant.authorization'), expiration),
        ),
        pagination: response.pagination,
        height: answer.height,
      };
    }, atHeight);

type Terms = Omit<FeeAllowance, 'granter' | 'grantee'>;

/** A list without uakt bounds nothing when it is empty, and allows no uakt when it is not. */
const uaktOf = (coins: readonly { denom: string; amount: string }[]): bigint | undefined => {
  if (coins.length === 0) return undefined;
  const all: readonly Coin[] = coins.map((c) => toCoin(c, 'allowance.spend_limit'));
  return all.find((c) => c.denom === 'uakt')?.amount ?? 0n;
};

const basicTerms = (basic: BasicAllowance): Terms => ({
  leftUakt: uaktOf(basic.spendLimit),
  period: undefined,
  expiresAtMs: basic.expiration?.getTime(),
  onlyTypeUrls: undefined,
});

/** @throws ChainDecodeError on an allowance of a kind unknown here */
const termsOf = ({ typeUrl, value }: Any): Terms => {
  if (typeUrl === BASIC) return basicTerms(BasicAllowance.decode(value));
  if (typeUrl === ALLOWED_MSG) {
    const { allowance, allowedMessages } = AllowedMsgAllowance.decode(value);
    return { ...termsOf(required(allowance, 'allowance')), onlyTypeUrls: [...allowedMessages] };
  }
  if (typeUrl !== PERIODIC) {
    throw new ChainDecodeError('allowance', `unknown allowance type ${typeUrl}`);
  }
  const periodic = PeriodicAllowance.decode(value);
  return {
    ...basicTerms(required(periodic.basic, 'allowance.basic')),
    period: {
      seconds: Number(periodic.period?.seconds ?? 0),
      limitUakt: uaktOf(periodic.periodSpendLimit) ?? 0n,
      leftUakt: uaktOf(periodic.periodCanSpend) ?? 0n,
      resetsAtMs: periodic.periodReset?.getTime() ?? 0,
    },
  };
};

/**
 * The allowances that `grantee` has of `granter`: one or none. Out of the listing of all of them, because the query for one answers
 * "unknown request" (sdk/6) where there is none, which could be anything.
 */
export const listFeeAllowances =
  (query: AbciQuery, granter: string, grantee: string): ReadListing<FeeAllowance> =>
  (atHeight) =>
    readPages(async (pagination, height) => {
      const request = QueryAllowancesRequest.encode({ grantee, pagination }).finish();
      const answer = await query('/cosmos.feegrant.v1beta1.Query/Allowances', request, height);
      const response = QueryAllowancesResponse.decode(answer.value);
      return {
        items: response.allowances
          .filter((a) => a.granter === granter)
          .map((a) => ({
            ...{ granter, grantee },
            ...termsOf(required(a.allowance, 'allowance.allowance')),
          })),
        pagination: response.pagination,
        height: answer.height,
      };
    }, atHeight);
