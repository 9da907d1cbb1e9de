import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isAppError } from '../errors.js';
import { encodeBody, keyOfNumber, signTx } from '../../testing/sign.js';
import { formatGoTime, formatRfc3339 } from '../time.js';
import { decodeTx } from './decode.js';

const key = keyOfNumber(1);

describe('decodeTx', () => {
  it('reads back what was built, times to the nanosecond', () => {
    const parts = fc.record({
      memo: fc.string({ maxLength: 40 }),
      timeoutHeight: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      unordered: fc.boolean(),
      timeoutTimestamp: fc.option(
        fc.record({
          seconds: fc.bigInt({ min: 0n, max: 4_000_000_000n }),
          nanos: fc.nat({ max: 999_999_999 }),
        }),
        { nil: undefined },
      ),
      messages: fc.array(
        fc.record({ typeUrl: fc.constant('/a.b.C'), value: fc.uint8Array({ maxLength: 300 }) }),
        { maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(parts, fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (body, sequence) => {
        const bytes = signTx({ ...body, key, chainId: 'c', accountNumber: 0n, sequence });
        const tx = decodeTx(bytes);
        expect(Buffer.from(encodeBody(tx))).toEqual(Buffer.from(tx.bodyBytes));
        expect(tx).toMatchObject({ memo: body.memo, unordered: body.unordered });
        expect(tx.timeoutTimestamp).toEqual(body.timeoutTimestamp);
        expect(tx.signerInfos[0]?.sequence).toBe(sequence);
      }),
    );
  });

  it('refuses any other bytes with sdk/2, never otherwise', () => {
    const good = signTx({ key, chainId: 'c', accountNumber: 0n, messages: [] });
    const mutated = fc
      .tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }))
      .map(([at, value]) => {
        const bytes = new Uint8Array(good);
        bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (bytes) => {
        try {
          decodeTx(bytes);
        } catch (error) {
          expect(isAppError(error) && [error.codespace, error.code]).toEqual(['sdk', 2]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('times', () => {
  it.each([
    [420_082_160, '2026-11-23 09:00:51.42008216 +0000 UTC', '2026-11-23T09:00:51.42008216Z'],
    [0, '2026-11-23 09:00:51 +0000 UTC', '2026-11-23T09:00:51Z'],
    [1, '2026-11-23 09:00:51.000000001 +0000 UTC', '2026-11-23T09:00:51.000000001Z'],
  ])('%i nanoseconds print as Go prints them', (nanos, wantGo, wantRfc3339) => {
    const time = { seconds: 1_795_424_451n, nanos };
    expect([formatGoTime(time), formatRfc3339(time)]).toEqual([wantGo, wantRfc3339]);
  });
});
