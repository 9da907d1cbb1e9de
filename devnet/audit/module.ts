/** The audit module: auditors vouch for providers' attributes. */
import {
  AuditedProvider,
  MsgDeleteProviderAttributes,
  MsgSignProviderAttributes,
  QueryAllProvidersAttributesRequest,
  QueryAuditorAttributesRequest,
  QueryProviderAttributesRequest,
  QueryProviderAuditorRequest,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import type { PageRequest } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { isAddress } from '../akash/address.js';
import { message, query } from '../akash/message.js';
import { resumeAfter, takePage } from '../akash/page.js';
import { concatFields } from '../akash/proto-fields.js';
import { queryRefusal } from '../akash/registered-error.js';
import { validateAttributes } from '../deployment/attributes.js';
import { queryInvalid, sdkError } from '../kernel/errors.js';
import type { Context, Module } from '../kernel/module.js';
import { AUDITED, AUDIT_ERRORS, auditedFor, getAudited, sign, unsign } from './keeper.js';

const checkParties = ({ owner, auditor }: { owner: string; auditor: string }): void => {
  if (!isAddress(owner)) throw sdkError('invalidAddress', 'MsgCreate: Invalid Owner Address');
  if (!isAddress(auditor)) throw sdkError('invalidAddress', 'MsgCreate: Invalid Auditor Address');
};

const requireAddress = (address: string, name: string): void => {
  if (!isAddress(address)) throw queryInvalid(`invalid ${name} address`);
};

/** `QueryProvidersResponse` of encoded records. */
const answer = (records: readonly Uint8Array[], pagination?: Uint8Array): Uint8Array =>
  concatFields([
    ...records.map((record) => [1, record] as const),
    ...(pagination === undefined ? [] : [[2, pagination] as const]),
  ]);

const encode = (record: AuditedProvider): Uint8Array => AuditedProvider.encode(record).finish();

const list = (
  context: Context,
  request: PageRequest | undefined,
  wanted: (record: AuditedProvider) => boolean,
): Uint8Array => {
  const after = resumeAfter(request);
  const from = after === undefined ? {} : { after };
  const placed = [];
  for (const [place, entry] of context.store.iterate(AUDITED, from)) {
    if (wanted(AuditedProvider.decode(entry))) placed.push({ place, entry });
  }
  const page = takePage(placed, request);
  return answer(page.entries, page.response);
};

export const auditModule: Module = {
  name: 'audit',
  messages: {
    '/akash.audit.v1.MsgSignProviderAttributes': message({
      codec: MsgSignProviderAttributes,
      signer: ({ auditor }) => auditor,
      validate: (signed) => {
        checkParties(signed);
        validateAttributes(signed.attributes, false);
      },
      run: (context, { owner, auditor, attributes }) => {
        sign(context, owner, auditor, attributes);
        return undefined;
      },
    }),
    '/akash.audit.v1.MsgDeleteProviderAttributes': message({
      codec: MsgDeleteProviderAttributes,
      signer: ({ auditor }) => auditor,
      validate: checkParties,
      run: (context, { owner, auditor, keys }) => {
        unsign(context, owner, auditor, keys);
        return undefined;
      },
    }),
  },
  queries: {
    '/akash.audit.v1.Query/AllProvidersAttributes': query(
      QueryAllProvidersAttributesRequest,
      (context, { pagination }) => list(context, pagination, () => true),
    ),
    '/akash.audit.v1.Query/ProviderAttributes': query(
      QueryProviderAttributesRequest,
      (context, { owner }) => {
        requireAddress(owner, 'owner');
        const records = auditedFor(context, owner);
        if (records.length === 0) throw queryRefusal(AUDIT_ERRORS.providerNotFound);
        return answer(records.map(encode));
      },
    ),
    '/akash.audit.v1.Query/ProviderAuditorAttributes': query(
      QueryProviderAuditorRequest,
      (context, { owner, auditor }) => {
        requireAddress(owner, 'owner');
        requireAddress(auditor, 'auditor');
        const record = getAudited(context, owner, auditor);
        if (record === undefined) throw queryRefusal(AUDIT_ERRORS.providerNotFound);
        return answer([encode(record)]);
      },
    ),
    '/akash.audit.v1.Query/AuditorAttributes': query(
      QueryAuditorAttributesRequest,
      (context, { auditor, pagination }) => {
        requireAddress(auditor, 'auditor');
        return list(context, pagination, (record) => record.auditor === auditor);
      },
    ),
  },
};
