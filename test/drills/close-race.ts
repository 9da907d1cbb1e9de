/**
 * A bid runs out of time in the very block in which its tenant takes it. The chain then closes the lease that has just begun:
 * nobody can prevent it who cannot see the next block. The drill makes it happen, counts it, and shows that a tenant who is
 * seen in a mempool is not run over.
 */
import { formatOrderId, orderIdOf } from '../../market/ids.js';
import type { BidId } from '../../market/ids.js';
import { expectBidState } from '../e2e/expectations.js';
import { txOf } from '../peers/rpc-words.js';
import { waitFor } from '../peers/wait.js';
import { marketActs } from '../stack/market-acts.js';
import type { Happened } from './audit.js';
import { BroadcastWatch } from './broadcast-watch.js';
import type { Drill } from './drill.js';
import { withImpatientBids } from './hurry.js';
import type { Trial } from './trial.js';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 50 };
const RACES = 5;
/** A bid is left alone this long beyond its timeout when its tenant is on the way. */
const SEEN_BLOCKS = 20;

const openBids = async (trial: Trial, count: number): Promise<readonly BidId[]> => {
  const orders = await Promise.all(Array.from({ length: count }, () => trial.openOrder()));
  const bids = await Promise.all(orders.map((order) => trial.bidOn(order)));
  for (const bid of bids) await expectBidState(trial.world.stack, bid, 'Open');
  return bids;
};

const pathOf = (id: BidId): string => formatOrderId(orderIdOf(id));

const outcomeOf = (history: readonly Happened[], id: BidId): string => {
  const own = history.filter((h) => h.order === pathOf(id));
  const accepted = own.find((h) => h.kind === 'accept' && h.code === 0);
  const closed = own.find((h) => h.kind === 'close-bid' && h.code === 0);
  if (closed === undefined) return accepted === undefined ? 'still open' : 'lease stands';
  if (accepted === undefined) return 'tenant too late';
  return accepted.height === closed.height ? 'lease closed in its block' : 'lease closed later';
};

const race = async (trial: Trial): Promise<void> => {
  const { world } = trial;
  const bids = await openBids(trial, RACES);
  const accepts = new Map(
    await Promise.all(
      bids.map(async (id) => [pathOf(id), [await world.tenant.signAccept(id)]] as const),
    ),
  );
  // The operator's close is on its way, its last look behind it: now the tenant takes the bid, and the close goes on.
  world.everywhere({
    onCall: (call) => {
      const tx = txOf(call);
      const acts = tx === undefined ? [] : marketActs(Buffer.from(tx, 'base64'));
      const [accept] = acts.flatMap(({ kind, id }) =>
        kind === 'close-bid' ? (accepts.get(pathOf(id)) ?? []) : [],
      );
      if (accept === undefined) return { fate: 'pass' };
      return { fate: 'after', first: world.tenant.hand(accept) };
    },
  });
  trial.allowCloses((c) => accepts.has(c.order));
  await withImpatientBids(world, async () => {
    const ended = async (): Promise<true | undefined> => {
      const history = await trial.history();
      return bids.every((id) => outcomeOf(history, id) !== 'still open') || undefined;
    };
    await waitFor('every race to be over', ended, { ...PATIENCE, intervalMs: 250 });
  });
  await trial.blocks(3);
  const history = await trial.history();
  for (const id of bids) {
    const outcome = outcomeOf(history, id);
    trial.count(outcome);
  }
  await trial.healAndMeasure();
};

const seen = async (trial: Trial): Promise<void> => {
  const { world } = trial;
  const watch = new BroadcastWatch(world);
  const [bid] = await openBids(trial, 1);
  if (bid === undefined) throw new Error('there is no bid');
  const accept = Buffer.from(await world.tenant.signAccept(bid)).toString('base64');
  // A real acceptance would be in the next block: this one lies in every mempool and is never taken into a block.
  world.everywhere({
    onCall: ({ method }) =>
      method === 'unconfirmed_txs'
        ? {
            fate: 'lie',
            lie: (result) => ({
              ...(result as object),
              ...{ n_txs: '1', total: '1', txs: [accept] },
            }),
          }
        : { fate: 'pass' },
  });
  await withImpatientBids(world, async () => {
    await trial.blocks(SEEN_BLOCKS);
    const sent = watch.closesOf(orderIdOf(bid)).length;
    if (sent > 0) throw new Error('the bid was closed although its tenant was seen in the mempool');
    await world.tenant.hand(Buffer.from(accept, 'base64'));
    await waitFor(
      'the lease',
      async () => ((await world.tenant.reader.lease(bid))?.state === 'active' ? true : undefined),
      PATIENCE,
    );
  });
  await trial.healAndMeasure();
};

export const closeRace: Drill = {
  name: 'a bid is accepted in the block that closes it (provoked)',
  run: race,
};

export const acceptSeen: Drill = {
  name: 'a bid is accepted in the mempool when its time is up',
  run: seen,
};
