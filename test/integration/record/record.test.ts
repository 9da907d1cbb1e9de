/** `berth record` as a process of its own on a real chain: killed, started again, and compared with what one go makes. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectChain } from '../../../chain/client.js';
import type { ChainMessage, TxLane } from '../../../chain/ports.js';
import { signerFromMnemonic } from '../../../chain/wallet.js';
import { readHistory } from '../../../cli/backtest/read-history.js';
import { bookEnd } from '../../../cli/record/book-file.js';
import type { OrderBook } from '../../../history/order-book.js';
import { bidIdOf, formatOrderId } from '../../../market/ids.js';
import type { OrderId } from '../../../market/ids.js';
import { Decimal } from '../../../market/money.js';
import { aGroup, providerAttributes } from '../../contract/chain/a-group.js';
import { startChain } from '../../peers/chain.js';
import type { Chain, ChainRole } from '../../peers/chain.js';
import { waitFor } from '../../peers/wait.js';

jest.setTimeout(180_000);

const ROOT = join(import.meta.dirname, '../../..');
let dir: string;
let chain: Chain;
let client: ReturnType<typeof connectChain>;
let lanes: Readonly<Record<'provider' | 'otherProvider' | 'tenant', TxLane>>;
const running = new Set<ChildProcess>();

const laneOf = async (role: ChainRole): Promise<TxLane> =>
  client.laneFor(await signerFromMnemonic(chain.account(role).mnemonic), {
    gasPrice: { denom: 'uakt', amount: new Decimal('0.025') },
    pollMs: 50,
  });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-record-'));
  chain = await startChain({ dir: join(dir, 'chain') });
  client = connectChain({ endpoints: [chain.rpcUrl], feed: { pollMs: 100 } });
  lanes = {
    provider: await laneOf('provider'),
    otherProvider: await laneOf('otherProvider'),
    tenant: await laneOf('tenant'),
  };
  for (const lane of [lanes.provider, lanes.otherProvider]) {
    const provider = {
      ...{ owner: lane.address, hostUri: 'https://localhost:8443' },
      ...{ attributes: providerAttributes, info: { email: '', website: '' } },
    };
    await done(lane, { type: 'create-provider', provider });
  }
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  client.close();
  await chain.stop();
  await rm(dir, { recursive: true });
});

const done = async (lane: TxLane, message: ChainMessage): Promise<bigint> => {
  const outcome = await lane.submit([message]);
  if (outcome.status !== 'included' || outcome.code !== 0)
    throw new Error(`${message.type}: ${JSON.stringify(outcome, (_, v: unknown) => String(v))}`);
  return outcome.height;
};

const deposit = { denom: 'uact', amount: 5_000_000n };
const openOrder = async (dseq: bigint): Promise<OrderId> => {
  const id = { owner: lanes.tenant.address, dseq };
  const hash = new Uint8Array(32).fill(1);
  const groups = [aGroup()];
  await done(lanes.tenant, { type: 'create-deployment', id, groups, hash, deposit });
  return { ...id, gseq: 1, oseq: 1 };
};
const bid = (lane: TxLane, order: OrderId, amount: string): Promise<bigint> =>
  done(lane, {
    type: 'create-bid',
    id: bidIdOf(order, lane.address),
    price: { denom: 'uact', amount: new Decimal(amount) },
    deposit: { denom: 'uact', amount: 500_000n },
    resourcesOffer: aGroup().units.map(({ resources, count }) => ({ resources, count })),
  });

/** Starts `berth record`; resolves with its exit code. */
const berthRecord = (...args: readonly string[]) => {
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      'cli/main.ts',
      '--node',
      chain.rpcUrl,
      'record',
      '--poll',
      '100ms',
      ...args,
    ],
    { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  running.add(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'exit').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, said };
  });
  return { child, ended };
};

const reached = (path: string, height: bigint): Promise<unknown> =>
  waitFor(
    `block ${height} in ${path}`,
    async () => {
      const end = await bookEnd(path);
      return end !== undefined && end.next > height ? end : undefined;
    },
    { timeoutMs: 60_000 },
  );

const outcomes = (book: OrderBook, id: OrderId) => {
  const order = book.orders.find((o) => formatOrderId(o.id) === formatOrderId(id));
  return {
    bids: order?.bids.map((b) => [b.id.provider, b.price.amount.toFixed(), b.outcome]),
    lease: order?.lease?.price.amount.toFixed(),
    closed: order?.lease?.closed?.reason,
    gpus: order?.bids[0]?.gpus,
    spec: order?.spec,
  };
};

describe('berth record', () => {
  it('killed and started again makes the book that one go makes, with every bid and what became of it', async () => {
    const path = join(dir, 'book.jsonl.gz');
    const { provider, otherProvider, tenant } = lanes;
    const first = await openOrder(1n);
    await bid(provider, first, '700');
    const recorder = berthRecord('--out', path);
    const opened = await openOrder(2n);
    const height = await bid(otherProvider, first, '650');
    await reached(path, height);
    recorder.child.kill('SIGKILL');
    await recorder.ended;

    // While nobody records, the first order is leased and the second gets a bid.
    await done(tenant, { type: 'create-lease', id: bidIdOf(first, otherProvider.address) });
    await bid(provider, opened, '900');
    await done(tenant, { type: 'close-deployment', id: { owner: tenant.address, dseq: 1n } });
    const again = berthRecord('--out', path);
    const last = await done(tenant, {
      ...{ type: 'create-lease', id: bidIdOf(opened, provider.address) },
    });
    await reached(path, last);
    again.child.kill('SIGTERM');
    expect((await again.ended).code).toBe(0);

    const whole = join(dir, 'whole.jsonl.gz');
    const end = await bookEnd(path);
    const until = String((end?.next ?? 0n) - 1n);
    const oneGo = berthRecord('--out', whole, '--from', '1', '--until', until);
    const { code, said } = await oneGo.ended;
    expect([code, said]).toEqual([0, expect.stringContaining('Recording from block 1')]);

    const [book, reference] = [await readHistory(path), await readHistory(whole)];
    expect(book.chainId).toBe(chain.chainId);
    expect(book.gaps).toEqual([]);
    expect(book.through).toEqual(reference.through);
    for (const id of [first, opened]) expect(outcomes(book, id)).toEqual(outcomes(reference, id));
    expect(outcomes(book, first)).toEqual({
      bids: [
        [provider.address, '700', 'lost'],
        [otherProvider.address, '650', 'won'],
      ],
      lease: '650',
      closed: 'lease_closed_owner',
      gpus: ['vendor/nvidia/model/h100/ram/80Gi/interface/sxm'],
      spec: aGroup(),
    });
    expect(outcomes(book, opened)).toMatchObject({ lease: '900', closed: undefined });
  });
});
