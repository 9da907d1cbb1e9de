import { describe, expect, it } from '@jest/globals';
import { anIntent, anOrderId } from '../testing/an-intent.js';
import { pendingGpus } from './pending-gpus.js';

const mine = anIntent(anOrderId(7n)).reservation;

describe('pendingGpus', () => {
  it.each<[string, readonly (typeof mine)[], bigint]>([
    ['nothing while there are no bids', [], 0n],
    ['every GPU of every bid', [mine, mine], 16n],
    ["not those of another tenant's", [{ ...mine, owner: 'other' }, mine], 8n],
  ])('counts %s', (_name, pending, want) => {
    expect(pendingGpus(pending, mine.owner)).toBe(want);
  });
});
