/** The authz module: grants, their revocation, messages run by grantees, and queries. */
import {
  Grant,
  GrantAuthorization,
  MsgExec,
  MsgGrant,
  MsgRevoke,
  PageResponse,
  QueryGranteeGrantsRequest,
  QueryGranteeGrantsResponse,
  QueryGranterGrantsRequest,
  QueryGranterGrantsResponse,
  QueryGrantsRequest,
  QueryGrantsResponse,
  type PageRequest,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { isAddress } from '../akash/address.js';
import { message, query } from '../akash/message.js';
import { resumeAfter, takePage, type Page } from '../akash/page.js';
import { ensureAccount } from '../auth/keeper.js';
import { queryUnknown, sdkError } from '../kernel/errors.js';
import { AppError, type Module } from '../kernel/module.js';
import type { Router } from '../kernel/router.js';
import { readFields } from '../kernel/wire.js';
import { execute } from './execute.js';
import {
  deleteGrant,
  getGrant,
  grantsUnder,
  msgTypeOf,
  removeExpiredGrants,
  saveGrant,
  type StoredGrant,
} from './keeper.js';

/** MsgGrant with its grant's bytes beside the decoded form: the codec rounds the expiry. */
interface GrantMessage {
  readonly decoded: MsgGrant;
  readonly grantBytes: Uint8Array;
}

const checkPair = (m: { readonly granter: string; readonly grantee: string }): void => {
  if (m.granter === m.grantee) {
    throw new AppError('authz', 7, 'grantee and granter should be different');
  }
  if (!isAddress(m.grantee)) {
    throw sdkError('invalidAddress', `invalid grantee address: ${m.grantee}`);
  }
  if (!isAddress(m.granter)) {
    throw sdkError('invalidAddress', `invalid granter address: ${m.granter}`);
  }
};

const grantHandler = (router: Router): Module['messages'][string] => ({
  decode: (bytes: Uint8Array): GrantMessage => ({
    decoded: MsgGrant.decode(bytes),
    grantBytes:
      readFields(bytes, 'cosmos.authz.v1beta1.MsgGrant', {
        1: 'bytes',
        2: 'bytes',
        3: 'bytes',
      }).bytes(3) ?? new Uint8Array(),
  }),
  signers: ({ decoded }: GrantMessage) => [decoded.granter],
  validateBasic: () => undefined,
  run: (context, { decoded, grantBytes }: GrantMessage) => {
    checkPair(decoded);
    ensureAccount(context, decoded.grantee);
    const msgTypeUrl = msgTypeOf(decoded.grant?.authorization);
    if (!router.handles(msgTypeUrl)) throw sdkError('invalidType', `${msgTypeUrl} doesn't exist.`);
    saveGrant(context, decoded.granter, decoded.grantee, { msgTypeUrl, bytes: grantBytes });
    return new Uint8Array();
  },
});

const pageOf = (
  grants: Iterable<StoredGrant>,
  request: PageRequest | undefined,
  wanted: (grant: StoredGrant) => boolean = () => true,
): Page<StoredGrant> => {
  const after = resumeAfter(request);
  const placed = Array.from(grants)
    .filter(wanted)
    .map((entry) => ({ place: `${entry.grantee}/${entry.granter}${entry.msgTypeUrl}`, entry }))
    .filter(({ place }) => after === undefined || place > after);
  return takePage(placed, request);
};

const pair = (grant: StoredGrant): GrantAuthorization =>
  GrantAuthorization.fromPartial({
    granter: grant.granter,
    grantee: grant.grantee,
    authorization: { ...grant.authorization },
    expiration: Grant.decode(grant.bytes).expiration,
  });

/** @param router where the wrapped messages of MsgExec go */
export const authzModule = (router: Router): Module => ({
  name: 'authz',
  messages: {
    '/cosmos.authz.v1beta1.MsgGrant': grantHandler(router),
    '/cosmos.authz.v1beta1.MsgRevoke': message<MsgRevoke>({
      codec: MsgRevoke,
      signer: (m) => m.granter,
      validate: () => undefined,
      run: (context, m) => {
        checkPair(m);
        if (m.msgTypeUrl === '') throw sdkError('invalidRequest', 'missing msg method name');
        deleteGrant(context, m.granter, m.grantee, m.msgTypeUrl);
        return undefined;
      },
    }),
    '/cosmos.authz.v1beta1.MsgExec': message<MsgExec>({
      codec: MsgExec,
      signer: (m) => m.grantee,
      // Types nobody knows are refused on decoding, hence already by the mempool.
      validate: (m) => {
        for (const inner of m.msgs) router.route(inner);
      },
      run: (context, m) => execute(context, router, m),
    }),
  },
  queries: {
    '/cosmos.authz.v1beta1.Query/Grants': query(QueryGrantsRequest, (context, request) => {
      const { granter, grantee, msgTypeUrl } = request;
      if (msgTypeUrl !== '') {
        const grant = getGrant(context, granter, grantee, msgTypeUrl);
        if (grant === undefined) {
          throw queryUnknown(
            `authorization not found for ${msgTypeUrl} type: authorization not found`,
          );
        }
        const grants = [Grant.decode(grant.bytes)];
        return QueryGrantsResponse.encode({ grants, pagination: undefined }).finish();
      }
      const page = pageOf(grantsUnder(context, grantee, granter), request.pagination);
      return QueryGrantsResponse.encode({
        grants: page.entries.map(({ bytes }) => Grant.decode(bytes)),
        pagination: PageResponse.decode(page.response),
      }).finish();
    }),
    '/cosmos.authz.v1beta1.Query/GranterGrants': query(
      QueryGranterGrantsRequest,
      (context, { granter, pagination }) => {
        const page = pageOf(grantsUnder(context), pagination, (g) => g.granter === granter);
        return QueryGranterGrantsResponse.encode({
          grants: page.entries.map(pair),
          pagination: PageResponse.decode(page.response),
        }).finish();
      },
    ),
    '/cosmos.authz.v1beta1.Query/GranteeGrants': query(
      QueryGranteeGrantsRequest,
      (context, { grantee, pagination }) => {
        const page = pageOf(grantsUnder(context, grantee), pagination);
        return QueryGranteeGrantsResponse.encode({
          grants: page.entries.map(pair),
          pagination: PageResponse.decode(page.response),
        }).finish();
      },
    ),
  },
  beginBlock: removeExpiredGrants,
});
