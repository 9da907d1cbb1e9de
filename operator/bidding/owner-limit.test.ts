import { describe, expect, it } from '@jest/globals';
import type { Order } from '../../market/records.js';
import { anIntent, anOrderId } from '../testing/an-intent.js';
import { aGroup } from '../testing/tenant.js';
import { ownerLimit } from './owner-limit.js';

const order = (gpus: number): Order => ({
  id: anOrderId(9n),
  state: 'open',
  spec: aGroup({ gpus }),
  createdAt: 1n,
});
const mine = anIntent(anOrderId(7n)).reservation;

describe('ownerLimit', () => {
  it.each<[string, number, readonly (typeof mine)[], number | undefined, string | undefined]>([
    ['no limit', 8, [mine, mine], undefined, undefined],
    ['just within the limit', 8, [mine], 16, undefined],
    ['one over the limit', 8, [mine], 15, 'OwnerPendingLimit'],
    ["another tenant's bids do not count", 8, [{ ...mine, owner: 'other' }], 8, undefined],
    ['a limit of none refuses any GPU', 1, [], 0, 'OwnerPendingLimit'],
    ['an order without GPUs is never over it', 0, [], 0, undefined],
  ])('%s', (_name, gpus, pending, limit, want) => {
    expect(ownerLimit(order(gpus), pending, limit)?.code).toBe(want);
  });

  it('the sentence has the figures', () => {
    expect(ownerLimit(order(8), [mine], 15)?.message).toBe(
      'Open bids for this tenant hold 8 GPUs and this order wants 8; the limit is 15 until bids are accepted or time out.',
    );
  });
});
