import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { decide } from '../../bidengine/decide.js';
import { policyStrategy } from '../../bidengine/price-policy-strategy.js';
import { anInput, aPolicy, dec } from '../../bidengine/testing/input-builder.js';
import { anOrder, TENANT } from '../../bidengine/testing/order-builder.js';
import type { DecideInput } from '../../bidengine/input.js';
import { LABELS } from '../../crds/constants.js';
import type { HistoryEntry } from '../../history/entry.js';
import { SEGMENT_KEY } from '../../history/names.js';
import { SegmentWriter } from '../../history/segment-writer.js';
import { CONFIG_MAPS } from '../../kube/resources.js';
import { FakeKube } from '../../kube/testing/fake-kube.js';
import { bidIdOf } from '../../market/ids.js';
import { createOutput } from '../terminal.js';
import type { ClusterContext } from './inventory.js';
import { isOrder, why } from './why.js';

const RIVAL = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const NAMESPACE = 'berth-system';
const AT = Date.UTC(2026, 10, 23, 12);
const order = (dseq: number) => anOrder(BigInt(dseq)).obj();
const decided = (dseq: number, input: DecideInput = anInput(), atMs = AT): HistoryEntry => {
  const whole = { ...input, order: { ...input.order, id: order(dseq).id } };
  return { type: 'decided', atMs, input: whole, decision: decide(whole) };
};
const tooDear = anInput({ order: anOrder().withPrice('0.5').obj() });

const segment = (entries: readonly HistoryEntry[]): string => {
  const writer = new SegmentWriter({ startedAtMs: AT, writer: 'x' });
  for (const entry of entries) writer.add(entry);
  return writer.text();
};

interface Options {
  readonly recheck?: boolean;
  readonly mode?: 'text' | 'json';
}

const setup = async (...texts: readonly string[]) => {
  const kube = new FakeKube();
  for (const [i, text] of texts.entries()) {
    await kube.create(CONFIG_MAPS, {
      ...{ apiVersion: 'v1', kind: 'ConfigMap' },
      metadata: {
        name: `berth-history-${i}`,
        namespace: NAMESPACE,
        labels: { [LABELS.history]: 'true' },
      },
      binaryData: { [SEGMENT_KEY]: gzipSync(text).toString('base64') },
    });
  }
  const said: string[] = [];
  const run = async (asked: string, { recheck = false, mode = 'text' }: Options = {}) => {
    let stdout = '';
    const output = createOutput({ write: (text: string) => (stdout += text) }, mode);
    const terminal = { say: (text: string) => said.push(text) };
    const ctx = { cluster: kube, output, terminal } as unknown as ClusterContext;
    await why(ctx, { order: asked, namespace: NAMESPACE, recheck });
    return stdout;
  };
  return { run, said };
};

describe('berth why', () => {
  it('tells why there was no bid, with every reason, and that the same input gives the same answer', async () => {
    const { run } = await setup(segment([decided(7, tooDear), decided(8)]));
    const text = await run('7/1/1', { recheck: true });
    expect(text).toContain(`Order ${TENANT}/7/1/1`);
    expect(text).toMatch(
      /^2026-11-23 12:00:00 UTC, block 1: no bid\n {2}PriceAboveOrderMaximum: /m,
    );
    expect(text).toMatch(/on inventory [0-9a-f]{16}/);
    expect(text).toContain('decided again on the same input: the same answer');
    expect(text).not.toContain('/8/1/1');
  });

  it('tells the price with all its terms, that it was lost, and what would have been cheaper', async () => {
    const bid = decided(7);
    const ours =
      bid.type === 'decided' && bid.decision.type === 'bid' ? bid.decision.price : undefined;
    if (ours === undefined) throw new Error('a bid is expected');
    const taken: HistoryEntry = {
      ...{ type: 'taken', atMs: AT + 6_000, id: bidIdOf(order(7).id, RIVAL), height: 3n },
      ...{ price: { denom: 'uact', amount: dec('1.5') }, ours },
    };
    const again: HistoryEntry = {
      ...{ type: 'again', atMs: AT + 1, orderId: order(7).id, height: 2n, times: 4 },
    };
    const { run } = await setup(segment([bid]), segment([again, taken]));
    const text = await run(`${TENANT}/7/1/1`);
    expect(text).toMatch(/: bid [\d.]+ uact per block \(\$[\d.]+\/hour\) by price book standard$/m);
    expect(text).toMatch(/^ {2}vCPU +1 +0.01 +0.01$/m);
    expect(text).toContain('the same 4 times more, up to block 2');
    expect(text).toContain(`block 3: the tenant took the bid of ${RIVAL} at 1.5 uact per block`);
    expect(text).toMatch(
      /ours was [\d.]+ uact; 1.499999 uact or less, [\d.]+ uact less, would have been cheaper/,
    );
    const entries = JSON.parse(await run('7', { mode: 'json' })) as Record<string, unknown>[];
    expect(entries.map((e) => e['type'])).toEqual(['decided', 'again', 'taken']);
    expect(entries[2]).toMatchObject({ winningPrice: '1.5uact', needed: '1.499999uact' });
  });

  it('says when this version would decide otherwise, and when the input is not whole', async () => {
    const text = segment([decided(7)]).replace('"type":"bid"', '"type":"bid","was":"other"');
    const scored = decided(8, {
      ...anInput({ policies: [aPolicy()] }),
      strategy: policyStrategy([aPolicy()]),
    });
    const { run } = await setup(text, segment([scored]));
    expect(await run('7', { recheck: true })).toMatch(
      /this version says: bid [\d.]+ uact per block/,
    );
    expect(await run('8', { recheck: true })).toContain(
      'cannot be decided again: strategy was not kept',
    );
  });

  it('a segment that cannot be read is told, and the others are read', async () => {
    const { run, said } = await setup('{"t":"head","v":9}', segment([decided(7)]));
    expect(await run('7')).toContain('bid');
    expect(said).toEqual([
      expect.stringContaining('A segment cannot be read: berth-history-0: line 1'),
    ]);
  });

  it.each([
    [
      'nothing about this order, but since when there is something',
      [segment([decided(8)])],
      '2026-11-23T12:00:00.000Z',
    ],
    ['nothing at all', [], 'Namespace berth-system holds no decisions at all'],
  ])('%s', async (_, segments, next) => {
    const { run } = await setup(...segments);
    await expect(run('7')).rejects.toMatchObject({
      code: 'NoSuchDecision',
      next: expect.stringContaining(next) as unknown,
    });
  });

  it.each([
    [`${TENANT}/7/1/1`, true],
    ['7/1/1', true],
    ['7', true],
    ['7/1/2', false],
    ['17', false],
    ['1/1', false],
  ])('%s names the order: %s', (asked, want) => {
    expect(isOrder(asked)(`${TENANT}/7/1/1`)).toBe(want);
  });
});
