/** What an hour on a GPU is worth, USD: an assumption of the bench in the order of public prices; G2 and G3 are not disclosed. */
import type { Task } from './trace.js';

const USD_PER_HOUR: Readonly<Record<string, number>> = {
  T4: 0.1,
  P100: 0.12,
  V100M16: 0.15,
  V100M32: 0.17,
  A10: 0.2,
  G2: 0.3,
  G3: 0.6,
};

export const usdPerHour = (model: string): number => USD_PER_HOUR[model.toUpperCase()] ?? 0.1;

/**
 * What a task pays per GPU and hour: the price of the cheapest model that it accepts, wherever it runs. A tenant who takes any
 * GPU pays no more because he got a dear one.
 */
export const offered = ({ models }: Task): number =>
  Math.min(...(models.length === 0 ? Object.keys(USD_PER_HOUR) : models).map(usdPerHour));
