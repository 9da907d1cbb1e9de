import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { decide } from '../../bidengine/decide.js';
import { anInput } from '../../bidengine/testing/input-builder.js';
import { aNode, aSnapshot, H100 } from '../../bidengine/testing/node-builder.js';
import { anOrder } from '../../bidengine/testing/order-builder.js';
import type { DecideInput } from '../../bidengine/input.js';
import { readSegment } from '../../history/segment-reader.js';
import { SEGMENT_KEY } from '../../history/names.js';
import { isKubeUnavailable } from '../../kube/errors.js';
import { CONFIG_MAPS } from '../../kube/resources.js';
import { FakeClock } from '../../kube/testing/fake-clock.js';
import { FakeKube } from '../../kube/testing/fake-kube.js';
import { KubeSegmentStore } from '../kube-adapters/segment-store.js';
import { createLogger } from '../logger.js';
import { NAMESPACE, PROVIDER } from '../testing/world.js';
import { DecisionJournal } from './journal.js';
import { HistoryKeeper } from './keeper.js';

const HOUR = 3_600_000;
const signal = new AbortController().signal;

const setup = (limits: { keepMs?: number; maxBytes?: number } = {}) => {
  const clock = new FakeClock();
  const kube = new FakeKube(() => clock.now());
  const lines: string[] = [];
  let seed = 0;
  const journal = new DecisionJournal(clock, PROVIDER);
  const keeper = new HistoryKeeper({
    ...{ journal, clock, writer: 'a', keepMs: 25 * HOUR, maxBytes: 2 ** 25, ...limits },
    random: () => (seed += 0.001),
    store: new KubeSegmentStore(kube, NAMESPACE, 'provider'),
    log: createLogger('warn', { write: (line) => void lines.push(line) }),
  });
  const note = (dseq: number, input: DecideInput = anInput()): void => {
    const order = anOrder(BigInt(dseq)).obj();
    journal.decided({ ...input, order }, decide({ ...input, order }));
  };
  const maps = async () => (await kube.list(CONFIG_MAPS, { namespace: NAMESPACE })).items;
  /** dseqs of the decisions that are kept, by segment. */
  const kept = async (): Promise<readonly (readonly string[])[]> =>
    (await maps()).map((map) => {
      const gzip = Buffer.from(map.binaryData?.[SEGMENT_KEY] ?? '', 'base64');
      return readSegment(gunzipSync(gzip).toString('utf8')).flatMap((e) =>
        e.type === 'decided' ? [e.order.split('/')[1] ?? ''] : [],
      );
    });
  return { clock, kube, keeper, note, kept, maps, lines };
};

/** Nodes that do not compress: every label is another. */
const incompressible = (nodes: number, seed = 1): DecideInput => {
  let state = seed;
  const noise = (): string =>
    Array.from({ length: 40 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state.toString(36);
    }).join('');
  const list = Array.from({ length: nodes }, (_, i) => ({
    ...aNode(`node-${10_000 + i}`)
      .withGpus(H100, 8)
      .obj(),
    labels: { noise: noise() },
  }));
  return anInput({ snapshot: aSnapshot(list) });
};

describe('HistoryKeeper', () => {
  it('adds to one segment, and to a new one after an hour', async () => {
    const { clock, keeper, note, kept } = setup();
    note(1);
    await keeper.run(signal);
    note(2);
    await keeper.run(signal);
    expect(await kept()).toEqual([['1', '2']]);
    await clock.advance(HOUR);
    note(3);
    await keeper.run(signal);
    note(4);
    await keeper.run(signal);
    expect(await kept()).toEqual([['1', '2', '3'], ['4']]);
  });

  it('writes nothing when nothing was decided', async () => {
    const { keeper, kept } = setup();
    await keeper.run(signal);
    expect(await kept()).toEqual([]);
  });

  it('what cannot be written now is written later, once', async () => {
    const { kube, keeper, note, kept } = setup();
    note(1);
    const comeBack = kube.goAway();
    const failure = await keeper.run(signal).catch((error: unknown) => error);
    expect(isKubeUnavailable(failure)).toBe(true);
    comeBack();
    note(2);
    await keeper.run(signal);
    expect(await kept()).toEqual([['1', '2']]);
  });

  it('a day later the decision is gone, and what is younger is not', async () => {
    const { clock, keeper, note, kept } = setup();
    note(1);
    await keeper.run(signal);
    await clock.advance(2 * HOUR);
    note(2);
    await keeper.run(signal);
    note(3);
    await keeper.run(signal);
    expect(await kept()).toEqual([['1', '2'], ['3']]);
    await clock.advance(25 * HOUR);
    await keeper.run(signal);
    expect(await kept()).toEqual([['1', '2'], ['3']]);
    await clock.advance(HOUR);
    await keeper.run(signal);
    expect(await kept()).toEqual([['3']]);
  });

  it('begins a new segment before one is too large for the API server', async () => {
    const { keeper, note, maps, kept } = setup();
    const first = incompressible(2_300);
    note(1, first);
    await keeper.run(signal);
    const second = incompressible(3_900, 2);
    note(2, second);
    await keeper.run(signal);
    expect(await kept()).toEqual([['1'], ['2']]);
    for (const map of await maps()) {
      const bytes = Buffer.from(map.binaryData?.[SEGMENT_KEY] ?? '', 'base64').length;
      expect(bytes).toBeLessThan(900 * 1024);
    }
  });

  it('an inventory that is too large by itself is left out, and the decision is kept', async () => {
    const { keeper, note, kept, maps } = setup();
    note(1, incompressible(6_000));
    await keeper.run(signal);
    expect(await kept()).toEqual([['1']]);
    const gzip = Buffer.from((await maps())[0]?.binaryData?.[SEGMENT_KEY] ?? '', 'base64');
    const [entry] = readSegment(gunzipSync(gzip).toString('utf8'));
    expect(entry?.type === 'decided' && entry.input()).toEqual({
      ok: false,
      missing: ['snapshot'],
    });
  });

  it('the end of a leader writes what waits, and does not hang on a dead API server', async () => {
    const { kube, keeper, note, kept, lines } = setup();
    note(1);
    await keeper.close();
    expect(await kept()).toEqual([['1']]);
    note(2);
    kube.goAway();
    await keeper.close();
    expect(lines.join('')).toContain('the last decisions could not be kept');
  });
});
