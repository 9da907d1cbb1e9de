/** Which orders any policy could ever have served: those that the empty cluster takes at the smallest price. */
import { decide } from '../bidengine/decide.js';
import type { PricingStrategy } from '../bidengine/strategy.js';
import { gpuSatisfiesAny, parseGpuRequirements } from '../market/gpu.js';
import type { GpuModel } from '../market/gpu.js';
import { Decimal } from '../market/money.js';
import type { DescribedCluster } from './cluster.js';
import { decisionInput } from './decision-input.js';
import type { Demand, Scenario } from './scenario.js';

const LEAST = new Decimal('0.000001');

/** Sells anything for next to nothing; an order that this skips is skipped by every policy, for what it is or asks for. */
const NEXT_TO_NOTHING: PricingStrategy = {
  name: 'next to nothing',
  pricesVaryByModel: false,
  worth: () => LEAST,
  price: ({ order }) => {
    const denom = order.spec.units[0]?.price.denom ?? 'uact';
    return {
      ok: true,
      quote: {
        ...{ price: { denom, amount: LEAST }, exact: LEAST, usdPerHour: LEAST },
        ...{ breakdown: [], policy: 'next to nothing', objections: [] },
      },
    };
  },
};

/** Whether the empty cluster can serve the order at all. */
export const isEligible = (
  demand: Demand,
  scenario: Scenario,
  cluster: DescribedCluster,
): boolean =>
  decide({
    ...decisionInput(scenario, cluster, demand.openedAt),
    order: demand.order,
    snapshot: cluster.snapshot,
    policies: [],
    strategy: NEXT_TO_NOTHING,
  }).type === 'bid';

/** Models as bits of a number: from the 30th on they share one, which only loosens the bound. */
export const kindOf = (position: number): number => Math.min(position, 29);

/** The models that units of the order accept, as a set of positions in `models`; 0 for an order without GPUs. */
export const acceptedModels = ({ order }: Demand, models: readonly GpuModel[]): number => {
  let mask = 0;
  for (const { resources } of order.spec.units) {
    if (resources.gpu.units === 0n) continue;
    const wants = parseGpuRequirements(resources.gpu.attributes);
    for (const [position, model] of models.entries()) {
      if (gpuSatisfiesAny(model, wants)) mask |= 1 << kindOf(position);
    }
  }
  return mask;
};
