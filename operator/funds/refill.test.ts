import { describe, expect, it } from '@jest/globals';
import type { TxOutcome } from '../../chain/ports.js';
import { FakeChain } from '../../chain/testing/fake-chain.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import { ChainView } from '../chain-view/chain-view.js';
import { systemClock } from '../clock.js';
import { createLogger } from '../logger.js';
import { PROVIDER } from '../testing/world.js';
import { Refill } from './refill.js';

const refillSpec = { belowUakt: '1000', toUakt: '3000', keepUact: '0', maxUactPerDay: '100000' };

const setup = (asked = true) => {
  const chain = new FakeChain();
  chain.market.balances.set(PROVIDER, [
    { denom: 'uakt', amount: 500n },
    { denom: 'uact', amount: 50_000n },
  ]);
  const view = new ChainView(systemClock, 60_000, 1000);
  const told: string[] = [];
  const provider = {
    spec: { address: PROVIDER, budgets: asked ? { refill: refillSpec } : {} },
  } as unknown as ComputeProvider;
  const refill = new Refill({
    ...{ reader: chain.reader, view, log: createLogger('silent'), provider: () => provider },
    lane: chain.laneFor({ address: PROVIDER }),
    events: { record: (_about, { reason }) => told.push(reason) },
  });
  /** A block, then a look, then the block that its transaction is in. */
  const look = async (): Promise<void> => {
    view.observe(chain.commit());
    const ran = refill.run(new AbortController().signal);
    await new Promise((resolve) => setImmediate(resolve));
    view.observe(chain.commit());
    await ran;
  };
  const held = (denom: string): bigint =>
    chain.market.balances.get(PROVIDER)?.find((c) => c.denom === denom)?.amount ?? 0n;
  return { chain, refill, look, told, held };
};

describe('Refill', () => {
  it('burns once, waits for the epoch, and has what it asked for', async () => {
    const { chain, refill, look, told, held } = setup();
    await look();
    expect(refill.reason()?.code).toBe('RefillPending');
    for (let i = 0; i < 4; i += 1) await look();
    expect(held('uakt')).toBe(3001n);
    expect(refill.reason()).toBeUndefined();
    expect(told).toEqual(['RefillPending']);
    expect(chain.submissions).toHaveLength(1);
  });

  it('does nothing where it is not asked for', async () => {
    const { chain, look, held } = setup(false);
    await look();
    expect(chain.submissions).toEqual([]);
    expect(held('uakt')).toBe(500n);
  });

  it('what the chain gives back is not asked for again at once', async () => {
    const { chain, refill, look, told } = setup();
    await look();
    chain.market.exchange.terms = { ...chain.market.exchange.terms, aktUsd: undefined };
    while ((await chain.reader.burnsOf(PROVIDER))[0]?.state !== 'canceled') chain.commit();
    chain.market.exchange.terms = { ...chain.market.exchange.terms, aktUsd: undefined };
    await look();
    expect(refill.reason()?.code).toBe('RefillHalted');
    chain.market.exchange.terms = setup().chain.market.exchange.terms;
    await look();
    expect(told).toEqual(['RefillPending', 'RefillHalted', 'RefillCanceled']);
    expect(chain.submissions).toHaveLength(1);
  });

  it('a refusal is told with the words of the chain, and paid for ever more rarely', async () => {
    const { chain, refill, look } = setup();
    chain.override = (hash): TxOutcome => ({
      ...{ status: 'included', hash, height: chain.height, code: 6, codespace: 'bme' },
      ...{ log: 'circuit breaker is active', gasUsed: 1n, gasWanted: 1n },
    });
    for (let i = 0; i < 10; i += 1) await look();
    expect(refill.reason()).toMatchObject({ code: 'RefillRefused' });
    expect(refill.reason()?.message).toContain('circuit breaker');
    expect(chain.submissions.length).toBeLessThan(6);
  });
});
