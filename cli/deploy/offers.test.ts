import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDecimal } from '../../market/money.js';
import type { Bid, Provider } from '../../market/records.js';
import type { GroupSpec } from '../../market/resources.js';
import { byPrice, chooseBy, isWithin, offerOf, priceOf, usdOf } from './offers.js';
import type { Offer } from './offers.js';
import { prospectsOf } from './prospects.js';

const OWNER = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';

const spec = (
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  gpu = '',
): GroupSpec => ({
  name,
  requirements: {
    signedBy: { allOf: [], anyOf: [] },
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
  },
  units: [
    {
      count: 1,
      price: { denom: 'uact', amount: parseDecimal('100') },
      resources: {
        id: 1,
        cpu: { milliCpu: 1000n, attributes: [] },
        memory: { quantityBytes: 1n, attributes: [] },
        storage: [],
        gpu:
          gpu === ''
            ? { units: 0n, attributes: [] }
            : { units: 1n, attributes: [{ key: gpu, value: 'true' }] },
        endpoints: [],
      },
    },
  ],
});

const offer = (
  provider: string,
  price: string,
  createdAt = 1n,
  gseq = 1,
  denom = 'uact',
): Offer => {
  const bid: Bid = {
    id: { owner: OWNER, dseq: 1n, gseq, oseq: 1, provider, bseq: 0 },
    state: 'open',
    price: { denom, amount: parseDecimal(price) },
    createdAt,
    resourcesOffer: [],
  };
  return offerOf(bid, spec(`g${gseq}`), undefined, 1_000);
};

const names = (choice: readonly Offer[] | undefined): readonly string[] | undefined =>
  choice?.map((o) => o.bid.id.provider);

describe('choosing among bids', () => {
  it.each([
    ['the cheapest', [offer('a', '2'), offer('b', '1')], 'cheapest', ['b']],
    ['of equal prices the earlier', [offer('a', '1', 9n), offer('b', '1', 8n)], 'cheapest', ['b']],
    ['of equal bids the first by name', [offer('b', '1'), offer('a', '1')], 'cheapest', ['a']],
    ['the named one', [offer('a', '1'), offer('b', '2')], 'b', ['b']],
    ['nobody when the named one is missing', [offer('a', '1')], 'b', undefined],
    ['nobody without bids', [], 'cheapest', undefined],
  ])('takes %s', (_name, offers, accept, want) => {
    expect(names(chooseBy(accept, [offers]))).toEqual(want);
  });

  it('needs a bid for every group', () => {
    const groups = [[offer('a', '1'), offer('b', '2')], [offer('b', '3', 1n, 2)]];
    expect(names(chooseBy('cheapest', groups))).toEqual(['a', 'b']);
    expect(names(chooseBy('b', groups))).toEqual(['b', 'b']);
    expect(chooseBy('a', groups)).toBeUndefined();
    expect(chooseBy('cheapest', [...groups, []])).toBeUndefined();
  });

  it('the cheapest choice is never dearer than any other', () => {
    const prices = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(prices, { minLength: 1, maxLength: 3 }), fc.nat(), (groups, pick) => {
        const offers = groups.map((ps, g) =>
          ps.map((p, i) => offer(`p${i}`, String(p), 1n, g + 1)),
        );
        const best = chooseBy('cheapest', offers) ?? [];
        const any = offers.flatMap((of) => of.slice(pick % of.length, (pick % of.length) + 1));
        expect(best).toHaveLength(groups.length);
        expect(priceOf(best).amount.lte(priceOf(any).amount)).toBe(true);
      }),
    );
  });

  it('the order of bids does not depend on how they arrive', () => {
    const bids = [offer('a', '2'), offer('b', '1', 3n), offer('c', '1', 2n), offer('d', '1', 2n)];
    fc.assert(
      fc.property(fc.shuffledSubarray(bids, { minLength: 4 }), (shuffled) => {
        expect(names([...shuffled].sort(byPrice))).toEqual(['c', 'd', 'b', 'a']);
      }),
    );
  });
});

describe('the limit in USD', () => {
  it('holds for all groups together, exactly', () => {
    // 1000 and 500 uact a block of a second: 3.6 and 1.8 USD an hour
    const choice = [offer('a', '1000'), offer('b', '500', 1n, 2)];
    expect(usdOf(choice)?.toFixed()).toBe('5.4');
    expect(isWithin(choice, parseDecimal('5.4'))).toBe(true);
    expect(isWithin(choice, parseDecimal('5.399999'))).toBe(false);
    expect(isWithin(choice, undefined)).toBe(true);
  });

  it('is not kept by a price that cannot be told in USD', () => {
    expect(isWithin([offer('a', '1', 1n, 1, 'uakt')], parseDecimal('1000000'))).toBe(false);
  });
});

describe('why nobody bid', () => {
  const provider = (...keys: readonly string[]): Provider => ({
    owner: OWNER,
    hostUri: '',
    attributes: keys.map((k) => {
      const [key = '', value = 'true'] = k.split('=');
      return { key, value };
    }),
    info: { email: '', website: '' },
  });
  const h100 = 'capabilities/gpu/vendor/nvidia/model/h100';

  it.each([
    [spec('g'), [], 'Of 0 registered providers, 0 could serve group g by their records on chain.'],
    [
      spec('g', { region: 'eu' }),
      [provider('region=us'), provider('region=eu')],
      'Of 2 registered providers, 1 could serve group g by their records on chain (1 without the attributes region=eu); they may be full',
    ],
    [
      spec('g', {}, 'vendor/nvidia/model/h100'),
      [provider(h100), provider('capabilities/gpu/vendor/nvidia/model/a100'), provider()],
      'Of 3 registered providers, 1 could serve group g by their records on chain (2 without a GPU that it accepts); they may be full',
    ],
    [
      spec('g', {}, 'vendor/nvidia/model/*'),
      [provider(h100)],
      'Of 1 registered provider, 1 could serve group g',
    ],
  ])('counts who could have, case %#', (group, providers, want) => {
    expect(prospectsOf(group, providers)).toContain(want);
  });
});
