import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** What the Akash provider takes per unit (MaxGroupVolumes). */
export const MAX_VOLUMES_PER_UNIT = 4;

/** A tenant's pod gets at most four volumes, as everywhere on the network. */
export const volumes: Check = {
  name: 'no unit asks for too many volumes',
  run: ({ order }) => {
    const unit = order.spec.units.find((u) => u.resources.storage.length > MAX_VOLUMES_PER_UNIT);
    return unit === undefined
      ? undefined
      : reason(
          'TooManyVolumes',
          `unit ${unit.resources.id} asks for ${unit.resources.storage.length} volumes; the most is ${MAX_VOLUMES_PER_UNIT}`,
          'order.spec.units.storage',
        );
  },
};
