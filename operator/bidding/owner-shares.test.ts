import { describe, expect, it } from '@jest/globals';
import { NOTHING } from '../../bidengine/quantities.js';
import type { Order } from '../../market/records.js';
import { anIntent, anOrderId } from '../testing/an-intent.js';
import { aGroup } from '../testing/tenant.js';
import { OwnerShares } from './owner-shares.js';

const order = (gpus: number): Order => ({
  id: anOrderId(9n),
  state: 'open',
  spec: aGroup({ gpus }),
  createdAt: 1n,
});
/** Eight GPUs, 8 cores, 64 GiB. */
const mine = anIntent(anOrderId(7n)).reservation;
const theirs = { ...mine, owner: 'other' };
const cluster = { ...NOTHING, gpus: 32n, milliCpu: 1_000_000n, memoryBytes: 2n ** 50n };

describe('what one tenant may hold with open bids', () => {
  it.each<[string, number, readonly (typeof mine)[], number | undefined, string | undefined]>([
    ['no limit', 8, [mine, mine], undefined, undefined],
    ['just within the share', 8, [mine], 50, undefined],
    ['over the share', 9, [mine], 50, 'OwnerPendingShare'],
    ["another tenant's bids do not count", 8, [theirs], 25, undefined],
    ['the only bid may take more than the share', 32, [], 50, undefined],
    ['a hundred percent is no limit: what is free decides', 32, [mine], 100, undefined],
  ])('%s', (_name, gpus, pending, percent, want) => {
    expect(new OwnerShares(pending).limit(order(gpus), percent, cluster)?.code).toBe(want);
  });

  it.each([
    ['CPU', { ...cluster, milliCpu: 8_000n }],
    ['memory', { ...cluster, memoryBytes: 2n ** 36n }],
  ])('the share counts %s as well', (name, size) => {
    expect(new OwnerShares([mine]).limit(order(0), 50, size)?.message).toContain(
      `more than 50 % of the cluster's ${name}`,
    );
  });

  it('what is held counts from the moment it is held, and for its tenant alone', () => {
    const shares = new OwnerShares([mine, theirs]);
    shares.hold(mine);
    expect(shares.gpusOf(mine.owner)).toBe(16n);
    expect(shares.gpusOf('other')).toBe(8n);
    expect(shares.gpusOf('nobody')).toBe(0n);
  });
});
