import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Decimal } from '../../market/money.js';
import { recordedTx, recordedTxBytes } from '../testing/recordings.js';
import { decodeTxRaw } from '@cosmjs/proto-signing';
import { feeFor, MAX_GAS, raisedGas } from './gas.js';
import { GasBook } from './gas-book.js';
import { isPast, NonceSource } from './nonce.js';
import type { ChainMessage } from '../ports.js';

describe('gas', () => {
  const recordings: readonly (readonly [string, ChainMessage['type']])[] = [
    ['bid-create', 'create-bid'],
    ['oof-bid-create', 'create-bid'],
    ['pc-bid-create', 'create-bid'],
    ['pc-bid-close', 'close-bid'],
    ['lease-withdraw', 'withdraw-lease'],
    ['lease-create', 'create-lease'],
    ['oof-lease-create', 'create-lease'],
    ['lease-close', 'close-lease'],
    ['deployment-create', 'create-deployment'],
    ['deployment-update', 'update-deployment'],
    ['deployment-close', 'close-deployment'],
    ['deposit-deployment', 'deposit-deployment'],
    ['provider-create', 'create-provider'],
    ['cert-publish-server', 'create-certificate'],
    ['cert-publish-client', 'create-certificate'],
    ['unordered-send', 'send'],
  ];

  it.each(recordings)('the limit covers what %s used, and is not twice as much', (name, type) => {
    const used = BigInt(recordedTx(name).result.tx_result.gas_used);
    const message = decodeTxRaw(recordedTxBytes(name)).body.messages[0];
    const limit = new GasBook().limitFor([{ type, bytes: message?.value.length ?? 0 }]);
    expect(limit).toBeGreaterThan((used * 12n) / 10n);
    expect(limit).toBeLessThan(used * 2n);
  });

  it('is additive, grows with size, and never falls when raised', () => {
    const types = fc.constantFrom<ChainMessage['type']>('create-bid', 'withdraw-lease', 'send');
    const message = fc.record({ type: types, bytes: fc.nat(5_000) });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 20 }), message, (many, one) => {
        const limit = new GasBook().limitFor(many);
        expect(new GasBook().limitFor([...many, one])).toBeGreaterThan(limit);
        expect(raisedGas(limit, many)).toBeGreaterThanOrEqual((limit * 3n) / 2n);
        expect(raisedGas(MAX_GAS, many)).toBe(MAX_GAS);
      }),
    );
  });

  it('the fee is rounded up, so that it always pays', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: MAX_GAS }), (gas) => {
        const { amount } = feeFor(gas, { denom: 'uakt', amount: new Decimal('0.025') });
        expect(amount * 1000n).toBeGreaterThanOrEqual(gas * 25n);
        expect((amount - 1n) * 1000n).toBeLessThan(gas * 25n);
      }),
    );
  });

  it('learns from a limit of its own only, and up to a bound', () => {
    const book = new GasBook();
    const bid = [{ type: 'create-bid', bytes: 150 }] as const;
    const first = book.limitFor(bid);
    book.wasNotEnough(bid, first - 1n);
    expect(book.limitFor(bid)).toBe(first);
    book.wasNotEnough(bid, first);
    expect(book.limitFor(bid)).toBeGreaterThan((first * 14n) / 10n);
    for (let i = 0; i < 50; i += 1) book.wasNotEnough(bid, book.limitFor(bid));
    expect(book.limitFor(bid)).toBeLessThan(first * 9n);
  });
});

describe('nonces', () => {
  it('are unique, and within the chain’s ten minutes, for any block times', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(5_000), { maxLength: 50 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999999, noNaN: true })),
        (steps, random) => {
          const source = new NonceSource(590, () => Number(random.next().value));
          let timeMs = 1_800_000_000_000;
          const given = new Set<bigint>();
          for (const step of steps) {
            timeMs += step;
            const nonce = source.next(timeMs);
            expect(given.has(nonce)).toBe(false);
            given.add(nonce);
            expect(nonce).toBeLessThan(BigInt(timeMs + 600_000) * 1_000_000n);
          }
        },
      ),
    );
  });

  it.each([0, -1, 591, Number.NaN])('refuses a timeout of %p s', (seconds) => {
    expect(() => new NonceSource(seconds, Math.random)).toThrow('timeoutSeconds');
  });

  it('a deadline is past only after a block that is later', () => {
    expect(isPast(5_000_000n, 5)).toBe(false);
    expect(isPast(5_000_000n, 6)).toBe(true);
    expect(isPast(5_999_999n, 6)).toBe(true);
  });
});
