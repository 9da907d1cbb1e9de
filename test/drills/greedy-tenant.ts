/** A tenant who orders every GPU there is and takes none: others are served meanwhile, and the GPUs come back. */
import { formatOrderId, orderIdOf } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import { providerOf } from '../e2e/expectations.js';
import { waitFor } from '../peers/wait.js';
import { closes } from './audit.js';
import type { Drill } from './drill.js';
import { withImpatientBids } from './hurry.js';
import type { Trial } from './trial.js';
import { MAX_PENDING_GPUS_PER_OWNER } from './world.js';

const PATIENCE = { timeoutMs: 90_000 };

/** The training job on four smaller GPUs. */
const onConsumerGpus = (text: string): string =>
  text
    .replace('units: 64', 'units: 16')
    .replace('size: 512Gi', 'size: 64Gi')
    .replace(/units: 8$/m, 'units: 4')
    .replace('model: h100', 'model: rtx4090')
    .replace('ram: 80Gi', 'ram: 24Gi')
    .replace(/^ *interface: sxm\n/m, '');

const reservedGpus = async ({ world }: Trial): Promise<number> =>
  (await providerOf(world.stack)).status?.gpus?.reserved ?? Number.NaN;

const wallet = async ({ world }: Trial): Promise<bigint> => {
  const { address } = world.stack.chain.account('provider');
  const coins = await world.tenant.reader.balances(address);
  return coins.find((c) => c.denom === 'uakt')?.amount ?? 0n;
};

export const greedyTenant: readonly Drill[] = [
  {
    name: 'a tenant orders every GPU and accepts none',
    run: async (trial: Trial): Promise<void> => {
      const { world } = trial;
      const before = await wallet(trial);
      const greedy = { tenant: world.otherTenant, example: 'training-job', servable: false };
      const orders: OrderId[] = [];
      for (let i = 0; i < 3; i += 1) orders.push(await trial.openOrder(greedy));
      for (let i = 0; i < 2; i += 1) {
        orders.push(await trial.openOrder({ ...greedy, edit: onConsumerGpus }));
      }
      const mine = new Set(orders.map(formatOrderId));
      trial.allowCloses((c) => mine.has(c.order));
      await waitFor(
        'the limit of one tenant to be reached',
        async () => (await reservedGpus(trial)) === MAX_PENDING_GPUS_PER_OWNER || undefined,
        PATIENCE,
      );
      const since = performance.now();
      const other = await trial.bidOn(await trial.openOrder({ example: 'training-job' }));
      trial.note('bid for another tenant meanwhile, ms', Math.round(performance.now() - since));
      await world.tenant.acceptBid(other);

      const started = performance.now();
      await withImpatientBids(world, async () => {
        // Closed bids free GPUs for the orders that the limit held back, until each was offered its once.
        await waitFor(
          'every bid for that tenant to be closed and its GPUs to be free',
          async () =>
            (closes(await trial.history()).filter((c) => mine.has(c.order)).length ===
              orders.length &&
              (await reservedGpus(trial)) === 0) ||
            undefined,
          { ...PATIENCE, intervalMs: 500 },
        );
      });
      trial.note('all GPUs back after, ms', Math.round(performance.now() - started));
      trial.note('bids wasted on it', orders.length);
      await world.tenant.closeDeployment(orderIdOf(other));
      await trial.healAndMeasure();
      await trial.clear();
      // Every deposit is back by now: what is gone are fees, those of the drill's two honest bids among them.
      trial.note('fees of it all, uakt', Number(before - (await wallet(trial))));
    },
  },
];
