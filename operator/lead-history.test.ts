import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { decide } from '../bidengine/decide.js';
import { SEGMENT_KEY } from '../history/names.js';
import { readSegment } from '../history/segment-reader.js';
import type { KeptEntry } from '../history/segment-reader.js';
import { CONFIG_MAPS } from '../kube/resources.js';
import { bidIdOf, formatBidId, formatOrderId } from '../market/ids.js';
import { Decimal } from '../market/money.js';
import { openOrder } from './testing/tenant.js';
import { createWorld, NAMESPACE } from './testing/world.js';
import type { World } from './testing/world.js';

jest.setTimeout(30_000);

const RIVAL = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';

let world: World;
afterEach(async () => world.close());

const history = async (): Promise<readonly KeptEntry[]> => {
  const maps = await world.kube.list(CONFIG_MAPS, {
    namespace: NAMESPACE,
    labelSelector: 'berth.dev/history=true',
  });
  return maps.items.flatMap((map) => {
    const gzip = Buffer.from(map.binaryData?.[SEGMENT_KEY] ?? '', 'base64');
    return readSegment(gunzipSync(gzip).toString('utf8'));
  });
};

describe('the decision history of a leader', () => {
  it('outlives it: the next one can say why there was no bid, and decide it again', async () => {
    world = await createWorld();
    world.start();
    const id = openOrder(world, 7n, { model: 'b200' });
    const kept = async () =>
      (await history()).flatMap((e) =>
        e.type === 'decided' && e.order === formatOrderId(id) ? [e] : [],
      );
    await world.until('the decision is kept', async () => (await kept()).length > 0);
    await world.kill();
    world.start();
    await world.until('the next leader decides', async () => (await kept()).length > 1);
    const [first] = await kept();
    const { decision } = first ?? {};
    expect(decision?.type === 'skip' && decision.reasons.map((r) => r.code)).toContain(
      'GpuModelUnavailable',
    );
    const input = first?.input();
    expect(input?.ok === true && decide(input.input)).toEqual(decision);
  });

  it('a bid that lost after a fail-over is told with the price that was taken and ours', async () => {
    world = await createWorld();
    world.start();
    const id = openOrder(world, 7n);
    const ours = await world.until('our bid', () =>
      [...world.chain.market.bids.values()].find((b) => b.id.dseq === 7n),
    );
    await world.kill();
    const rival = bidIdOf(id, RIVAL);
    const price = { denom: 'uact', amount: new Decimal('3') };
    const { market } = world.chain;
    market.bids.set(formatBidId(rival), { ...ours, id: rival, price, state: 'active' });
    market.bids.set(formatBidId(ours.id), { ...ours, state: 'lost' });
    market.orders.delete(formatOrderId(id));
    world.start();
    const taken = await world.until('the loss is kept', async () =>
      (await history()).find((e) => e.type === 'taken'),
    );
    expect(taken).toMatchObject({ type: 'taken', id: rival, price, ours: ours.price });
  });
});
