/** What a GPU-hour costs its owner: power at the meter and the wear of what was bought. */
import { Big } from 'big.js';
import type { GpuModel } from '../market/gpu.js';
import { Decimal } from '../market/money.js';
import { mostExact } from './gpu-kind.js';
import type { Costs } from './pricing-policy.js';

const PER_KILO = new Decimal('0.001');
/** A twelfth of 365 days. */
const HOURS_PER_MONTH = new Decimal('730');

/** One GPU's cost per hour, in its two parts. */
export interface GpuHourCost {
  readonly powerUsd: Decimal;
  readonly wearUsd: Decimal;
  readonly usdPerHour: Decimal;
}

/** The cost by the most exact entry; `undefined` when no entry holds for `gpu`. */
export const gpuCost = (costs: Costs, gpu: GpuModel): GpuHourCost | undefined => {
  const entry = mostExact(costs.gpus, gpu);
  if (entry === undefined) return undefined;
  const { watts, capexUsd, lifeMonths } = entry;
  const powerUsd = watts.times(PER_KILO).times(costs.siteOverhead).times(costs.usdPerKwh);
  const wearUsd = capexUsd.div(lifeMonths.times(HOURS_PER_MONTH)).round(18, Big.roundUp);
  return { powerUsd, wearUsd, usdPerHour: powerUsd.plus(wearUsd) };
};
