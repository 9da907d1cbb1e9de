/** Nodes that lag, die and come back, and a chain that stands still. */
import { expectCondition } from '../e2e/expectations.js';
import { waitFor } from '../peers/wait.js';
import type { Drill } from './drill.js';
import type { Trial } from './trial.js';
import type { Endpoint } from './endpoint.js';
import type { World } from './world.js';

/** The full node in use, or the first: what befalls the validator stops the chain. */
const fullNodeInUse = (world: World): Endpoint => {
  const inUse = world.busiest();
  const full = inUse.peering === undefined ? world.endpoints[0] : inUse;
  if (full === undefined) throw new Error('there is no full node');
  return full;
};

/** Longer than the bids of the drills may wait in a mempool. */
const HALT_MS = 12_000;

export const nodeFaults: readonly Drill[] = [
  {
    name: 'lagging nodes',
    run: async (trial: Trial): Promise<void> => {
      const { world } = trial;
      const inUse = fullNodeInUse(world);
      await inUse.peering?.cut();
      await trial.orderWhileOneIsIll();
      // Two of three stand still now and go on answering: the one that is right must not be outvoted.
      for (const { peering } of world.endpoints) await peering?.cut();
      await trial.blocks(6);
      const since = performance.now();
      await trial.bidOn(await trial.openOrder());
      trial.note('bid with two of three lagging, ms', Math.round(performance.now() - since));
      await trial.healAndMeasure();
    },
  },
  {
    name: 'node restart',
    run: async (trial: Trial): Promise<void> => {
      const { world } = trial;
      await fullNodeInUse(world).node.kill();
      await trial.orderWhileOneIsIll();
      for (const { node } of world.endpoints) await node.kill();
      await expectCondition(world.stack, 'ChainSynced', 'ChainStale');
      // Nothing can be opened while there is no chain: what follows is bid on as soon as there is one.
      await trial.healAndMeasure();
    },
  },
  {
    name: 'chain halt and resume',
    run: async (trial: Trial): Promise<void> => {
      const { world } = trial;
      world.everywhere({
        onCall: ({ method }) => ({ fate: method.startsWith('broadcast_tx') ? 'hold' : 'pass' }),
      });
      await trial.openOrder();
      world.three.validator.pause();
      const haltedAt = performance.now();
      world.everywhere({});
      await expectCondition(world.stack, 'ChainSynced', 'ChainStale');
      await waitFor(
        'the halt to outlast every deadline',
        async () => performance.now() - haltedAt > HALT_MS || undefined,
        { timeoutMs: 2 * HALT_MS },
      );
      await trial.healAndMeasure();
      await expectCondition(world.stack, 'ChainSynced', 'Fresh');
    },
  },
];
