/** What it would have taken to be the cheaper bid. Price is not all that a tenant looks at: cheaper is no promise of winning. */
import { Big } from 'big.js';
import { PRICE_PLACES } from '../bidengine/pricing-policy.js';
import { Decimal } from '../market/money.js';
import type { DecCoin } from '../market/money.js';

/** The smallest step of a price of ours, per block. */
const STEP = new Decimal('1').div(new Decimal('10').pow(PRICE_PLACES));

export type Shortfall =
  /** At `needed` per block or less we would have been cheaper; `less` is what that is below our price. */
  | { readonly kind: 'dearer'; readonly needed: DecCoin; readonly less: Decimal }
  /** Ours was not the higher price: something else decided. */
  | { readonly kind: 'not-price' }
  /** Prices in two denominations cannot be compared. */
  | { readonly kind: 'incomparable' };

/** The dearest price that is below `winning`, in steps of {@link PRICE_PLACES} places; undercutting zero is impossible. */
export const cheaperThan = (winning: DecCoin): DecCoin => {
  const cut = winning.amount.round(PRICE_PLACES, Big.roundUp).minus(STEP);
  return { denom: winning.denom, amount: cut.lt('0') ? new Decimal('0') : cut };
};

/** Our lost price against the one that was taken. */
export const shortfallOf = (ours: DecCoin, winning: DecCoin): Shortfall => {
  if (ours.denom !== winning.denom) return { kind: 'incomparable' };
  if (ours.amount.lt(winning.amount)) return { kind: 'not-price' };
  const needed = cheaperThan(winning);
  return { kind: 'dearer', needed, less: ours.amount.minus(needed.amount) };
};
