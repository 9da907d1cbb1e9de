import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { formatOrderId } from '../../market/ids.js';
import { groupSpecJson } from '../../market/group-spec-json.js';
import { aGroup, openOrder } from '../testing/tenant.js';
import { createWorld, TENANT } from '../testing/world.js';
import type { World } from '../testing/world.js';
import type { HttpServer } from '../http.js';
import { serveScreening } from './server.js';

jest.setTimeout(30_000);

let world: World;
let server: HttpServer;
afterEach(async () => {
  await server.close();
  await world.close();
});

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const setup = async (started = true) => {
  world = await createWorld();
  if (started) world.start();
  const faults: unknown[] = [];
  server = await serveScreening({
    listen: { host: '127.0.0.1', port: 0 },
    token: 'open sesame',
    desk: world.desk,
    onError: (error) => faults.push(error),
  });
  const ask = async (
    body: unknown,
    token = 'open sesame',
    path = '/v1/explain',
  ): Promise<Reply> => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const answered = (body: unknown): Promise<Reply> =>
    world.until('an explanation', async () => {
      const reply = await ask(body);
      return reply.status === 503 ? undefined : reply;
    });
  return { ask, answered, faults };
};
const codeOf = ({ body }: Reply): unknown => (body['error'] as { code?: string } | undefined)?.code;

describe('the screening service', () => {
  it('tells the price of groups that nobody has deployed, and why others get no bid', async () => {
    const { answered } = await setup();
    const groups = [aGroup({ gpus: 1 }), aGroup({ gpus: 9 })].map(groupSpecJson);
    const { status, body } = await answered({ groups, owner: TENANT });
    expect(status).toBe(200);
    expect(body['explanations']).toMatchObject([
      { result: 'bid', reasons: [], quote: { price: { denom: 'uact' }, policy: 'default' } },
      { result: 'skip', reasons: [{ code: 'InsufficientGpus' }], quote: null },
    ]);
    expect(
      world.chain.submissions.some((s) => s.messages.some((m) => m.type === 'create-bid')),
    ).toBe(false);
  });

  it('explains an order as it was decided, also when the bid already holds its GPUs', async () => {
    const { answered } = await setup();
    const id = openOrder(world, 7n);
    const bid = await world.until('bid on chain', () => [...world.chain.market.bids.values()][0]);
    const { body } = await answered({ order: formatOrderId(id) });
    const [explanation] = body['explanations'] as [Record<string, unknown>];
    expect(explanation).toMatchObject({ result: 'bid', order: formatOrderId(id) });
    const { price } = explanation['quote'] as { price: { amount: string } };
    expect(price.amount).toBe(bid.price.amount.toFixed());
  });

  it('an order that the chain does not have', async () => {
    const { answered } = await setup();
    const reply = await answered({ order: `${TENANT}/1/1/1` });
    expect([reply.status, codeOf(reply)]).toEqual([404, 'OrderUnknown']);
  });

  it.each<[string, unknown, string, string, number, string]>([
    ['without the token', {}, '', '/v1/explain', 401, 'ScreeningTokenInvalid'],
    ['with another token', {}, 'sesame', '/v1/explain', 401, 'ScreeningTokenInvalid'],
    ['at another path', {}, 'open sesame', '/', 404, 'ScreeningRequestInvalid'],
    ['with no JSON', 'x', 'open sesame', '/v1/explain', 400, 'ScreeningRequestInvalid'],
    ['with no question', {}, 'open sesame', '/v1/explain', 400, 'ScreeningRequestInvalid'],
    [
      'about no order',
      { order: 'x' },
      'open sesame',
      '/v1/explain',
      400,
      'ScreeningRequestInvalid',
    ],
    [
      'with too much',
      'x'.repeat(1_100_000),
      'open sesame',
      '/v1/explain',
      413,
      'ScreeningRequestInvalid',
    ],
    [
      'of a replica that does not lead',
      { order: `${TENANT}/1/1/1` },
      'open sesame',
      '/v1/explain',
      503,
      'NotLeading',
    ],
  ])('refuses a question %s', async (_name, body, token, path, status, code) => {
    const { ask } = await setup(false);
    const reply = await ask(body, token, path);
    expect([reply.status, codeOf(reply)]).toEqual([status, code]);
  });
});
