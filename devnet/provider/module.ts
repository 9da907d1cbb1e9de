/** The provider module: registration and its change, and who is registered. */
import {
  MsgCreateProvider,
  MsgDeleteProvider,
  MsgUpdateProvider,
  Provider,
  QueryProviderRequest,
  QueryProviderResponse,
  QueryProvidersRequest,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import { isAddress } from '../akash/address.js';
import { message, query } from '../akash/message.js';
import { resumeAfter, takePage } from '../akash/page.js';
import { concatFields } from '../akash/proto-fields.js';
import { queryRefusal, refusal, wrapped } from '../akash/registered-error.js';
import { isSubset } from '../deployment/attributes.js';
import type { GroupSpec } from '../deployment/records.js';
import { queryInvalid, sdkError } from '../kernel/errors.js';
import type { Context, Module } from '../kernel/module.js';
import { PROVIDER_ERRORS as E } from './errors.js';
import { PROVIDERS, getProvider, putProvider } from './keeper.js';
import { validateProvider } from './validate.js';

/** What the market knows of a provider's business: the specs of the orders behind its active leases. */
export interface LeasedSpecs {
  activeSpecs(context: Context, provider: string): Iterable<GroupSpec>;
}

const update = (context: Context, changed: MsgUpdateProvider, leased: LeasedSpecs): void => {
  if (getProvider(context, changed.owner) === undefined) {
    throw refusal(E.notFound, `id: ${changed.owner}`);
  }
  for (const spec of leased.activeSpecs(context, changed.owner)) {
    if (!isSubset(spec.requirements?.attributes ?? [], changed.attributes)) {
      throw refusal(E.incompatibleAttributes);
    }
  }
  putProvider(context, Provider.fromPartial(changed), 'EventProviderUpdated');
};

export const createProviderModule = (leased: LeasedSpecs): Module => ({
  name: 'provider',
  messages: {
    '/akash.provider.v1beta4.MsgCreateProvider': message({
      codec: MsgCreateProvider,
      signer: ({ owner }) => owner,
      validate: (created) => validateProvider(created, 'MsgCreate'),
      run: (context, created) => {
        if (getProvider(context, created.owner) !== undefined) {
          throw refusal(E.exists, `id: ${created.owner}`);
        }
        putProvider(context, Provider.fromPartial(created), 'EventProviderCreated');
        return undefined;
      },
    }),
    '/akash.provider.v1beta4.MsgUpdateProvider': message({
      codec: MsgUpdateProvider,
      signer: ({ owner }) => owner,
      validate: (changed) => validateProvider(changed, 'MsgUpdate'),
      run: (context, changed) => {
        update(context, changed, leased);
        return undefined;
      },
    }),
    '/akash.provider.v1beta4.MsgDeleteProvider': message({
      codec: MsgDeleteProvider,
      signer: ({ owner }) => owner,
      validate: ({ owner }) => {
        if (!isAddress(owner)) {
          throw sdkError('invalidAddress', 'MsgDelete: Invalid Provider Address');
        }
      },
      run: (context, { owner }) => {
        if (getProvider(context, owner) === undefined) throw refusal(E.notFound);
        throw wrapped(E.internal, 'NOTIMPLEMENTED');
      },
    }),
  },
  queries: {
    '/akash.provider.v1beta4.Query/Providers': query(
      QueryProvidersRequest,
      (context, { pagination }) => {
        const after = resumeAfter(pagination);
        const from = after === undefined ? {} : { after };
        const placed = Array.from(context.store.iterate(PROVIDERS, from), ([place, entry]) => ({
          place,
          entry,
        }));
        const page = takePage(placed, pagination);
        return concatFields([
          ...page.entries.map((entry) => [1, entry] as const),
          [2, page.response],
        ]);
      },
    ),
    '/akash.provider.v1beta4.Query/Provider': query(QueryProviderRequest, (context, { owner }) => {
      if (!isAddress(owner)) throw queryInvalid('invalid owner address');
      const provider = getProvider(context, owner);
      if (provider === undefined) throw queryRefusal(E.notFound);
      return QueryProviderResponse.encode({ provider }).finish();
    }),
  },
});
