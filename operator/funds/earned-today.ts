/**
 * What the provider earned since midnight UTC, from the chain's own records: each lease pays its price for every block it was
 * alive, so no counter has to survive a restart.
 */
import { Decimal, truncate } from '../../market/money.js';
import type { Lease } from '../../market/records.js';

const DAY_MS = 24 * 3600 * 1000;

/** The block at or just before the last midnight UTC, estimated from the present one. Never below 0. */
export const midnightHeight = (
  height: bigint,
  chainTimeMs: number,
  blockTimeMs: number,
): bigint => {
  const sinceMidnightMs = chainTimeMs % DAY_MS;
  const blocks = BigInt(Math.floor(sinceMidnightMs / Math.max(1, blockTimeMs)));
  return height > blocks ? height - blocks : 0n;
};

const aliveBlocks = (lease: Lease, from: bigint, to: bigint): bigint => {
  const begin = lease.createdAt > from ? lease.createdAt : from;
  const end = lease.closedOn !== 0n && lease.closedOn < to ? lease.closedOn : to;
  return end > begin ? end - begin : 0n;
};

/**
 * Whole uact earned by `leases` between two heights. Exact while the escrow pays; a lease that ran dry is counted until it was
 * settled, since that is when the chain ended it.
 */
export const earnedBetween = (leases: readonly Lease[], from: bigint, to: bigint): bigint =>
  truncate(
    leases
      .filter((l) => l.price.denom === 'uact')
      .reduce(
        (sum, l) =>
          sum.plus(l.price.amount.times(new Decimal(aliveBlocks(l, from, to).toString()))),
        new Decimal('0'),
      ),
  );
