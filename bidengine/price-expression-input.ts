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

const maxPriceOf = ({ order, exchange, blockTimeMs }: PricingInput): Decimal => {
  const most = groupMaxPrice(order.spec);
  const asset = assetOf(most.denom);
  const rate = asset === undefined ? undefined : priceRate(exchange, asset);
  return rate === undefined ? new Decimal('0') : toUsdPerHour(most.amount.times(rate), blockTimeMs);
};

/** Each part is worked out when an expression names it. @param price US dollars per hour so far */
export const expressionInput = (
  input: PricingInput,
  units: readonly UnitDemand[],
  price: Decimal,
): ExpressionInput => {
  const { order, snapshot, models, nowMs } = input;
  const [gpu] = models.values();
  return {
    price,
    get maxPrice() {
      return maxPriceOf(input);
    },
    get gpus() {
      return groupGpus(order.spec);
    },
    gpuVendor: gpu?.vendor ?? '',
    gpuModel: gpu?.model ?? '',
    gpuRam: gpu?.ram ?? '',
    gpuInterface: gpu?.interface ?? '',
    get vcpu() {
      return sumOver(units, (u) => u.exact.milliCpu).times(PER_MILLI);
    },
    get memoryGib() {
      return sumOver(units, (u) => u.exact.memoryBytes).times(GIB_PER_BYTE);
    },
    get replicas() {
      return BigInt(units.reduce((sum, u) => sum + u.count, 0));
    },
    owner: order.id.owner,
    get attributes() {
      return new Map(order.spec.requirements.attributes.map((a) => [a.key, a.value]));
    },
    get utilisation() {
      return gpu === undefined ? gpuUtilisation(snapshot) : modelUtilisation(snapshot, gpu);
    },
    get hour() {
      return BigInt(new Date(nowMs).getUTCHours());
    },
    get weekday() {
      return BigInt(new Date(nowMs).getUTCDay());
    },
  };
};
