/** Websockets that stay open and carry nothing, while the same nodes answer over HTTP. */
import { waitFor } from '../peers/wait.js';
import type { Drill } from './drill.js';
import type { Trial } from './trial.js';

export const socketFaults: readonly Drill[] = [
  {
    name: 'half-open websockets',
    run: async (trial: Trial): Promise<void> => {
      const { endpoints } = trial.world;
      const opened = (): number => endpoints.reduce((n, { proxy }) => n + proxy.socketsOpened(), 0);
      for (const { proxy } of endpoints) proxy.freezeSockets();
      const before = opened();
      await trial.orderWhileOneIsIll();
      await waitFor(
        'the operator to give the dead socket up for another',
        async () => opened() > before || undefined,
        { timeoutMs: 60_000 },
      );
      // Now those are dead as well, and every one that comes: only asking is left.
      for (const { proxy } of endpoints) proxy.freezeSockets('new');
      const since = performance.now();
      await trial.bidOn(await trial.openOrder());
      trial.note('bid without any websocket, ms', Math.round(performance.now() - since));
      await trial.healAndMeasure();
    },
  },
];
