/** Bids as a tenant compares them. Pure. */
import { Decimal } from '../../market/money.js';
import type { DecCoin } from '../../market/money.js';
import type { Bid, Provider } from '../../market/records.js';
import type { GroupSpec } from '../../market/resources.js';
import { countGpus, formatGpus } from '../format/gpus.js';
import type { GpuCount } from '../format/gpus.js';
import {
  exactCoin,
  formatUsd,
  plainUsd,
  shortCoin,
  sumPrices,
  usdPerHour,
} from '../format/money.js';
import { formatTable, printable } from '../format/table.js';
import type { DeployStep } from './request.js';

/** One open bid and what the chain says of its provider. */
export interface Offer {
  readonly bid: Bid;
  readonly group: string;
  readonly usdPerHour: Decimal | undefined;
  readonly gpus: readonly GpuCount[];
  readonly provider: Provider | undefined;
}

/** Builds one; a bid without an offer of resources promises what was asked. */
export const offerOf = (
  bid: Bid,
  spec: GroupSpec,
  provider: Provider | undefined,
  blockTimeMs: number,
): Offer => ({
  bid,
  group: spec.name,
  usdPerHour: usdPerHour(bid.price, blockTimeMs),
  gpus: countGpus(bid.resourcesOffer.length === 0 ? spec.units : bid.resourcesOffer),
  provider,
});

/** Cheapest first; of equals the earlier, then by name, so that the order never wavers. */
export const byPrice = (a: Offer, b: Offer): number => {
  const price = a.bid.price.amount.cmp(b.bid.price.amount);
  if (price !== 0) return price;
  if (a.bid.createdAt !== b.bid.createdAt) return a.bid.createdAt < b.bid.createdAt ? -1 : 1;
  return a.bid.id.provider < b.bid.id.provider ? -1 : 1;
};

/** One offer for each group. */
export type Choice = readonly Offer[];

/**
 * The choice that `accept` means: the cheapest of each group, or the named provider's; `undefined` while a group lacks
 * one. @param offers by group
 */
export const chooseBy = (
  accept: string,
  offers: readonly (readonly Offer[])[],
): Choice | undefined => {
  const chosen = offers.flatMap((ofGroup) => {
    const wanted =
      accept === 'cheapest' ? ofGroup : ofGroup.filter((o) => o.bid.id.provider === accept);
    return [...wanted].sort(byPrice).slice(0, 1);
  });
  return chosen.length === offers.length ? chosen : undefined;
};

/** What a choice costs per block. */
export const priceOf = (choice: Choice): DecCoin => sumPrices(choice.map((o) => o.bid.price));

/** What a choice costs in USD an hour; `undefined` when a part of it has no fixed price. */
export const usdOf = (choice: Choice): Decimal | undefined => {
  let sum = new Decimal('0');
  for (const { usdPerHour: usd } of choice) {
    if (usd === undefined) return undefined;
    sum = sum.plus(usd);
  }
  return sum;
};

/** Whether a choice is within the limit; one whose price in USD is unknown is not. */
export const isWithin = (choice: Choice, maxUsdPerHour: Decimal | undefined): boolean => {
  if (maxUsdPerHour === undefined) return true;
  const usd = usdOf(choice);
  return usd?.lte(maxUsdPerHour) ?? false;
};

const attribute = (provider: Provider | undefined, keys: readonly string[]): string =>
  provider?.attributes.find((a) => keys.includes(a.key))?.value ?? '-';

/** The table that people choose from; what a narrow terminal cuts off comes last. */
export const offerTable = (offers: readonly Offer[]): readonly string[] =>
  formatTable(
    ['#', 'USD/HOUR', 'PER BLOCK', 'GPUS', 'REGION', 'PROVIDER', 'HOST'],
    offers.map((o, i) => [
      String(i + 1),
      o.usdPerHour === undefined ? '-' : formatUsd(o.usdPerHour),
      shortCoin(o.bid.price),
      formatGpus(o.gpus),
      printable(attribute(o.provider, ['region', 'location-region']), 20),
      o.bid.id.provider,
      printable(hostOf(o.provider), 60),
    ]),
  );

const hostOf = (provider: Provider | undefined): string => {
  const uri = provider?.hostUri ?? '';
  return URL.canParse(uri) ? new URL(uri).hostname : '-';
};

/** One bid in a line. */
export const offerLine = (o: Offer): string =>
  [
    o.bid.id.provider,
    `${o.usdPerHour === undefined ? '' : `${formatUsd(o.usdPerHour)}/hour, `}${shortCoin(o.bid.price)}/block`,
    `GPUs ${formatGpus(o.gpus)}`,
  ].join('; ');

/** The same for scripts. */
export const bidStep = (o: Offer): DeployStep => ({
  step: 'bid',
  provider: o.bid.id.provider,
  group: o.group,
  usdPerHour: o.usdPerHour === undefined ? null : plainUsd(o.usdPerHour),
  price: exactCoin(o.bid.price),
  gpus: o.gpus,
  height: o.bid.createdAt.toString(),
});
