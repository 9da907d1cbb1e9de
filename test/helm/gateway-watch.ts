/** A tenant who asks the gateway all the time, on a new connection each, and remembers every question that got no answer. */
import { setTimeout as delay } from 'node:timers/promises';
import type { World } from './world.js';

export interface GatewayWatch {
  /** Ends it; how many questions were answered, and what became of the others. */
  readonly stop: () => Promise<{ readonly answered: number; readonly failures: readonly string[] }>;
}

const EVERY_MS = 200;

export const watchGateway = (world: World): GatewayWatch => {
  const stopped = new AbortController();
  const failures: string[] = [];
  let answered = 0;
  const ask = async (): Promise<void> => {
    try {
      const { status } = await world.tenant.http('GET', '/version');
      if (status === 200) answered += 1;
      else failures.push(`status ${status}`);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  };
  const asking = (async () => {
    while (!stopped.signal.aborted) {
      await ask();
      await delay(EVERY_MS);
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await asking;
      return { answered, failures };
    },
  };
};
