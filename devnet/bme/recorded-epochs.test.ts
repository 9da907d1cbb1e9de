/** The recorded swaps: requests, the epochs that execute them, and the block-level events of every block. */
import { describe, expect, it } from '@jest/globals';
import { MemoryChain } from '../akash/testing/memory-chain.js';
import { recordedAkashEvents, recordedEndBlock, recordedTx } from '../akash/testing/recorded.js';
import { priceEntry } from '../oracle/testing/price-entry.js';
import type { Event } from '../kernel/module.js';

const FAUCET = 'akash1kkw82le3shqhjeh8yawe9w98u6ct7v2dre4j8j';

/** The recorded node got its first price here: its mint epochs end ten blocks apart from then on. */
const FIRST_PRICE = 4n;

/** Block times differ from the recorded ones. */
const withoutTime = (events: readonly Event[]): unknown =>
  events.map(({ type, attributes }) => ({
    type,
    attributes: attributes.map(({ key, value }) => ({
      key,
      value: value.replace(/"timestamp":"[^"]+"/, '"timestamp":"…"'),
    })),
  }));

/** Replays the two swaps; block-level events by height. */
const replay = (): ReadonlyMap<bigint, readonly Event[]> => {
  const chain = new MemoryChain({ oracle: { akt_usd: null, sources: [FAUCET] } });
  chain.endow(FAUCET, [
    { denom: 'uakt', amount: 10n ** 12n },
    { denom: 'uact', amount: 10n ** 12n },
  ]);
  const ends = new Map<bigint, readonly Event[]>();
  while (chain.height <= 50n) {
    if (chain.height === FIRST_PRICE) {
      const priced = chain.deliver(priceEntry(FAUCET, 10n ** 18n, chain.seconds));
      expect(priced.events.map(({ type }) => type)).toEqual(['akash.oracle.v2.EventPriceData']);
    }
    for (const name of ['bme-mint-act', 'bme-burn-act']) {
      const recorded = recordedTx(name);
      if (recorded.height !== chain.height) continue;
      expect(chain.deliver(...recorded.messages).events).toEqual(recorded.events);
    }
    const { height } = chain;
    ends.set(height, chain.advance());
  }
  return ends;
};

describe('recorded swaps (fidelity 7, 16)', () => {
  const ends = replay();

  it.each(['bme-mint-act', 'bme-burn-act'])('ends the block of %s as recorded', (name) => {
    const { height } = recordedTx(name);
    expect(withoutTime(ends.get(height) ?? [])).toEqual(withoutTime(recordedEndBlock(name)));
  });

  it.each([...recordedAkashEvents()])(
    'ends block %s with the recorded akash events',
    (height, events) => {
      const akash = (ends.get(height) ?? []).filter(({ type }) => type.startsWith('akash.'));
      expect(withoutTime(akash)).toEqual(withoutTime(events));
    },
  );
});
