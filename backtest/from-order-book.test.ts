import { describe, expect, it } from '@jest/globals';
import { anOrder } from '../bidengine/testing/order-builder.js';
import { foldOrderBook } from '../history/order-book.js';
import type { At, BookLine } from '../history/order-book-lines.js';
import { bidIdOf } from '../market/ids.js';
import type { BidId } from '../market/ids.js';
import { Decimal } from '../market/money.js';
import { scenarioOf } from './from-order-book.js';
import type { ChoiceRule } from './from-order-book.js';
import { wins } from './scenario.js';
import type { Scenario } from './scenario.js';

const US = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';
const A = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const B = 'akash19h7kcru96wkylecd2vswv9eph6e58fnmk4fna5';
const { id, spec } = anOrder(7n).obj();
const at = (height: number): At => ({ height: BigInt(height), timeMs: 1_000_000 + height * 5_900 });
const price = (amount: string) => ({ denom: 'uact', amount: new Decimal(amount) });
const of = (provider: string): BidId => bidIdOf(id, provider);

const head: BookLine = { type: 'head', chainId: 'x', from: 10n };
const order: BookLine = { type: 'order', at: at(10), id, spec };
const bid = (provider: string, amount: string): BookLine => ({
  ...{ type: 'bid', at: at(11), id: of(provider), price: price(amount) },
});
const lease = (provider: string, amount: string): BookLine => ({
  ...{ type: 'lease', at: at(14), id: of(provider), price: price(amount) },
});
const ended: BookLine = { type: 'lease-closed', at: at(60), id: of(A), reason: 'owner' };
const through: BookLine = { type: 'through', at: at(100) };
const made = (choice: ChoiceRule, ...lines: readonly BookLine[]): Scenario =>
  scenarioOf(foldOrderBook([head, ...lines, through]), { choice, provider: US }, 'test');
const wonAt = (scenario: Scenario, amount: string): boolean => {
  const [demand] = scenario.demands;
  return demand !== undefined && wins(demand, new Decimal(amount));
};

describe('a recording as a scenario', () => {
  it('the lease lives as long as it lived, and blocks are as long as they were', () => {
    const scenario = made('cheapest', order, bid(A, '10'), lease(A, '10'), ended);
    expect(scenario.demands).toMatchObject([{ openedAt: 10n, settledAt: 14n, leaseBlocks: 46n }]);
    expect(scenario).toMatchObject({ origin: 'recorded', blockTimeMs: 5_900, leftOut: {} });
  });

  it('a lease that still lived is cut at the end of the recording', () => {
    const scenario = made('cheapest', order, bid(A, '10'), lease(A, '10'));
    expect(scenario.demands[0]?.leaseBlocks).toBe(86n);
  });

  it.each<[string, ChoiceRule, readonly BookLine[], readonly string[], readonly string[]]>([
    [
      'where the tenant took the cheapest, a cheaper bid wins and an equal one does not',
      'cheapest',
      [bid(A, '10'), bid(B, '12'), lease(A, '10')],
      ['9.999999'],
      ['10', '11'],
    ],
    [
      'where the tenant took a dearer one, nothing is claimed',
      'cheapest',
      [bid(A, '10'), bid(B, '12'), lease(B, '12')],
      [],
      ['1', '11'],
    ],
    [
      'unless it is said that undercutting is enough',
      'undercut',
      [bid(A, '10'), bid(B, '12'), lease(B, '12')],
      ['11.999999'],
      ['12'],
    ],
    [
      'an order we won ourselves is won again up to the price we had, whatever rivals asked',
      'cheapest',
      [bid(US, '11'), bid(B, '10'), lease(US, '11')],
      ['11', '5'],
      ['11.000001'],
    ],
    [
      'our own lost bid is no rival',
      'cheapest',
      [bid(US, '8'), bid(B, '10'), lease(B, '10')],
      ['9'],
      ['10'],
    ],
    ['an order that was never leased is never won', 'undercut', [bid(A, '10')], [], ['1']],
  ])('%s', (_, choice, lines, won, notWon) => {
    const scenario = made(choice, order, ...lines);
    expect(won.map((amount) => wonAt(scenario, amount))).toEqual(won.map(() => true));
    expect(notWon.map((amount) => wonAt(scenario, amount))).toEqual(notWon.map(() => false));
  });

  it('counts what it leaves out, and why', () => {
    const unread: BookLine = { ...order, id: anOrder(8n).obj().id, spec: null };
    const stood: BookLine = { ...order, id: anOrder(9n).obj().id, standing: true };
    const akt = anOrder(10n).withPrice('5', 'uakt').obj();
    const other: BookLine = { type: 'order', at: at(10), id: akt.id, spec: akt.spec };
    const sameBlock: BookLine = { type: 'order-closed', at: at(10), id };
    const { demands, leftOut } = made('cheapest', order, unread, stood, other, sameBlock);
    expect(demands).toEqual([]);
    expect(leftOut).toEqual({
      'its group could not be read when it was recorded': 1,
      'it stood before the recording began': 1,
      'it is not priced in uact': 1,
      'it ended in the block in which it began': 1,
    });
  });
});
