import { describe, expect, it } from '@jest/globals';
import type { Bid, BidStatus } from '../../crds/generated/types.js';
import { anIntent, anOrderId } from '../testing/an-intent.js';
import { findPlacement } from './find-placement.js';

const recordOn = (node: string, state?: BidStatus['state']): Bid =>
  ({
    spec: { placement: [{ unitId: 1, replica: 0, node, gpus: 8 }] },
    ...(state === undefined ? {} : { status: { state } }),
  }) as unknown as Bid;

const nodes = async (record: Bid | undefined, intents: readonly bigint[]) => {
  const stored = intents.map((dseq) => ({ name: `i-${dseq}`, bids: [anIntent(anOrderId(dseq))] }));
  const found = await findPlacement(
    { get: () => Promise.resolve(record) },
    { list: () => Promise.resolve(stored) },
    anOrderId(7n),
  );
  return found.map((p) => p.node);
};

describe('findPlacement', () => {
  it.each<[string, Bid | undefined, readonly bigint[], readonly string[]]>([
    ['the Bid object says it', recordOn('recorded', 'Open'), [7n], ['recorded']],
    ['won so soon that no Bid object is written: the intent says it', undefined, [7n], ['h100-0']],
    [
      'the Bid object is of an earlier bid that failed',
      recordOn('old', 'Failed'),
      [7n],
      ['h100-0'],
    ],
    [
      'the Bid object has no status yet and no intent is left',
      recordOn('recorded'),
      [],
      ['recorded'],
    ],
    ['only intents for other orders', undefined, [8n], []],
  ])('%s', async (_name, record, intents, want) => {
    expect(await nodes(record, intents)).toEqual(want);
  });
});
