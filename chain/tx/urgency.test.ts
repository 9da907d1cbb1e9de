import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isChainUnavailable } from '../ports.js';
import type { ChainMessage, Signer } from '../ports.js';
import { PriorityGate } from './priority-gate.js';
import { PRIORITIES, priorityOf } from './priority.js';
import type { TxPriority } from './priority.js';
import { ReasonError } from '../../market/reasons.js';
import { SignQueue } from './sign-queue.js';

const id = { owner: 'o', dseq: 1n, gseq: 1, oseq: 1, provider: 'p', bseq: 0 };
const close: ChainMessage = { type: 'close-bid', id, reason: 'unspecified' };
const withdraw: ChainMessage = { type: 'withdraw-lease', id };
const lease: ChainMessage = { type: 'create-lease', id };

describe('the urgency of a transaction', () => {
  it.each([
    ['a close goes first', [close], 'close'],
    ['a withdrawal goes last', [withdraw], 'withdraw'],
    ['everything else goes between', [lease], 'bid'],
    ['a close packed together with a withdrawal waits like one', [close, withdraw], 'withdraw'],
    ['nothing is as urgent as can be', [], 'close'],
  ] as readonly (readonly [string, readonly ChainMessage[], TxPriority])[])(
    '%s',
    (_name, messages, want) => {
      expect(priorityOf(messages)).toBe(want);
    },
  );
});

/** What a gate admitted, in order, while it is used. */
const recordedGate = () => {
  const gate = new PriorityGate({ close: 3, bid: 2, withdraw: 1 });
  const admitted: string[] = [];
  const leave = new Map<string, () => void>();
  const enter = async (name: string, priority: TxPriority): Promise<void> => {
    leave.set(name, await gate.enter(priority));
    admitted.push(name);
  };
  return { gate, admitted, leave, enter };
};
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the gate', () => {
  it('lets the most urgent in first, and keeps places that withdrawals cannot take', async () => {
    const { admitted, leave, enter } = recordedGate();
    for (const name of ['w1', 'w2', 'w3']) void enter(name, 'withdraw');
    for (const name of ['b1', 'b2']) void enter(name, 'bid');
    for (const name of ['c1', 'c2']) void enter(name, 'close');
    await settled();
    expect(admitted).toEqual(['w1', 'b1', 'c1']);
    leave.get('w1')?.();
    await settled();
    expect(admitted.slice(3)).toEqual(['c2']);
    for (const name of ['b1', 'c1', 'c2']) leave.get(name)?.();
    await settled();
    expect(admitted.slice(4)).toEqual(['b2']);
    leave.get('b2')?.();
    await settled();
    expect(admitted.slice(5)).toEqual(['w2']);
  });

  it('a place given back twice is given back once', async () => {
    const { admitted, leave, enter } = recordedGate();
    await enter('w1', 'withdraw');
    leave.get('w1')?.();
    leave.get('w1')?.();
    void enter('w2', 'withdraw');
    void enter('w3', 'withdraw');
    await settled();
    expect(admitted).toEqual(['w1', 'w2']);
  });

  it('who gives up waiting takes no place', async () => {
    const { gate, admitted, leave, enter } = recordedGate();
    await enter('w1', 'withdraw');
    const stop = new AbortController();
    const given = gate.enter('withdraw', stop.signal).catch((error: unknown) => error);
    void enter('w2', 'withdraw');
    stop.abort();
    expect(isChainUnavailable(await given)).toBe(true);
    leave.get('w1')?.();
    await settled();
    expect(admitted).toEqual(['w1', 'w2']);
  });

  it('never admits more than the limit of the urgency that entered, whatever comes and goes', async () => {
    const limits = { close: 3, bid: 2, withdraw: 1 };
    const step = fc.oneof(fc.constantFrom(...PRIORITIES), fc.constant('leave' as const));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const gate = new PriorityGate(limits);
        const held: (() => void)[] = [];
        for (const next of steps) {
          if (next === 'leave') held.shift()?.();
          else {
            void gate.enter(next).then((leave) => {
              held.push(leave);
              expect(held.length).toBeLessThanOrEqual(limits[next]);
            });
          }
          await settled();
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('the signing queue', () => {
  const signer = (batches: string[][]): Signer => ({
    address: 'a',
    publicKey: new Uint8Array(),
    signBatch: async (docs) => {
      batches.push(docs.map((d) => Buffer.from(d).toString()));
      await settled();
      return docs.map((d) => Uint8Array.of(d.length));
    },
  });
  const doc = (text: string): Uint8Array => new TextEncoder().encode(text);

  it('signs a block of bids in a few calls, closes before them and withdrawals after', async () => {
    const batches: string[][] = [];
    const queue = new SignQueue(signer(batches));
    const all = [
      ...Array.from({ length: 8 }, (_, i) => queue.sign(doc(`w${i}`), 'withdraw')),
      ...Array.from({ length: 100 }, (_, i) => queue.sign(doc(`b${i}`), 'bid')),
      queue.sign(doc('c'), 'close'),
    ];
    await Promise.all(all);
    expect(batches.map((b) => `${b.length}${b[0]?.[0] ?? ''}`)).toEqual(['1c', '100b', '4w', '4w']);
  });

  it('a bid that comes while withdrawals wait is signed after the batch that is under way', async () => {
    const batches: string[][] = [];
    const queue = new SignQueue(signer(batches));
    const many = Array.from({ length: 500 }, (_, i) => queue.sign(doc(`w${i}`), 'withdraw'));
    await many[0];
    await queue.sign(doc('b'), 'bid');
    expect(batches.findIndex((b) => b[0] === 'b')).toBeLessThanOrEqual(2);
    await Promise.all(many);
  });

  it('a batch that the signer refuses rejects its own transactions only', async () => {
    let calls = 0;
    const queue = new SignQueue({
      address: 'a',
      publicKey: new Uint8Array(),
      signBatch: async (docs) => {
        calls += 1;
        if (calls === 1) throw new Error('policy: no closes today');
        return docs;
      },
    });
    const [closed, bid] = await Promise.allSettled([
      queue.sign(doc('c'), 'close'),
      queue.sign(doc('b'), 'bid'),
    ]);
    expect(closed).toMatchObject({ status: 'rejected' });
    expect(bid).toMatchObject({ status: 'fulfilled' });
  });

  it('a document that the policy refuses holds up no other of its batch', async () => {
    const refusal = new ReasonError({ code: 'SignHostChange', message: 'Not this host.' });
    const queue = new SignQueue({
      ...signer([]),
      signBatch: async (docs) => docs.map((d, i) => (i === 0 ? refusal : d)),
    });
    const answers = await Promise.allSettled([
      queue.sign(doc('b0'), 'bid'),
      queue.sign(doc('b1'), 'bid'),
    ]);
    expect(answers[0]).toEqual({ status: 'rejected', reason: refusal });
    expect(answers[1]).toMatchObject({ status: 'fulfilled' });
  });

  it('a signer that gives too few signatures is found out', async () => {
    const queue = new SignQueue({ ...signer([]), signBatch: async () => [] });
    await expect(queue.sign(doc('b'), 'bid')).rejects.toThrow('0 signatures for 1 documents');
  });
});
