import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../clock.js';
import { isRpcAnswerError } from '../errors.js';
import { isChainUnavailable } from '../ports.js';
import { ScriptedError, ScriptedRpc } from '../testing/scripted-rpc.js';
import { until } from '../testing/until.js';
import type { EndpointConfig } from './endpoint-config.js';
import { EndpointPool } from './endpoint-pool.js';
import { createHttpEndpoint } from './http-endpoint.js';
import { Prober } from './prober.js';

let first: ScriptedRpc;
let second: ScriptedRpc;
/** Added to the real clock, so that a rest is over when the test says so. */
let aheadMs: number;
let pools: EndpointPool[];

beforeEach(async () => {
  [first, second] = [await ScriptedRpc.start(), await ScriptedRpc.start()];
  for (const rpc of [first, second]) {
    rpc.addBlock();
    rpc.handlers.set('health', () => ({ from: rpc.url }));
  }
  aheadMs = 0;
  pools = [];
});

afterEach(async () => {
  for (const pool of pools) pool.disconnect();
  await Promise.all([first.stop(), second.stop()]);
});

const makePool = (chainId?: string, urls = [first.url, second.url]): EndpointPool => {
  const pool = new EndpointPool({
    endpoints: urls.map((url) => createHttpEndpoint(url, 300)),
    chainId,
    clock: { ...systemClock, now: () => performance.now() + aheadMs },
    recheckMs: 15_000,
  });
  pools.push(pool);
  return pool;
};

const preferred = (pool: EndpointPool): string | undefined => pool.preferred(1)[0]?.address.label;

const ask = async (pool: EndpointPool): Promise<string> => {
  const answer = await pool.execute({ jsonrpc: '2.0', id: 1, method: 'health', params: {} });
  return (answer.result as { readonly from: string }).from;
};

