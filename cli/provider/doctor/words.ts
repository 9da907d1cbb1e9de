/** Amounts in the doctor's sentences. */
import { Decimal } from '../../../market/money.js';

const UAKT_PER_AKT = new Decimal('1000000');

/** `12.5 AKT`, exact. */
export const formatUakt = (uakt: bigint): string =>
  `${new Decimal(uakt.toString()).div(UAKT_PER_AKT).toFixed()} AKT`;
