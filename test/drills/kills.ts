/**
 * kill -9 at the three points between decision and effect. The points are made from outside: the proxies keep a broadcast,
 * lose its answer, or the validator stands still, so that the operator cannot have come further.
 */
import { formatOrderId } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import { expectBidState, intentsOf } from '../e2e/expectations.js';
import { txOf } from '../peers/rpc-words.js';
import { waitFor } from '../peers/wait.js';
import { BroadcastWatch } from './broadcast-watch.js';
import type { Drill } from './drill.js';
import type { Trial } from './trial.js';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 20 };

const intentWritten = (trial: Trial, order: OrderId): Promise<true> =>
  waitFor(
    'the intent of the bid',
    async () =>
      (await intentsOf(trial.world.stack)).some((i) =>
        (i.data?.['bids.json'] ?? '').includes(formatOrderId(order)),
      ) || undefined,
    PATIENCE,
  );

const broadcastHeard = (watch: BroadcastWatch, order: OrderId): Promise<true> =>
  waitFor(
    'the bid to be broadcast',
    async () => watch.bidsOn(order).length > 0 || undefined,
    PATIENCE,
  );

/** Starts the operator again; the bid must be taken up as it is and no other made. */
const recover = async (trial: Trial, watch: BroadcastWatch, order: OrderId): Promise<void> => {
  await trial.healAndMeasure();
  await expectBidState(trial.world.stack, await trial.bidOn(order), 'Open');
  const different = watch.bidsOn(order).length;
  if (different !== 1) throw new Error(`${different} different transactions were sent for one bid`);
};

const inMempool = async (trial: Trial): Promise<boolean> => {
  for (const { node, peering } of trial.world.endpoints) {
    if (peering === undefined) continue; // the validator stands still
    const answer = await fetch(`${node.rpcUrl}/num_unconfirmed_txs`);
    const { result } = (await answer.json()) as { result: { total: string } };
    if (result.total !== '0') return true;
  }
  return false;
};

export const kills: readonly Drill[] = [
  {
    name: 'kill -9 with the intent written, nothing sent',
    run: async (trial: Trial): Promise<void> => {
      const { world } = trial;
      const watch = new BroadcastWatch(world);
      world.everywhere({
        onCall: (call) => ({ fate: txOf(call) === undefined ? 'pass' : 'hold' }),
      });
      const order = await trial.openOrder();
      await intentWritten(trial, order);
      await broadcastHeard(watch, order);
      await world.stack.operator.kill({ hold: true });
      await recover(trial, watch, order);
    },
  },
  {
    name: 'kill -9 with the bid in the mempool',
    run: async (trial: Trial): Promise<void> => {
      const { world } = trial;
      const watch = new BroadcastWatch(world);
      world.everywhere({
        onCall: (call) => ({ fate: txOf(call) === undefined ? 'pass' : 'hold' }),
      });
      const order = await trial.openOrder();
      await broadcastHeard(watch, order);
      world.three.validator.pause();
      world.everywhere({});
      await waitFor('the bid in a mempool', async () => (await inMempool(trial)) || undefined, {
        ...PATIENCE,
      });
      await world.stack.operator.kill({ hold: true });
      world.three.validator.resume();
      await trial.bidOn(order);
      await recover(trial, watch, order);
    },
  },
  {
    name: 'kill -9 with the bid in a block, unknown to the operator',
    run: async (trial: Trial): Promise<void> => {
      const { world } = trial;
      const watch = new BroadcastWatch(world);
      let deaf = false;
      world.everywhere({
        onCall: (call) => {
          if (txOf(call) !== undefined) {
            if (!deaf) for (const { proxy } of world.endpoints) proxy.freezeSockets('new');
            deaf = true;
            return { fate: 'swallow' };
          }
          return { fate: deaf ? 'hold' : 'pass' };
        },
      });
      const order = await trial.openOrder();
      await trial.bidOn(order);
      await world.stack.operator.kill({ hold: true });
      await recover(trial, watch, order);
    },
  },
];