describe('the endpoint pool', () => {
  it('asks the first endpoint, and looks at its status once', async () => {
    const pool = makePool();
    expect(await ask(pool)).toBe(first.url);
    expect(await ask(pool)).toBe(first.url);
    expect(first.count('status')).toBe(1);
    expect(second.calls).toEqual([]);
    expect(preferred(pool)).toBe(new URL(first.url).host);
  });

  const faults: readonly (readonly [string, (rpc: ScriptedRpc) => void])[] = [
    ['gives no answer in time', (rpc) => (rpc.hang = true)],
    ['is of another chain', (rpc) => (rpc.chainId = 'other-1')],
    ['is catching up', (rpc) => (rpc.catchingUp = true)],
    ['has no status', (rpc) => rpc.handlers.set('status', () => new ScriptedError('starting'))],
    ['has a status that cannot be read', (rpc) => rpc.handlers.set('status', () => ({}))],
  ];

  it.each(faults)(
    'an endpoint that %s is passed over, and not asked again at once',
    async (_n, break_) => {
      break_(first);
      const pool = makePool('scripted-1');
      expect(await ask(pool)).toBe(second.url);
      const calls = first.calls.length;
      expect(await ask(pool)).toBe(second.url);
      expect(first.calls.length).toBe(calls);
      expect(first.count('health')).toBe(0);
      expect(preferred(pool)).toBe(new URL(second.url).host);
    },
  );

  it('goes back to the preferred endpoint once it is well, without a request waiting for it', async () => {
    first.catchingUp = true;
    const pool = makePool();
    expect(await ask(pool)).toBe(second.url);
    first.catchingUp = false;
    aheadMs += 2_000;
    expect(await ask(pool)).toBe(second.url);
    const prober = new Prober(pool, systemClock);
    await until('the first to be well', () => pool.states()[0]?.code === 'Healthy');
    for (let i = 0; i < 8; i += 1) await prober.round();
    expect(preferred(pool)).toBe(new URL(first.url).host);
    expect(await ask(pool)).toBe(first.url);
  });

  it('the first answer decides the chain when none was named', async () => {
    const pool = makePool();
    await ask(pool);
    second.chainId = 'other-1';
    first.hang = true;
    await expect(ask(pool)).rejects.toThrow(/is of chain "other-1", not "scripted-1"/);
  });

  it('with every endpoint down the error is typed and says of each why, without its path', async () => {
    first.hang = true;
    second.catchingUp = true;
    const pool = makePool(undefined, [`${first.url}/secret-key`, second.url]);
    const error = await ask(pool).catch((e: unknown) => e);
    expect(isChainUnavailable(error)).toBe(true);
    expect(String(error)).toContain('did not answer');
    expect(String(error)).toContain('still catching up');
    expect(String(error)).not.toContain('secret-key');
  });

  it('asks even a resting endpoint when there is no other', async () => {
    const pool = makePool(undefined, [first.url]);
    first.catchingUp = true;
    await expect(ask(pool)).rejects.toThrow('still catching up');
    first.catchingUp = false;
    expect(await ask(pool)).toBe(first.url);
  });

  it("a node's own refusal is an answer: no other node is asked", async () => {
    first.handlers.set('tx', () => new ScriptedError('tx not found'));
    const pool = makePool();
    const error = await pool
      .execute({ jsonrpc: '2.0', id: 1, method: 'tx', params: {} })
      .catch((e: unknown) => e);
    expect(isRpcAnswerError(error) && error.data).toBe('tx not found');
    expect(second.calls).toEqual([]);
  });

  it('a node whose application is dead is passed over', async () => {
    first.handlers.set('abci_query', () => new ScriptedError('client is not running'));
    second.handlers.set('abci_query', () => ({ response: { code: 0, height: '7' } }));
    const query = { jsonrpc: '2.0', id: 1, method: 'abci_query', params: {} } as const;
    const answer = await makePool().execute(query);
    expect(answer.result).toEqual({ response: { code: 0, height: '7' } });
  });

  it('a silent endpoint is overtaken long before its deadline, and the next request does not wait for it', async () => {
    const pool = new EndpointPool({
      endpoints: [first.url, second.url].map((url) => createHttpEndpoint(url, 3_600_000)),
      clock: systemClock,
      recheckMs: 15_000,
    });
    pools.push(pool);
    expect(await ask(pool)).toBe(first.url);
    first.hang = true;
    expect(await ask(pool)).toBe(second.url);
    const before = first.calls.length;
    expect(await ask(pool)).toBe(second.url);
    expect(first.calls.length).toBe(before);
    expect(pool.states().map((e) => e.serving)).toEqual([false, true]);
  });

  it.each([
    ['429', { status: 429, text: 'slow down' }],
    ['502 with a page', { status: 502, text: '<html>' }],
    ['JSON that is cut off', { status: 200, text: '{"jsonrpc":"2.0","id":1,"resu' }],
  ])('%s lets another endpoint answer', async (_name, httpError) => {
    first.httpError = httpError;
    expect(await ask(makePool())).toBe(second.url);
  });

  it('changed endpoints are taken: what stays keeps what is known of it, what goes is not asked', async () => {
    const pool = makePool();
    await ask(pool);
    const open = (config: EndpointConfig) => createHttpEndpoint(config, 300);
    pool.replace([{ url: second.url, trusted: true }, { url: first.url }], open);
    expect(pool.states().map((e) => [e.code, e.trusted])).toEqual([
      ['NotChecked', true],
      ['Healthy', false],
    ]);
    pool.replace([{ url: second.url, trusted: true }], open);
    expect(await ask(pool)).toBe(second.url);
    expect(() => {
      pool.replace([], open);
    }).toThrow('at least one');
  });

  it('targets are independent endpoints, the best first, none of them excluded', async () => {
    const pool = makePool('scripted-1', [first.url, first.url, second.url]);
    await ask(pool);
    const host = (rpc: ScriptedRpc): string => new URL(rpc.url).host;
    expect(pool.targets(2).map((t) => t.label)).toEqual([host(first), host(second)]);
    second.chainId = 'other-1';
    await new Prober(pool, systemClock).round();
    expect(pool.targets(2).map((t) => t.label)).toEqual([host(first)]);
  });

  it('beside others, a forger is absolved by a sound block only after a minute', async () => {
    const pool = makePool();
    const prober = new Prober(pool, systemClock, { compareEvery: 1 });
    const codes = async (): Promise<readonly string[]> => {
      await prober.round();
      return pool.states().map((e) => e.code);
    };
    first.forging = true;
    expect(await codes()).toEqual(['BlockForged', 'Healthy']);
    first.forging = false;
    expect(await codes()).toEqual(['BlockForged', 'Healthy']);
    aheadMs += 61_000;
    expect(await codes()).toEqual(['Healthy', 'Healthy']);
  });

  it('a demoted endpoint lets the next one go first', async () => {
    const pool = makePool();
    await ask(pool);
    pool.demote(new URL(first.url).host, 'stands still');
    expect(await ask(pool)).toBe(second.url);
  });
});
