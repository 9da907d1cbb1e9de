/** How an operator may have orders placed: which GPU model an order gets that takes several, and which of the nodes. */
import { noPressure, pressureOfUse } from './assignments.js';
import type { Pressure } from './assignments.js';
import { firstFit, keepWholeNodesWhole } from './scorer.js';
import type { Scorer } from './scorer.js';

export interface PlacementPolicy {
  readonly pressure: Pressure;
  readonly scorer: Scorer;
}

/** The values of `spec.bidding.placement`; docs/placement.md compares them. */
export type PlacementPolicyName = 'pressureOfUse' | 'lowestPrice' | 'firstFit';

export const PLACEMENT_POLICIES: Readonly<Record<PlacementPolicyName, PlacementPolicy>> = {
  /** The model of least price over free share, on the node that stays least free. */
  pressureOfUse: { pressure: pressureOfUse, scorer: keepWholeNodesWhole },
  /** The cheapest model with room, on the node that stays least free. */
  lowestPrice: { pressure: noPressure, scorer: keepWholeNodesWhole },
  /** The cheapest model with room, on the first node by name. */
  firstFit: { pressure: noPressure, scorer: firstFit },
};

export const DEFAULT_PLACEMENT_POLICY: PlacementPolicyName = 'pressureOfUse';
