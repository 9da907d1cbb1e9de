/** Revenue in whole numbers: the chain's prices have 18 places, so 10^-18 uact is exact and adds up fast. */
import { Big } from 'big.js';
import { Decimal, PRICE_DECIMALS } from '../market/money.js';

/** 10^-18 uact per block, or in all. */
export type AttoUact = bigint;

const SCALE = new Decimal('10').pow(PRICE_DECIMALS);
/** 10^-18 uact in one US dollar: ACT is 1 USD, uact its millionth. */
const PER_USD = new Decimal('10').pow(PRICE_DECIMALS + 6);

/** Exact for anything that the chain can hold; what is finer is cut. */
export const toAtto = (uact: Decimal): AttoUact =>
  BigInt(uact.times(SCALE).toFixed(0, Big.roundDown));

/** US dollars, exact. */
export const attoToUsd = (atto: AttoUact): Decimal => new Decimal(atto.toString()).div(PER_USD);
