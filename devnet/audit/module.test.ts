/** Auditors: signing, taking back, and what it means for bids. */
import { describe, expect, it } from '@jest/globals';
import {
  MsgDeleteProviderAttributes,
  MsgSignProviderAttributes,
  QueryAuditorAttributesRequest,
  QueryProviderAttributesRequest,
  QueryProviderAuditorRequest,
  QueryProvidersResponse,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { anyOf, type AnyMessage, type MemoryChain } from '../akash/testing/memory-chain.js';
import { outcome, outcomeOf } from '../akash/testing/refusals.js';
import {
  PROVIDER,
  addressOf,
  createBid,
  createDeployment,
  groupSpec,
  marketChain,
} from '../akash/testing/scenario.js';

const AUDITOR = addressOf('auditor');
const OTHER = addressOf('other-auditor');

const sign = (attributes: Readonly<Record<string, string>>, auditor = AUDITOR): AnyMessage =>
  anyOf(
    MsgSignProviderAttributes,
    MsgSignProviderAttributes.fromPartial({
      owner: PROVIDER,
      auditor,
      attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
    }),
  );

const takeBack = (keys: string[]): AnyMessage =>
  anyOf(
    MsgDeleteProviderAttributes,
    MsgDeleteProviderAttributes.fromPartial({ owner: PROVIDER, auditor: AUDITOR, keys }),
  );

const signedBy = (chain: MemoryChain, auditor: string): unknown =>
  chain.query(
    '/akash.audit.v1.Query/ProviderAuditorAttributes',
    QueryProviderAuditorRequest,
    { owner: PROVIDER, auditor },
    QueryProvidersResponse,
  ).providers[0]?.attributes;

describe('audited attributes', () => {
  it('grow with each signature, the newer value of a key winning', () => {
    const chain = marketChain();
    const { events } = chain.deliver(sign({ region: 'us-west', tier: 'one' }));
    expect(events.map(({ type }) => type)).toEqual(['akash.audit.v1.EventTrustedAuditorCreated']);
    chain.deliver(sign({ tier: 'two' }));
    expect(signedBy(chain, AUDITOR)).toEqual([
      { key: 'region', value: 'us-west' },
      { key: 'tier', value: 'two' },
    ]);
  });

  it('are taken back key by key, or all at once', () => {
    const chain = marketChain();
    chain.deliver(sign({ region: 'us-west', tier: 'one' }));
    chain.deliver(takeBack(['tier']));
    expect(signedBy(chain, AUDITOR)).toEqual([{ key: 'region', value: 'us-west' }]);
    expect(outcome(chain, takeBack(['tier']))).toBe(
      `audit/3 trying to delete non-existing attribute "tier" for auditor/provider "${AUDITOR}/${PROVIDER}": attribute not found`,
    );
    chain.deliver(takeBack([]));
    const missing = 'sdk/22 invalid provider: address not found: key not found';
    expect(outcomeOf(() => signedBy(chain, AUDITOR))).toBe(missing);
    expect(outcome(chain, takeBack([]))).toBe('audit/1 invalid provider: address not found');
  });

  it('are listed by provider and by auditor', () => {
    const chain = marketChain();
    chain.deliver(sign({ region: 'us-west' }), sign({ tier: 'one' }, OTHER));
    const byProvider = chain.query(
      '/akash.audit.v1.Query/ProviderAttributes',
      QueryProviderAttributesRequest,
      QueryProviderAttributesRequest.fromPartial({ owner: PROVIDER }),
      QueryProvidersResponse,
    );
    expect(byProvider.providers.map(({ auditor }) => auditor)).toEqual([AUDITOR, OTHER].sort());
    const byAuditor = chain.query(
      '/akash.audit.v1.Query/AuditorAttributes',
      QueryAuditorAttributesRequest,
      QueryAuditorAttributesRequest.fromPartial({ auditor: OTHER }),
      QueryProvidersResponse,
    );
    expect(byAuditor.providers.map(({ auditor }) => auditor)).toEqual([OTHER]);
  });
});

const requiring = (allOf: string[], anyOfThese: string[]): MemoryChain => {
  const chain = marketChain();
  const attributes = [{ key: 'region', value: 'us-west' }];
  const requirements = { signedBy: { allOf, anyOf: anyOfThese }, attributes };
  chain.deliver(createDeployment({ groups: [groupSpec({ requirements })] }));
  return chain;
};

describe('orders that ask for audits', () => {
  const MISMATCH = 'market/5 attribute mismatch';

  it.each([
    ['nobody has signed', [AUDITOR], [], [], MISMATCH],
    ['the auditor has signed', [AUDITOR], [], [AUDITOR], 'accepted'],
    ['one of two needed has signed', [AUDITOR, OTHER], [], [AUDITOR], MISMATCH],
    ['one of two possible has signed', [], [AUDITOR, OTHER], [OTHER], 'accepted'],
    ['none of the possible has signed', [], [AUDITOR], [OTHER], MISMATCH],
  ])('answers a bid when %s', (_case, all, some, signers, expected) => {
    const chain = requiring(all, some);
    for (const signer of signers) chain.deliver(sign({ region: 'us-west' }, signer));
    expect(outcome(chain, createBid())).toBe(expected);
  });

  it('look at what was signed, not at what the provider says', () => {
    const chain = requiring([AUDITOR], []);
    chain.deliver(sign({ region: 'us-east' }));
    expect(outcome(chain, createBid())).toBe(MISMATCH);
  });
});
