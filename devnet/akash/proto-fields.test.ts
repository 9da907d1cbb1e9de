/** Fields that the published SDK does not know, beside those it does. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MsgCreateBid } from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { windowOfMessage, withMessageWindow } from '../market/wire.js';
import { decodeDuration, encodeDuration, readField } from './proto-fields.js';
import { createBid } from './testing/scenario.js';

describe('unknown fields', () => {
  it('keep durations to the nanosecond', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (nanoseconds) =>
        expect(decodeDuration(encodeDuration(nanoseconds))).toBe(nanoseconds),
      ),
    );
    expect(Buffer.from(encodeDuration(3_600_000_000_000n)).toString('hex')).toBe('08901c');
  });

  it('leave the fields beside them as they are', () => {
    const { value } = createBid();
    expect(windowOfMessage(value)).toBeUndefined();
    const extended = withMessageWindow(value, 7_200_000_000_000n);
    expect(windowOfMessage(extended)).toBe(7_200_000_000_000n);
    expect(MsgCreateBid.decode(extended)).toEqual(MsgCreateBid.decode(value));
    expect(Buffer.from(readField(extended, 5) ?? []).toString('hex')).toBe('08a038');
  });
});
