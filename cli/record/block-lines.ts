/** One block as lines of an order book. What the events do not tell is asked of the chain, as it is now. */
import type { PastBlock } from '../../chain/feed/past-blocks.js';
import type { At, BookLine } from '../../history/order-book-lines.js';
import type { MarketEvent } from '../../market/events.js';
import type { Bid, Order } from '../../market/records.js';
import type { BookChain } from './ports.js';

type Reader = BookChain['reader'];

/** The exact GPU that a bid offers for each unit that has any. */
export const offeredGpus = ({ resourcesOffer }: Bid): readonly string[] =>
  resourcesOffer.flatMap(({ resources }) =>
    resources.gpu.units > 0n ? resources.gpu.attributes.slice(0, 1).map((a) => a.key) : [],
  );

/** An order's line; its group is unknown when neither the block nor the chain tells it. */
export const orderLine = (
  at: At,
  order: Order | undefined,
  id: Order['id'],
  standing?: true,
): BookLine => ({
  ...{ type: 'order', at, id, spec: order?.spec ?? null },
  ...(order?.reclamationMinWindowSeconds === undefined
    ? {}
    : { reclamationMinWindowSeconds: order.reclamationMinWindowSeconds }),
  ...(standing === undefined ? {} : { standing }),
});

const eventLine = async (
  event: MarketEvent,
  at: At,
  reader: Reader,
): Promise<BookLine | undefined> => {
  switch (event.type) {
    case 'order-created':
      return orderLine(at, event.order ?? (await reader.order(event.id)), event.id);
    case 'bid-created': {
      const bid = await reader.bid(event.id);
      const line: BookLine = { type: 'bid', at, id: event.id, price: event.price };
      return bid === undefined ? line : { ...line, gpus: offeredGpus(bid) };
    }
    case 'bid-closed':
      return { type: 'bid-closed', at, id: event.id };
    case 'lease-created':
      return { type: 'lease', at, id: event.id, price: event.price };
    case 'lease-closed':
      return { type: 'lease-closed', at, id: event.id, reason: event.reason };
    case 'order-closed':
      return { type: 'order-closed', at, id: event.id };
    default:
      return undefined;
  }
};

/** In the order of the block's events. @throws ChainUnavailableError: nothing may be left out, so the caller tries again */
export const blockLines = async (
  block: PastBlock,
  reader: Reader,
): Promise<readonly BookLine[]> => {
  const at = { height: block.height, timeMs: block.timeMs };
  const lines = await Promise.all(block.events.map((event) => eventLine(event, at, reader)));
  return [
    ...lines.filter((line) => line !== undefined),
    ...block.unreadable.map((why): BookLine => ({ type: 'unreadable', at, why })),
  ];
};
