/** Whether to turn earned uact into uakt for fees now, and how much. Pure. */
import type { RefillSpec } from '../../crds/generated/types.js';
import { Decimal, truncate } from '../../market/money.js';
import type { Coin } from '../../market/money.js';
import type { Reason } from '../../market/reasons.js';
import type { Exchange, Swap } from '../../market/records.js';

export interface RefillView {
  readonly balances: readonly Coin[];
  readonly exchange: Exchange;
  /** Every burn that the chain remembers. */
  readonly burns: readonly Swap[];
  /** Height a day ago. */
  readonly dayAgoHeight: bigint;
}

export type RefillDecision =
  | { readonly kind: 'enough' }
  | { readonly kind: 'burn'; readonly amountUact: bigint }
  | { readonly kind: 'wait'; readonly reason: Reason };

const wait = (code: string, message: string): RefillDecision => ({
  kind: 'wait',
  reason: { code, message },
});

const amountOf = (balances: readonly Coin[], denom: string): bigint =>
  balances.find((b) => b.denom === denom)?.amount ?? 0n;

/** Only one burn is ever under way: what it gives is known when its epoch ends. */
export const planRefill = (spec: RefillSpec, seen: RefillView): RefillDecision => {
  const uakt = amountOf(seen.balances, 'uakt');
  if (uakt >= BigInt(spec.belowUakt)) return { kind: 'enough' };
  const pending = seen.burns.find((b) => b.state === 'pending');
  if (pending !== undefined) {
    return wait(
      'RefillPending',
      `${pending.burned.amount}uact are being turned into uakt since block ${pending.height}, at the end of the chain's epoch.`,
    );
  }
  const { aktUsd, burnsAllowed } = seen.exchange;
  if (!burnsAllowed || aktUsd === undefined) {
    return wait('RefillHalted', 'The chain turns no uact into uakt at present, or has no price.');
  }
  const burned = seen.burns
    .filter((b) => b.state === 'executed' && b.height > seen.dayAgoHeight)
    .reduce((sum, b) => sum + b.burned.amount, 0n);
  // 1 ACT is 1 USD by protocol, so the price of AKT is uact per uakt.
  const wanted = truncate(aktUsd.times(new Decimal((BigInt(spec.toUakt) - uakt).toString()))) + 1n;
  const allowed = BigInt(spec.maxUactPerDay) - burned;
  const spare = amountOf(seen.balances, 'uact') - BigInt(spec.keepUact);
  const amountUact = [wanted, allowed, spare].reduce((least, n) => (n < least ? n : least));
  if (amountUact > 0n) return { kind: 'burn', amountUact };
  return wait(
    'RefillExhausted',
    `No uact may be burned now: ${burned} of ${spec.maxUactPerDay} were in the last day, and ${spec.keepUact} are to be kept.`,
  );
};
