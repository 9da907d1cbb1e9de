import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../bidengine/decide.js';
import { reservationOf } from '../bidengine/reserve.js';
import { withReservations } from '../bidengine/reservations.js';
import { inputs } from '../bidengine/testing/arbitraries.js';
import { compileExpression } from '../bidengine/price-expression.js';
import { policyStrategy } from '../bidengine/price-policy-strategy.js';
import { anInput, aPolicy } from '../bidengine/testing/input-builder.js';
import { aNode, aSnapshot, H100 } from '../bidengine/testing/node-builder.js';
import { anOrder } from '../bidengine/testing/order-builder.js';
import type { DecideInput } from '../bidengine/input.js';
import { bidIdOf } from '../market/ids.js';
import { Decimal } from '../market/money.js';
import type { DecidedEntry, HistoryEntry } from './entry.js';
import { isSegmentFormatError } from './segment-lines.js';
import { readSegment } from './segment-reader.js';
import type { KeptDecision } from './segment-reader.js';
import { SegmentWriter } from './segment-writer.js';

const written = (entries: readonly HistoryEntry[], withoutSnapshots = false): string => {
  const writer = new SegmentWriter({ startedAtMs: 1, writer: 'test', withoutSnapshots });
  for (const entry of entries) writer.add(entry);
  expect(writer.size).toBe(writer.text().length);
  return writer.text();
};
const decided = (input: DecideInput, atMs = 5): DecidedEntry => ({
  type: 'decided',
  atMs,
  input,
  decision: decide(input),
});
const decisionsIn = (text: string): readonly KeptDecision[] =>
  readSegment(text).flatMap((e) => (e.type === 'decided' ? [e] : []));

/** A cluster that fills up: every bid takes its place in the next snapshot. */
const fillingUp = (count: number): readonly DecidedEntry[] => {
  let input = anInput({
    snapshot: aSnapshot(
      Array.from({ length: 40 }, (_, i) =>
        aNode(`node-${100 + i}`)
          .withGpus(H100, 8)
          .obj(),
      ),
    ),
  });
  return Array.from({ length: count }, (_, i) => {
    const order = anOrder(BigInt(i + 1))
      .withGpu('nvidia', 'h100', 4)
      .obj();
    const entry = decided({ ...input, order }, i);
    const { decision } = entry;
    if (decision.type === 'bid') {
      const held = reservationOf(order.id, order.spec, decision.placement, 'bid');
      input = { ...input, snapshot: withReservations(input.snapshot, [held]) };
    }
    return entry;
  });
};

describe('a segment of the decision history', () => {
  it('gives every decision back, and its input decides the same again', () => {
    fc.assert(
      fc.property(fc.array(inputs, { minLength: 1, maxLength: 5 }), (list) => {
        const entries = list.map((input, i) => decided(input, i));
        const kept = decisionsIn(written(entries));
        expect(kept.map((k) => k.decision)).toEqual(entries.map((e) => e.decision));
        for (const [i, k] of kept.entries()) {
          const input = k.input();
          expect(input.ok).toBe(true);
          if (input.ok) expect(decide(input.input)).toEqual(entries[i]?.decision);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('a cluster that fills up is kept as one inventory and what changed', () => {
    const entries = fillingUp(30);
    const text = written(entries);
    const lines = text.split('\n').filter((l) => l.includes('"t":"snapshot"'));
    expect(lines).toHaveLength(30);
    const [first = '', ...rest] = lines.map((l) => l.length);
    for (const size of rest) expect(size).toBeLessThan(Number(first) / 10);
    const last = decisionsIn(text).at(-1)?.input();
    expect(last?.ok === true && last.input.snapshot).toEqual(entries.at(-1)?.input.snapshot);
  });

  it('says the price book once', () => {
    const text = written(fillingUp(10));
    expect(text.split('"cpuUsdPerHour"')).toHaveLength(2);
  });

  it('without inventories a decision is still told, and what is missing for deciding it again', () => {
    const [kept] = decisionsIn(written([decided(anInput())], true));
    expect(kept?.decision.type).toBe('bid');
    expect(kept?.input()).toEqual({ ok: false, missing: ['snapshot'] });
  });

  it('an input with a part that is code cannot be decided again, and says which', () => {
    const [kept] = decisionsIn(written([decided({ ...anInput(), strategy: policyStrategy([]) })]));
    expect(kept?.input()).toEqual({ ok: false, missing: ['strategy'] });
  });

  it("a price book's expression decides the same again", () => {
    const expression = compileExpression('price * dec("2.0")');
    const input = anInput({ policies: [aPolicy({}, { expression })] });
    const entry = decided(input);
    expect(entry.decision).not.toEqual(decide(anInput()));
    const kept = decisionsIn(written([entry]))[0]?.input();
    expect(kept?.ok === true && decide(kept.input)).toEqual(entry.decision);
  });

  it('what a decision was made of beside its input keeps it from being decided again', () => {
    const [kept] = decisionsIn(written([{ ...decided(anInput()), missing: ['pending bids'] }]));
    expect(kept?.input()).toEqual({ ok: false, missing: ['pending bids'] });
  });

  it('repetitions and taken bids come back as they were', () => {
    const order = anOrder().obj();
    const price = { denom: 'uact', amount: new Decimal('10.5') };
    const entries: readonly HistoryEntry[] = [
      { type: 'again', atMs: 7, orderId: order.id, height: 9n, times: 3 },
      { type: 'taken', atMs: 8, id: bidIdOf(order.id, order.id.owner), height: 10n, price },
      {
        type: 'taken',
        atMs: 8,
        id: bidIdOf(order.id, order.id.owner),
        height: 0n,
        price,
        ours: price,
      },
    ];
    expect(readSegment(written(entries))).toEqual(entries);
  });

  it.each([
    ['no head', '{"t":"again","at":1,"order":"a","height":"1","times":1}', 1],
    ['another version', '{"t":"head","v":2,"at":1,"writer":"x"}', 1],
    ['no JSON', '{"t":"head","v":1,"at":1,"writer":"x"}\n{', 2],
    ['an unknown line', '{"t":"head","v":1,"at":1,"writer":"x"}\n{"t":"poem"}', 2],
  ])('refuses %s, naming the line', (_, text, line) => {
    let refused: unknown;
    try {
      readSegment(text);
    } catch (error) {
      refused = error;
    }
    expect(isSegmentFormatError(refused) && refused.line).toBe(line);
  });
});
