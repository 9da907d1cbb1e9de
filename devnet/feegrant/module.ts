/** The feegrant module: granting and revoking allowances, and their queries. */
import {
  MsgGrantAllowance,
  MsgRevokeAllowance,
  PageResponse,
  QueryAllowanceRequest,
  QueryAllowanceResponse,
  QueryAllowancesByGranterRequest,
  QueryAllowancesByGranterResponse,
  QueryAllowancesRequest,
  QueryAllowancesResponse,
  type Feegrant_Grant as Grant,
  type PageRequest,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { isAddress } from '../akash/address.js';
import { message, query } from '../akash/message.js';
import { resumeAfter, takePage } from '../akash/page.js';
import { queryUnknown, sdkError } from '../kernel/errors.js';
import type { Module } from '../kernel/module.js';
import { checkAllowance } from './allowance.js';
import { allowances, getAllowance, grantAllowance, revokeAllowance } from './keeper.js';

const checkPair = (
  m: { readonly granter: string; readonly grantee: string },
  self: string,
): void => {
  if (m.granter === m.grantee) throw sdkError('invalidAddress', self);
  for (const address of [m.grantee, m.granter]) {
    if (!isAddress(address)) throw sdkError('invalidAddress', `"${address}" is no address`);
  }
};

interface GrantPage {
  readonly allowances: Grant[];
  readonly pagination: PageResponse;
}

const pageOf = (grants: Iterable<Grant>, request: PageRequest | undefined): GrantPage => {
  const after = resumeAfter(request);
  const placed = Array.from(grants, (entry) => ({
    place: `${entry.grantee}/${entry.granter}`,
    entry,
  })).filter(({ place }) => after === undefined || place > after);
  const page = takePage(placed, request);
  return { allowances: [...page.entries], pagination: PageResponse.decode(page.response) };
};

const byGranter = function* (grants: Iterable<Grant>, granter: string): Iterable<Grant> {
  for (const grant of grants) if (grant.granter === granter) yield grant;
};

export const feegrantModule: Module = {
  name: 'feegrant',
  messages: {
    '/cosmos.feegrant.v1beta1.MsgGrantAllowance': message<MsgGrantAllowance>({
      codec: MsgGrantAllowance,
      signer: (m) => m.granter,
      validate: () => undefined,
      run: (context, m) => {
        checkPair(m, 'cannot self-grant fee authorization');
        checkAllowance(m.allowance);
        if (m.allowance !== undefined) {
          grantAllowance(context, m.granter, m.grantee, m.allowance);
        }
        return undefined;
      },
    }),
    '/cosmos.feegrant.v1beta1.MsgRevokeAllowance': message<MsgRevokeAllowance>({
      codec: MsgRevokeAllowance,
      signer: (m) => m.granter,
      validate: () => undefined,
      run: (context, m) => {
        checkPair(m, 'addresses must be different');
        revokeAllowance(context, m.granter, m.grantee);
        return undefined;
      },
    }),
  },
  queries: {
    '/cosmos.feegrant.v1beta1.Query/Allowance': query(QueryAllowanceRequest, (context, request) => {
      const allowance = getAllowance(context, request.granter, request.grantee);
      if (allowance === undefined) throw queryUnknown('fee-grant not found: not found');
      return QueryAllowanceResponse.encode({ allowance }).finish();
    }),
    '/cosmos.feegrant.v1beta1.Query/Allowances': query(QueryAllowancesRequest, (context, request) =>
      QueryAllowancesResponse.encode(
        pageOf(allowances(context, request.grantee), request.pagination),
      ).finish(),
    ),
    '/cosmos.feegrant.v1beta1.Query/AllowancesByGranter': query(
      QueryAllowancesByGranterRequest,
      (context, request) =>
        QueryAllowancesByGranterResponse.encode(
          pageOf(byGranter(allowances(context), request.granter), request.pagination),
        ).finish(),
    ),
  },
};
