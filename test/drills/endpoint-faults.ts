/** Endpoints that refuse, cut, swallow, dawdle, mumble or turn away: first the one in use, then all of them. */
import { expectCondition } from '../e2e/expectations.js';
import type { Drill } from './drill.js';
import type { Trial } from './trial.js';
import type { Endpoint } from './endpoint.js';

interface EndpointFault {
  readonly name: string;
  readonly inflict: (endpoint: Endpoint) => Promise<void> | void;
}

/** A gateway with nothing behind it: it turns websockets away as well and drops those that were. */
const gatewayAnswers =
  (status: number, body: string) =>
  ({ proxy }: Endpoint): void => {
    proxy.use({ onCall: () => ({ fate: 'answer', status, body }), refuseSockets: status });
    proxy.dropSockets();
  };

const FAULTS: readonly EndpointFault[] = [
  { name: 'refused connections', inflict: ({ link }) => link.cut() },
  { name: 'reset connections', inflict: ({ link }) => link.add({ type: 'reset_peer' }) },
  { name: 'black hole', inflict: ({ link }) => link.add({ type: 'black_hole' }) },
  { name: '10 s of lag', inflict: ({ link }) => link.add({ type: 'latency', ms: 10_000 }) },
  { name: 'truncated JSON', inflict: ({ link }) => link.add({ type: 'limit_data', bytes: 300 }) },
  { name: 'HTTP 429', inflict: gatewayAnswers(429, '<html>Too Many Requests</html>') },
  { name: 'HTTP 502', inflict: gatewayAnswers(502, '<html>Bad Gateway</html>') },
];

/** Blocks that pass while every endpoint is ill: more than enough for a view to be too old to act on. */
const OUTAGE_BLOCKS = 12;

export const endpointFaults: readonly Drill[] = FAULTS.map(({ name, inflict }) => ({
  name,
  run: async (trial: Trial): Promise<void> => {
    const { world } = trial;
    const inUse = world.busiest();
    await inflict(inUse);
    await trial.orderWhileOneIsIll();
    for (const endpoint of world.endpoints) if (endpoint !== inUse) await inflict(endpoint);
    await trial.openOrder();
    await trial.blocks(OUTAGE_BLOCKS);
    await trial.healAndMeasure();
    await expectCondition(world.stack, 'ChainSynced', 'Fresh');
  },
}));
