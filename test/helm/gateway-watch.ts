/** A tenant who asks the gateway all the time, on a new connection each, and remembers every question that got no answer. */
import { setTimeout as delay } from 'node:timers/promises';
import type { World } from './world.js';

export interface GatewayWatch {
  readonly answered: number;
  /** What became of the other questions. */
  readonly failures: readonly string[];
}

const EVERY_MS = 200;

/** Asks from the first moment of `act` to its end. @throws what `act` throws */
export const watchGateway = async (
  world: World,
  act: () => Promise<void>,
): Promise<GatewayWatch> => {
  const done = new AbortController();
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
    while (!done.signal.aborted) {
      await ask();
      await delay(EVERY_MS);
    }
  })();
  try {
    await act();
  } finally {
    done.abort();
    await asking;
  }
  return { answered, failures };
};
