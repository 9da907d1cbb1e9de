/** What is left of a deployment's deposit. The chain settles lazily, so what it shows must be brought up to date. Pure. */
import { Decimal } from '../market/money.js';
import type { DecCoin } from '../market/money.js';
import { LIVE_LEASE_STATES } from '../market/records.js';
import type { Deployment, Lease } from '../market/records.js';
import { sumPrices } from './format/money.js';

/** Escrow as of a height. */
export interface EscrowOutlook {
  /** Left, per denomination, what is owed but unsettled taken off. */
  readonly left: readonly DecCoin[];
  /** What all live leases together cost per block. */
  readonly rate: DecCoin;
  /** Blocks until it is used up at that rate; `undefined` when nothing is being paid. */
  readonly blocksLeft: Decimal | undefined;
}

const ZERO = new Decimal('0');

/** @param leases of the deployment, in any state @param height of the latest block */
export const escrowOutlook = (
  deployment: Deployment,
  leases: readonly Lease[],
  height: bigint,
): EscrowOutlook => {
  const { escrow } = deployment;
  const live = leases.filter((l) => LIVE_LEASE_STATES.includes(l.state));
  const rate = sumPrices(live.map((l) => l.payment?.rate ?? l.price));
  const unsettled = height > escrow.settledAt ? height - escrow.settledAt : 0n;
  const owed =
    escrow.state === 'open' ? rate.amount.times(new Decimal(unsettled.toString())) : ZERO;
  const left = escrow.funds.map((fund) => {
    if (fund.denom !== rate.denom) return fund;
    const rest = fund.amount.minus(owed);
    return { denom: fund.denom, amount: rest.lt(ZERO) ? ZERO : rest };
  });
  const payable = left.find((c) => c.denom === rate.denom)?.amount ?? ZERO;
  return { left, rate, blocksLeft: rate.amount.gt(ZERO) ? payable.div(rate.amount) : undefined };
};

/** Further away than any price holds; dates beyond it cannot even be written. */
const MAX_MS = 1000 * 365 * 86_400_000;

/** Milliseconds until it is used up, at most a thousand years; `undefined` when nothing is being paid. */
export const msUntilEmpty = (outlook: EscrowOutlook, blockTimeMs: number): number | undefined =>
  outlook.blocksLeft === undefined
    ? undefined
    : Math.min(MAX_MS, Number(outlook.blocksLeft.toFixed(0)) * blockTimeMs);
