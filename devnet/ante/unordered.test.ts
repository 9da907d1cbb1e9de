/** Fidelity 4: unordered transactions answer with the codes and texts that a real node was recorded with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fromNanos, toNanos } from '../kernel/time.js';
import type { TxOutcome } from '../kernel/run-tx.js';
import { sendMessage } from '../testing/messages.js';
import { TestChain, TEST_TIME, type TestChainOptions } from '../testing/test-chain.js';
import type { BlockTime } from '../kernel/module.js';

interface Recorded {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
}
const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../test/recorded/unordered-checks.json'), 'utf8'),
) as Readonly<Record<string, Recorded>> & {
  readonly accepted: { readonly count: number; readonly gas_used: number };
};

const SECOND = 1_000_000_000n;

const setup = (options?: TestChainOptions) => {
  const chain = new TestChain(options);
  const send = sendMessage(chain.key(0).address, chain.key(1).address, 1n);
  const after = (nanos: bigint): BlockTime => fromNanos(toNanos(TEST_TIME) + nanos);
  const unordered = (
    timeoutTimestamp: BlockTime | undefined,
    more: { readonly sequence?: bigint; readonly memo?: string } = {},
  ): Uint8Array => chain.sign(0, { messages: [send], unordered: true, timeoutTimestamp, ...more });
  return { chain, after, unordered };
};

const said = ({ codespace, code, log }: TxOutcome): Recorded => ({ code, codespace, log });
const asRecorded = (
  name: string,
  replace: readonly (readonly [string | RegExp, string])[] = [],
): Recorded => {
  const { code, codespace, log } = recorded[name] ?? { code: -1, codespace: '', log: '' };
  return {
    code,
    codespace,
    log: replace.reduce((text, [from, to]) => text.replace(from, to), log),
  };
};

describe('unordered transactions (fidelity 4)', () => {
  it('lands eleven from one account, one nanosecond apart', () => {
    const { chain, after, unordered } = setup();
    const txs = Array.from({ length: recorded.accepted.count }, (_, i) =>
      unordered(after(30n * SECOND + BigInt(i))),
    );
    expect(txs.map((tx) => chain.check(tx).code)).toEqual(txs.map(() => 0));
    expect(chain.block(txs).txs.map(({ code }) => code)).toEqual(txs.map(() => 0));
  });

  it('refuses another transaction with the same timestamp, in the mempool and in a block', () => {
    const { chain, after, unordered } = setup();
    const timeout = after(30n * SECOND + 1n);
    const [first, second] = [unordered(timeout), unordered(timeout, { memo: 'other' })];
    const want = asRecorded('same_timestamp_other_tx', [
      ['ADDRESS', chain.key(0).address],
      [/timeout \d+/, `timeout ${toNanos(timeout)}`],
    ]);
    expect(chain.check(first).code).toBe(0);
    expect(said(chain.check(second))).toEqual(want);
    expect(chain.block([first, second]).txs.map(said)).toEqual([
      { code: 0, codespace: '', log: '' },
      want,
    ]);
  });

  it('refuses one that has expired', () => {
    const { chain, unordered } = setup();
    // Both times are the recording's own: block time with its nanoseconds, timeout with milliseconds.
    expect(said(chain.check(unordered({ seconds: 1_795_424_392n, nanos: 391_000_000 })))).toEqual(
      asRecorded('expired'),
    );
  });

  it('refuses one that expires more than ten minutes after the last block, not later blocks', () => {
    const { chain, after, unordered } = setup();
    expect(said(chain.check(unordered(after(660n * SECOND))))).toEqual(
      asRecorded('eleven_minutes_ahead'),
    );
    expect(chain.check(unordered(after(600n * SECOND))).code).toBe(0);
    expect(chain.check(unordered(after(600n * SECOND + 1n))).code).toBe(18);
  });

  it('refuses one with a sequence, and one without a timeout', () => {
    const { chain, after, unordered } = setup();
    expect(said(chain.check(unordered(after(SECOND), { sequence: 1n })))).toEqual(
      asRecorded('with_a_sequence'),
    );
    expect(said(chain.check(unordered(undefined)))).toEqual(asRecorded('without_timeout'));
  });

  it('keeps the nonce until the timeout has passed, and no longer', () => {
    const { chain, after, unordered } = setup();
    const stored = (): number => [...chain.database.iterate('auth/n/')].length;
    chain.block([unordered(after(3n * SECOND))]);
    expect(stored()).toBe(1);
    chain.block([]);
    expect(stored()).toBe(1);
    chain.block([]);
    expect(stored()).toBe(0);
  });

  it('leaves the sequence alone and emits none', () => {
    const { chain, after, unordered } = setup();
    const { events } = chain.deliver(unordered(after(5n * SECOND)));
    expect(events.some((event) => event.attributes.some(({ key }) => key === 'acc_seq'))).toBe(
      false,
    );
    const send = sendMessage(chain.key(0).address, chain.key(1).address, 1n);
    expect(chain.check(chain.sign(0, { messages: [send], sequence: 0n })).code).toBe(0);
  });

  it('can be switched off by genesis', () => {
    const { chain, after, unordered } = setup({ sections: { auth: { unordered: false } } });
    expect(said(chain.check(unordered(after(SECOND))))).toEqual({
      code: 37,
      codespace: 'sdk',
      log: 'unordered transactions are not enabled: feature not supported',
    });
  });

  it('keeps the nonce of one whose message failed, like a sequence (fidelity 2)', () => {
    const { chain, after } = setup();
    const tooMuch = sendMessage(chain.key(0).address, chain.key(1).address, 10n ** 15n);
    const tx = (memo: string): Uint8Array =>
      chain.sign(0, {
        messages: [tooMuch],
        unordered: true,
        timeoutTimestamp: after(30n * SECOND),
        memo,
      });
    expect(chain.deliver(tx('a')).code).toBe(5);
    expect(chain.deliver(tx('b')).log).toContain('failed to add unordered nonce');
  });
});
