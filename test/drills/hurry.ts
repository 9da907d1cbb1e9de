/** Bids that run out of patience within seconds, whoever wants what they hold. */
import { changeProvider } from '../e2e/settings.js';
import type { World } from './world.js';

const USUAL = { timeoutSeconds: 300, idleTimeoutSeconds: 1800 };

/** Runs `during` with bids that wait five seconds for their tenants, the shortest that may be set, and puts it back. */
export const withImpatientBids = async (
  { stack }: World,
  during: () => Promise<void>,
): Promise<void> => {
  await changeProvider(stack, { bidding: { timeoutSeconds: 5, idleTimeoutSeconds: 5 } });
  try {
    await during();
  } finally {
    await changeProvider(stack, { bidding: USUAL });
  }
};
