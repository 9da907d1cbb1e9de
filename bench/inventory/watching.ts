/** The operator's own view of a cluster, and the loop that its changes wake, as `operator/lead.ts` wires them. */
import { OBSERVE_DEFAULTS } from '../../bidengine/observe-node.js';
import type { InventorySnapshot, Reservation } from '../../bidengine/snapshot.js';
import type { KubeApi } from '../../kube/api.js';
import { systemClock } from '../../operator/clock.js';
import { addressPool } from '../../operator/inventory/address-pool.js';
import { InventoryView } from '../../operator/inventory/inventory-view.js';
import { DECISIONS_SETTLE_MS } from '../../operator/inventory/settling.js';
import { Loop } from '../../operator/loop.js';

export interface Watching {
  readonly view: InventoryView;
  /** The snapshot of the last cycle that a change woke. */
  readonly decidedOn: () => InventorySnapshot | undefined;
  readonly stop: () => Promise<void>;
}

/** Resolves when the view is complete. */
export const watchCluster = async (
  api: KubeApi,
  reservations: readonly Reservation[],
): Promise<Watching> => {
  const view = new InventoryView({
    ...{ api, clock: systemClock, random: Math.random, faultsOf: () => [] },
    ...{ observe: OBSERVE_DEFAULTS, addresses: addressPool([]) },
    onError: (error) => console.error(error),
  });
  let last: InventorySnapshot | undefined;
  const cycle = new Loop(
    async () => {
      if (view.fault(Number.POSITIVE_INFINITY) === undefined) last = view.snapshot(reservations);
    },
    { clock: systemClock, everyMs: 60_000, onError: (error) => console.error(error) },
  );
  const stop = new AbortController();
  const running = Promise.all([view.run(stop.signal), cycle.run(stop.signal)]);
  while (view.fault(Number.POSITIVE_INFINITY) !== undefined) await turn();
  view.subscribe(({ counts }) => {
    if (counts) cycle.wakeAfter(DECISIONS_SETTLE_MS);
  });
  return {
    view,
    decidedOn: () => last,
    stop: async () => {
      stop.abort();
      await running;
    },
  };
};

/** Lets timers and sockets have their turn. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
