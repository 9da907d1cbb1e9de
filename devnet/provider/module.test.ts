/** Registration of providers, with code and text. */
import { describe, expect, it } from '@jest/globals';
import {
  MsgCreateProvider,
  MsgDeleteProvider,
  MsgUpdateProvider,
  QueryProviderRequest,
  QueryProviderResponse,
  QueryProvidersRequest,
  QueryProvidersResponse,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import { anyOf, type AnyMessage, type MemoryChain } from '../akash/testing/memory-chain.js';
import { outcome, outcomeOf } from '../akash/testing/refusals.js';
import {
  PROVIDER,
  addressOf,
  createBid,
  createDeployment,
  createLease,
  createProvider,
  marketChain,
} from '../akash/testing/scenario.js';

const NEW = addressOf('new');

interface Changes {
  readonly owner?: string;
  readonly hostUri?: string;
  readonly attributes?: { readonly key: string; readonly value: string }[];
  readonly website?: string;
}

const fields = ({ owner, hostUri, attributes, website }: Changes) => ({
  owner: owner ?? NEW,
  hostUri: hostUri ?? 'https://provider.example:8443',
  attributes: attributes ?? [{ key: 'region', value: 'us-west' }],
  info: { email: '', website: website ?? '' },
});

const create = (changes: Changes): AnyMessage =>
  anyOf(MsgCreateProvider, MsgCreateProvider.fromPartial(fields(changes)));
const update = (changes: Changes): AnyMessage =>
  anyOf(MsgUpdateProvider, MsgUpdateProvider.fromPartial(fields(changes)));

const EAST = [{ key: 'region', value: 'us-east' }];

describe('MsgCreateProvider', () => {
  it.each<readonly [string, Changes, string]>([
    ['a provider', {}, 'accepted'],
    [
      'one that is registered',
      { owner: PROVIDER },
      `provider/4 invalid provider: already exists: id: ${PROVIDER}`,
    ],
    [
      'plain http',
      { hostUri: 'http://provider.example:8443' },
      'provider/1 scheme in "http://provider.example:8443" should be https: invalid provider: invalid host uri',
    ],
    [
      'a path',
      { hostUri: 'https://provider.example:8443/x' },
      'provider/1 path in "https://provider.example:8443/x" should be empty: invalid provider: invalid host uri',
    ],
    [
      'a bare word',
      { hostUri: 'provider' },
      'provider/2 validating "provider" for absolute URI: invalid provider: not absolute host uri',
    ],
    [
      'an owner that is no address',
      { owner: 'me' },
      'sdk/7 MsgCreate: Invalid Provider Address: invalid address',
    ],
    [
      'one key twice',
      { attributes: [...EAST, ...EAST] },
      'akash/1 attributes cannot have duplicate keys',
    ],
    [
      'a key with a wildcard',
      { attributes: [{ key: 'region*', value: 'x' }] },
      'akash/2 attribute key does not match regexp',
    ],
  ])('answers %s', (_case, changes, expected) => {
    expect(outcome(marketChain(), create(changes))).toBe(expected);
  });
});

const leased = (): MemoryChain => {
  const chain = marketChain();
  for (const message of [createDeployment(), createBid(), createLease()]) chain.deliver(message);
  return chain;
};

describe('MsgUpdateProvider and MsgDeleteProvider', () => {
  it('refuses one that is not registered', () => {
    expect(outcome(marketChain(), update({}))).toBe(
      `provider/3 invalid provider: address not found: id: ${NEW}`,
    );
  });

  it('changes attributes while no lease needs them', () => {
    const message = update({ owner: PROVIDER, attributes: EAST });
    expect(outcome(marketChain(), message)).toBe('accepted');
    expect(outcome(leased(), message)).toBe('provider/7 attributes cannot be changed');
  });

  it('is not implemented, as on the node', () => {
    const remove = anyOf(MsgDeleteProvider, MsgDeleteProvider.fromPartial({ owner: PROVIDER }));
    expect(outcome(marketChain(), remove)).toBe('provider/10 NOTIMPLEMENTED: internal error');
  });
});

describe('queries', () => {
  const one = (chain: MemoryChain, owner: string): QueryProviderResponse =>
    chain.query(
      '/akash.provider.v1beta4.Query/Provider',
      QueryProviderRequest,
      { owner },
      QueryProviderResponse,
    );

  it('gives a provider, or tells that it is not there', () => {
    const chain = marketChain();
    expect(one(chain, PROVIDER).provider?.hostUri).toBe('https://provider.example:8443');
    expect(outcomeOf(() => one(chain, NEW))).toBe(
      'sdk/22 invalid provider: address not found: key not found',
    );
  });

  it('lists all, page by page', () => {
    const chain = marketChain();
    const owners = [PROVIDER, ...['a', 'b', 'c'].map(addressOf)];
    for (const owner of owners.slice(1)) chain.deliver(createProvider(owner));
    const seen: string[] = [];
    let key = new Uint8Array();
    do {
      const page = chain.query(
        '/akash.provider.v1beta4.Query/Providers',
        QueryProvidersRequest,
        QueryProvidersRequest.fromPartial({ pagination: { key, limit: 3n } }),
        QueryProvidersResponse,
      );
      seen.push(...page.providers.map(({ owner }) => owner));
      key = new Uint8Array(page.pagination?.nextKey ?? []);
    } while (key.length > 0);
    expect(seen).toEqual([...owners].sort());
  });
});
