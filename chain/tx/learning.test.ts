import { describe, expect, it } from '@jest/globals';
import { Decimal } from '../../market/money.js';
import { GasBook } from './gas-book.js';
import { GasPrice } from './gas-price.js';

const bid = [{ type: 'create-bid', bytes: 155 }] as const;
const withdrawal = { type: 'withdraw-lease', bytes: 100 } as const;
const learn = (book: GasBook, used: bigint, times = 8): GasBook => {
  for (let i = 0; i < times; i += 1) book.wasEnough(bid, used);
  return book;
};

describe('the gas book learns from what was included', () => {
  const table = new GasBook().limitFor(bid);

  it.each([
    ['few outcomes change nothing', learn(new GasBook(), 50_000n, 7), table],
    ['a cheaper chain gets lower limits', learn(new GasBook(), 50_000n), 65_000n + 2_240n],
    ['a dearer chain gets higher ones', learn(new GasBook(), 200_000n), 260_000n + 2_240n],
    [
      'the dearest of the last ones counts',
      learn(learn(new GasBook(), 90_000n), 50_000n, 20),
      117_000n + 2_240n,
    ],
    ['old ones are forgotten', learn(learn(new GasBook(), 90_000n), 50_000n, 64), 65_000n + 2_240n],
  ])('%s', (_name, book, want) => {
    expect(book.limitFor(bid)).toBe(want);
  });

  it('a batch counts per message, and its length apart', () => {
    const book = new GasBook();
    const long = { type: 'withdraw-lease', bytes: 110 } as const;
    for (let i = 0; i < 8; i += 1) book.wasEnough([long, long], 162_000n);
    expect(book.limitFor([withdrawal])).toBe((80_000n * 13n) / 10n + 2_240n);
  });

  it('a withdrawal that closed its deployment does not make all others dearer', () => {
    const book = new GasBook();
    for (let i = 0; i < 8; i += 1) book.wasEnough([withdrawal], i === 3 ? 272_171n : 94_000n);
    expect(book.limitFor([withdrawal])).toBeLessThan(140_000n);
  });

  it('mixed messages teach nothing', () => {
    const book = new GasBook();
    for (let i = 0; i < 20; i += 1) book.wasEnough([...bid, withdrawal], 1_000n);
    expect(book.limitFor(bid)).toBe(table);
  });

  it('out of gas counts at once, also against what was learned', () => {
    const book = learn(new GasBook(), 50_000n);
    book.wasNotEnough(bid, book.limitFor(bid));
    expect(book.limitFor(bid)).toBeGreaterThan(table);
  });
});

describe('the gas price', () => {
  const make = () => {
    const clock = { ms: 0, now: () => clock.ms };
    return { clock, price: new GasPrice({ denom: 'uakt', amount: new Decimal('0.025') }, clock) };
  };

  it.each([
    [
      'what the node requires is paid',
      'insufficient fees; got: 2500uakt required: 5001uakt: insufficient fee',
      5_001n,
    ],
    ['ours is picked of several coins', 'required: 70ibc/AA,4000uakt: insufficient fee', 4_000n],
    ['without a figure it is half more', 'insufficient fee', 3_750n],
    ['less than is paid already changes nothing', 'required: 100uakt: insufficient fee', 2_500n],
    ['more than ten times the configured price is never paid', 'required: 25001uakt: x', 2_500n],
  ])('%s', (_name, log, want) => {
    const { price } = make();
    price.wasNotEnough(100_000n, log);
    expect(price.fee(100_000n)).toEqual({ denom: 'uakt', amount: want });
  });

  it('falls back to the configured price after ten minutes', () => {
    const { price, clock } = make();
    price.wasNotEnough(100_000n, 'required: 5000uakt: insufficient fee');
    clock.ms = 10 * 60_000;
    expect(price.fee(100_000n).amount).toBe(5_000n);
    clock.ms += 1;
    expect(price.fee(100_000n).amount).toBe(2_500n);
  });
});
