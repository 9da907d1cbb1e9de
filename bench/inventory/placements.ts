/** How long placements take: orders of all sizes on one snapshot. */
import { DEFAULT_PLACEMENT_POLICY, PLACEMENT_POLICIES } from '../../bidengine/placement-policy.js';
import { place } from '../../bidengine/placement.js';
import type { InventorySnapshot } from '../../bidengine/snapshot.js';
import { anOrder, aUnit } from '../../bidengine/testing/order-builder.js';
import { Decimal } from '../../market/money.js';
import type { GroupSpec } from '../../market/resources.js';
import { random } from '../placement/random.js';
import { timesOf } from './measure.js';

const USD: Readonly<Record<string, string>> = { h100: '2.5', a100: '1.5', l40s: '0.8' };
const MODELS = ['*', '*', 'h100', 'a100', 'l40s', 'rtx4090'];
/** Somebody else's time slice in the middle of a placement says nothing about it: each is done so often, and the least counts. */
const TIMES = 5;

const drawn = random(9);
const anyOrder = (dseq: number): GroupSpec => {
  const units = Array.from({ length: 1 + drawn.below(2) }, (_, i) => {
    const unit = aUnit(i + 1).withCount(1 + drawn.below(3));
    const model = MODELS[drawn.below(MODELS.length)] ?? '*';
    return drawn.below(4) === 0 ? unit : unit.withGpu('nvidia', model, 1 + drawn.below(8));
  });
  return anOrder(BigInt(dseq))
    .withUnits(...units.map((u) => u.obj()))
    .obj().spec;
};

/** Milliseconds of `count` placements by the default policy, whether or not they find room. */
export const placementTimes = (snapshot: InventorySnapshot, count: number): readonly number[] => {
  const options = {
    ...PLACEMENT_POLICIES[DEFAULT_PLACEMENT_POLICY],
    worth: ({ model }: { readonly model: string }) => new Decimal(USD[model] ?? '0.4'),
  };
  const orders = Array.from({ length: count }, (_, i) => anyOrder(i + 1));
  const times = Array.from({ length: TIMES }, () =>
    timesOf(count, (run) => {
      const spec = orders[run];
      return spec && place(spec, snapshot, options);
    }),
  );
  return orders.map((_, i) => Math.min(...times.map(({ wall }) => wall[i] ?? 0)));
};
