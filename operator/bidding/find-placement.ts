/** Where a bid of ours was placed: its Bid object says so, or, until that is written, the intent it was sent from. */
import type { OrderId } from '../../market/ids.js';
import { formatOrderId } from '../../market/ids.js';
import type { PlacementEntry } from './placement-record.js';
import type { BidRecords, IntentStore } from './ports.js';

/** Empty when neither knows the order: the bid was made by another software. @throws KubeError */
export const findPlacement = async (
  records: Pick<BidRecords, 'get'>,
  intents: Pick<IntentStore, 'list'>,
  orderId: OrderId,
): Promise<readonly PlacementEntry[]> => {
  const record = await records.get(orderId);
  const state = record?.status?.state;
  if (record !== undefined && state !== undefined && state !== 'Failed' && state !== 'Expired')
    return record.spec.placement;
  const path = formatOrderId(orderId);
  const intended = (await intents.list())
    .flatMap((s) => s.bids)
    .filter((b) => formatOrderId(b.orderId) === path);
  return intended.at(-1)?.placement ?? record?.spec.placement ?? [];
};
