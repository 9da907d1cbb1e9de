/** MsgCreateBid: every check in its order, with code and text (fidelity 8). */
import { describe, expect, it } from '@jest/globals';
import type { MemoryChain } from '../akash/testing/memory-chain.js';
import { outcome } from '../akash/testing/refusals.js';
import {
  addressOf,
  closeBid,
  createBid,
  createDeployment,
  createLease,
  createProvider,
  groupSpec,
  bidId,
  marketChain,
  type BidChanges,
} from '../akash/testing/scenario.js';
import { LeaseClosedReason } from './records.js';

const STRANGER = addressOf('stranger');
const ELSEWHERE = addressOf('elsewhere');
const POOR = addressOf('poor');

const unit = groupSpec().resources[0];
const offerOf = (id: number, count: number) => ({
  resources: unit?.resource === undefined ? undefined : { ...unit.resource, id },
  count,
  prices: undefined,
});

const chainWithOrder = (): MemoryChain => {
  const chain = marketChain([STRANGER, ELSEWHERE]);
  chain.deliver(createProvider(ELSEWHERE, 'us-east'));
  chain.deliver(createProvider(POOR));
  chain.deliver(createDeployment());
  return chain;
};

const REFUSALS: readonly (readonly [string, BidChanges, string])[] = [
  ['nothing is wrong', {}, 'accepted'],
  ['the bid equals the order price', { price: '1000' }, 'accepted'],
  ['the offer names the unit and its count', { offer: [offerOf(1, 1)] }, 'accepted'],
  ['the price is zero', { price: '0' }, 'market/19 invalid bid: zero price'],
  ['the provider is the owner', { provider: bidId().owner }, 'sdk/36 BidID: self-bid: conflict'],
  [
    'the deposit is in a denomination without a minimum',
    { depositDenom: 'uusdc' },
    'market/28 deposit invalid: unsupported denom uusdc',
  ],
  [
    'the deposit is one unit too small',
    { deposit: 499_999n },
    'market/28 deposit invalid: minimum:500000uact received:499999uact',
  ],
  ['the bid sequence is not zero', { bseq: 1 }, 'market/31 invalid bid'],
  ['there is no such order', { oseq: 2 }, 'market/15 invalid order: order not found'],
  [
    'the price is above the order’s',
    { price: '1000.000000000000000001' },
    'market/22 bid price is invalid',
  ],
  [
    'the offer names an unknown unit',
    { offer: [offerOf(2, 1)] },
    'market/32 capabilities mismatch',
  ],
  ['the offer has another count', { offer: [offerOf(1, 2)] }, 'market/32 capabilities mismatch'],
  ['the provider is not registered', { provider: STRANGER }, 'market/30 unknown provider'],
  ['the provider is elsewhere', { provider: ELSEWHERE }, 'market/5 attribute mismatch'],
  [
    'the provider cannot pay the deposit',
    { provider: POOR },
    'market/28 deposit invalid: insufficient balance',
  ],
  [
    'the window is below the chain’s minimum',
    { window: 1n },
    'market/39 reclamation window outside governance bounds',
  ],
];

/** Each refusal together with everything that is checked after it: the earlier check must speak. */
const ORDER: readonly (readonly [string, BidChanges])[] = [
  ['market/28 deposit invalid: unsupported denom uusdc', { depositDenom: 'uusdc' }],
  ['market/31 invalid bid', { bseq: 1 }],
  ['market/15 invalid order: order not found', { oseq: 2 }],
  ['market/22 bid price is invalid', { price: '1001' }],
  ['market/32 capabilities mismatch', { offer: [offerOf(2, 1)] }],
  ['market/30 unknown provider', { provider: STRANGER }],
  ['market/39 reclamation window outside governance bounds', { window: 1n }],
];

describe('MsgCreateBid (fidelity 8)', () => {
  it.each(REFUSALS)('answers when %s', (_case, changes, expected) => {
    expect(outcome(chainWithOrder(), createBid(changes))).toBe(expected);
  });

  it.each(ORDER.map((entry, index) => [entry[0], index] as const))(
    'says %s before all that is checked later',
    (expected, index) => {
      const later = ORDER.slice(index).reduceRight(
        (sum, [, changes]) => ({ ...sum, ...changes }),
        {},
      );
      expect(outcome(chainWithOrder(), createBid(later))).toBe(expected);
    },
  );

  it('reads a bid price in another denomination as the node does: by panicking', () => {
    expect(outcome(chainWithOrder(), createBid({ denom: 'uakt' }))).toMatch(
      /^undefined\/111222 recovered: invalid coin denominations; uact, uakt\n/,
    );
  });

  it('takes 21 bids on one order, and refuses the 22nd: the limit of 20 is compared with >', () => {
    const providers = Array.from({ length: 22 }, (_, index) => addressOf(`provider-${index}`));
    const chain = marketChain(providers);
    chain.deliver(createDeployment());
    for (const provider of providers) chain.deliver(createProvider(provider));
    const outcomes = providers.map((provider) => outcome(chain, createBid({ provider })));
    expect(outcomes.slice(0, 21)).toEqual(Array<string>(21).fill('accepted'));
    expect(outcomes[21]).toBe('market/31 invalid bid: too many existing bids (20)');
  });

  it('takes the limit from the parameters', () => {
    const providers = Array.from({ length: 3 }, (_, index) => addressOf(`provider-${index}`));
    const chain = marketChain(providers, { market: { params: { order_max_bids: 1 } } });
    chain.deliver(createDeployment());
    for (const provider of providers) chain.deliver(createProvider(provider));
    expect(providers.map((provider) => outcome(chain, createBid({ provider })))).toEqual([
      'accepted',
      'accepted',
      'market/31 invalid bid: too many existing bids (1)',
    ]);
  });

  it('never frees a bid’s key: a closed bid keeps the provider out of the order', () => {
    const chain = chainWithOrder();
    chain.deliver(createBid());
    expect(outcome(chain, createBid())).toBe('market/21 invalid bid: bid exists from provider');
    chain.deliver(closeBid(bidId(), LeaseClosedReason.lease_closed_reason_unspecified));
    expect(outcome(chain, createBid())).toBe('market/21 invalid bid: bid exists from provider');
  });

  it('refuses a bid on an order that has a lease, and on one that is closed', () => {
    const chain = chainWithOrder();
    const late = addressOf('late');
    chain.endow(late, [{ denom: 'uact', amount: 10n ** 9n }]);
    chain.deliver(createProvider(late));
    chain.deliver(createBid());
    chain.deliver(createLease());
    expect(outcome(chain, createBid({ provider: late }))).toBe('market/23 order active');
    chain.advance();
    chain.deliver(closeBid(bidId(), LeaseClosedReason.lease_closed_reason_unstable));
    expect(outcome(chain, createBid({ provider: late }))).toBe('market/24 order closed');
  });
});
