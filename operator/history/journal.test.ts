import { describe, expect, it } from '@jest/globals';
import { decide } from '../../bidengine/decide.js';
import { anInput, aPolicy, dec } from '../../bidengine/testing/input-builder.js';
import { anOrder } from '../../bidengine/testing/order-builder.js';
import type { DecideInput } from '../../bidengine/input.js';
import { FakeClock } from '../../kube/testing/fake-clock.js';
import type { Block, MarketEvent } from '../../market/events.js';
import { bidIdOf } from '../../market/ids.js';
import { PROVIDER } from '../testing/world.js';
import { DecisionJournal } from './journal.js';

const RIVAL = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const price = { denom: 'uact', amount: dec('7') };

const setup = () => {
  const clock = new FakeClock();
  const journal = new DecisionJournal(clock, PROVIDER);
  const note = (input: DecideInput) => {
    journal.decided(input, decide(input));
  };
  const all = () => journal.drain(1000);
  return { clock, journal, note, all };
};
const block = (...events: readonly MarketEvent[]): Block => ({
  height: 50n,
  timeMs: 0,
  hash: '',
  events,
});
const tooDear = (): DecideInput => anInput({ order: anOrder().withPrice('0.000001').obj() });
const { id } = anOrder().obj();

describe('DecisionJournal', () => {
  it('keeps a decision with everything it was made of', () => {
    const { note, all } = setup();
    const input = anInput();
    note(input);
    const [entry] = all();
    expect(entry).toMatchObject({ type: 'decided', decision: { type: 'bid' } });
    expect(entry?.type === 'decided' && entry.input).toBe(input);
  });

  it('a decision that was made of more than its input says so', () => {
    const { journal, all } = setup();
    const input = anInput();
    const reasons = [{ code: 'OwnerPendingShare', message: 'too many' }];
    const decision = { type: 'skip' as const, orderId: input.order.id, reasons };
    journal.decided(input, decision, ['pending bids']);
    expect(all()).toMatchObject([{ type: 'decided', decision, missing: ['pending bids'] }]);
  });

  it('the same answer again is only counted, and told once in ten minutes', async () => {
    const { clock, note, all } = setup();
    const input = tooDear();
    for (let height = 1n; height <= 4n; height += 1n)
      note({ ...input, chain: { ...input.chain, height } });
    expect(all()).toHaveLength(1);
    await clock.advance(600_000);
    expect(all()).toMatchObject([{ type: 'again', times: 3, height: 4n }]);
    await clock.advance(600_000);
    expect(all()).toEqual([]);
  });

  it('another answer, and another price book with the same answer, are decisions of their own', () => {
    const { note, all } = setup();
    const input = tooDear();
    note(input);
    note({ ...input, policies: [aPolicy()] });
    note({ ...input, order: { ...input.order, state: 'closed' }, policies: [aPolicy()] });
    expect(all().map((e) => e.type)).toEqual(['decided', 'decided', 'decided']);
  });

  it('tells who got an order that was decided here, and what ours had been', () => {
    const { journal, note, all } = setup();
    note(anInput());
    const [decided] = all();
    journal.onBlock(block({ type: 'lease-created', id: bidIdOf(id, RIVAL), price }));
    const ours =
      decided?.type === 'decided' && decided.decision.type === 'bid'
        ? decided.decision.price
        : undefined;
    expect(ours).toBeDefined();
    expect(all()).toMatchObject([{ type: 'taken', height: 50n, price, ours }]);
  });

  it('tells who got an order that was skipped', () => {
    const { journal, note, all } = setup();
    note(tooDear());
    all();
    journal.onBlock(block({ type: 'lease-created', id: bidIdOf(id, RIVAL), price }));
    const [taken] = all();
    expect(taken).toMatchObject({ type: 'taken', price });
    expect(taken).not.toHaveProperty('ours');
  });

  it('says nothing of orders it did not decide, of our own leases, and of orders that are gone', () => {
    const { journal, note, all } = setup();
    const lease: MarketEvent = { type: 'lease-created', id: bidIdOf(id, RIVAL), price };
    journal.onBlock(block(lease));
    note(anInput());
    journal.onBlock(block({ ...lease, id: bidIdOf(id, PROVIDER) }));
    note(tooDear());
    journal.onBlock(block({ type: 'order-closed', id }, lease));
    expect(all().map((e) => e.type)).toEqual(['decided', 'decided']);
  });

  it('after a fail-over a loss found by the recount is told with the price that lost', () => {
    const { journal, all } = setup();
    journal.taken(bidIdOf(id, RIVAL), price, 9n, { denom: 'uact', amount: dec('8') });
    expect(all()).toMatchObject([{ type: 'taken', price, ours: { denom: 'uact' } }]);
  });

  it('when nobody can write, the oldest entries go and are counted', () => {
    const { journal, note, all } = setup();
    for (let dseq = 1n; dseq <= 5_003n; dseq += 1n) note(anInput({ order: anOrder(dseq).obj() }));
    expect(journal.dropped()).toBe(3);
    expect(journal.dropped()).toBe(0);
    const [oldest] = all();
    expect(oldest?.type === 'decided' && oldest.decision.orderId.dseq).toBe(4n);
  });
});
