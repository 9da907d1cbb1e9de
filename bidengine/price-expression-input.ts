/** What a price expression may look at, taken from an order and its placement. */
import { Decimal } from '../market/money.js';
import { groupGpus, groupMaxPrice } from '../market/resources.js';
import type { UnitDemand } from './demand.js';
import { assetOf, priceRate } from './exchange.js';
import { gpuUtilisation, modelUtilisation } from './price-curve.js';
import type { ExpressionInput } from './price-expression.js';
import { toUsdPerHour } from './price-rounding.js';
import type { PricingInput } from './strategy.js';

const GIB_PER_BYTE = new Decimal('0.000000000931322574615478515625');
const PER_MILLI = new Decimal('0.001');

const sumOver = (units: readonly UnitDemand[], of: (u: UnitDemand) => bigint): Decimal =>
  new Decimal(units.reduce((sum, u) => sum + of(u) * BigInt(u.count), 0n).toString());

/** @param price US dollars per hour so far */
export const expressionInput = (
  input: PricingInput,
  units: readonly UnitDemand[],
  price: Decimal,
): ExpressionInput => {
  const { order, snapshot, models, exchange, blockTimeMs, nowMs } = input;
  const [gpu] = models.values();
  const most = groupMaxPrice(order.spec);
  const asset = assetOf(most.denom);
  const rate = asset === undefined ? undefined : priceRate(exchange, asset);
  const utc = new Date(nowMs);
  return {
    price,
    maxPrice:
      rate === undefined ? new Decimal('0') : toUsdPerHour(most.amount.times(rate), blockTimeMs),
    gpus: groupGpus(order.spec),
    gpuVendor: gpu?.vendor ?? '',
    gpuModel: gpu?.model ?? '',
    gpuRam: gpu?.ram ?? '',
    gpuInterface: gpu?.interface ?? '',
    vcpu: sumOver(units, (u) => u.exact.milliCpu).times(PER_MILLI),
    memoryGib: sumOver(units, (u) => u.exact.memoryBytes).times(GIB_PER_BYTE),
    replicas: BigInt(units.reduce((sum, u) => sum + u.count, 0)),
    owner: order.id.owner,
    attributes: new Map(order.spec.requirements.attributes.map((a) => [a.key, a.value])),
    utilisation: gpu === undefined ? gpuUtilisation(snapshot) : modelUtilisation(snapshot, gpu),
    hour: BigInt(utc.getUTCHours()),
    weekday: BigInt(utc.getUTCDay()),
  };
};
