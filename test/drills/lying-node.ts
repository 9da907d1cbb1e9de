/** The node in use lies: nothing may be torn down on its word, no bid made twice, no order overlooked. */
import { expectBidState } from '../e2e/expectations.js';
import type { RpcRule } from '../peers/rpc-proxy.js';
import type { Drill } from './drill.js';
import { emptyBlocks, leaseIsOver, noBids, noOrders } from './lies.js';
import type { Trial } from './trial.js';
import type { World } from './world.js';

const LIES: readonly (readonly [string, (world: World) => RpcRule])[] = [
  ['a lease is over', ({ standing }) => leaseIsOver(standing)],
  ['we have no bids', () => noBids],
  ['there are no orders', () => noOrders],
  ['blocks are empty', () => emptyBlocks],
];

/** Enough for several recounts and comparisons on its word. */
const LYING_BLOCKS = 16;

export const lyingNode: readonly Drill[] = LIES.map(([name, rule]) => ({
  name: `lying node: ${name}`,
  run: async (trial: Trial): Promise<void> => {
    const { world } = trial;
    const before = await trial.bidOn(await trial.openOrder());
    await expectBidState(world.stack, before, 'Open');
    world.busiest();
    await trial.blocks(4);
    world.busiest().proxy.use(rule(world));
    await trial.orderWhileOneIsIll();
    await trial.blocks(LYING_BLOCKS);
    await trial.orderWhileOneIsIll();
    const harm = await trial.harm();
    if (harm !== undefined) throw new Error(harm);
    await trial.healAndMeasure();
    await expectBidState(world.stack, before, 'Open');
  },
}));
