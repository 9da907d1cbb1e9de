import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Block } from '../../market/events.js';
import { connectChain } from '../client.js';
import type { ChainClient } from '../client.js';
import { ScriptedError, ScriptedRpc } from '../testing/scripted-rpc.js';
import { recordedTxBytes } from '../testing/recordings.js';
import { until } from '../testing/until.js';
import type { FeedNotice } from './block-feed.js';

const OWNER = 'akash1755j742uefcjur6qy6ylgkne80xsqn4dcs360u';
const orderCreated = (
  dseq: number,
): { type: string; attributes: { key: string; value: string }[] } => ({
  type: 'akash.market.v1.EventOrderCreated',
  attributes: [{ key: 'id', value: `{"owner":"${OWNER}","dseq":"${dseq}","gseq":1,"oseq":1}` }],
});

let rpc: ScriptedRpc;
let other: ScriptedRpc;
let client: ChainClient;
let stop: AbortController;
let running: Promise<unknown>;
let blocks: Block[];
let notices: FeedNotice[];

const start = (urls: readonly string[], pollMs = 10): void => {
  client = connectChain({
    endpoints: urls,
    requestTimeoutMs: 300,
    feed: { pollMs, blockMs: 40, onNotice: (n) => notices.push(n) },
  });
  running = client.feed.run(stop.signal, (block) => {
    blocks.push(block);
  });
  running.catch(() => undefined);
};

const heights = (): readonly bigint[] => blocks.map((b) => b.height);
const upTo = (from: number, to: number): readonly bigint[] =>
  Array.from({ length: to - from + 1 }, (_, i) => BigInt(from + i));

beforeEach(async () => {
  [rpc, other] = [await ScriptedRpc.start(), await ScriptedRpc.start()];
  rpc.addBlock();
  blocks = [];
  notices = [];
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await running.catch(() => undefined);
  client.close();
  await Promise.all([rpc.stop(), other.stop()]);
});

describe('the block feed', () => {
  it('begins with the latest block and takes the next ones from the subscription alone', async () => {
    start([rpc.url], 60_000);
    await until('the first block', () => blocks.length === 1);
    await until('the subscription', () => rpc.subscribers === 1);
    const fetched = rpc.count('block_results');
    for (let i = 0; i < 5; i += 1)
      rpc.addBlock({ txs: [{ bytes: Uint8Array.of(i), events: [orderCreated(i + 1)] }] });
    await until('five more', () => blocks.length === 6);
    expect(heights()).toEqual(upTo(1, 6));
    expect(blocks.flatMap((b) => b.events.map((e) => e.type))).toEqual(
      Array(5).fill('order-created'),
    );
    expect(rpc.count('block_results')).toBe(fetched);
    expect(blocks[5]).toMatchObject({
      timeMs: rpc.blocks[5]?.timeMs,
      hash: rpc.blocks[5]?.hash,
    });
  });

  it('without a word from the subscription the poll brings every block', async () => {
    rpc.mute = true;
    start([rpc.url]);
    await until('the first block', () => blocks.length === 1);
    for (let i = 0; i < 30; i += 1) rpc.addBlock({ events: [orderCreated(i + 1)] });
    await until('all of them', () => blocks.length === 31);
    expect(heights()).toEqual(upTo(1, 31));
    expect(blocks.flatMap((b) => b.events)).toHaveLength(30);
  });

  it('finds a half-open socket: silent while the chain goes on, it is dropped and made anew', async () => {
    start([rpc.url]);
    await until('the subscription', () => rpc.subscribers === 1);
    rpc.mute = true;
    const tick = setInterval(() => rpc.addBlock(), 15);
    await until('the drop', () => notices.some((n) => n.kind === 'disconnected'));
    rpc.mute = false;
    await until('another subscription', () => rpc.subscribers === 1);
    const seen = rpc.blocks.length;
    await until('blocks after it', () => (heights().at(-1) ?? 0n) > BigInt(seen + 2));
    clearInterval(tick);
    expect(notices).toContainEqual({
      kind: 'disconnected',
      endpoint: new URL(rpc.url).host,
      why: 'no frame came while the chain went on',
    });
    expect(heights()).toEqual(upTo(1, heights().length));
  });

  it('reconnects after a drop and fills what it missed', async () => {
    start([rpc.url]);
    await until('the subscription', () => rpc.subscribers === 1);
    rpc.dropConnections();
    for (let i = 0; i < 10; i += 1) rpc.addBlock({ events: [orderCreated(i + 1)] }, true);
    await until('the missed blocks', () => blocks.length === 11);
    await until('a new subscription', () => rpc.subscribers === 1);
    rpc.addBlock();
    await until('the next block', () => blocks.length === 12);
    expect(heights()).toEqual(upTo(1, 12));
  });

  it('duplicates, old frames and reordering do not show', async () => {
    start([rpc.url]);
    await until('the subscription', () => rpc.subscribers === 1);
    const made = Array.from({ length: 6 }, () => rpc.addBlock({}, true));
    for (const i of [5, 0, 3, 3, 1, 5, 2, 4, 0]) {
      const block = made[i];
      if (block !== undefined) rpc.announce(block);
    }
    await until('all of them', () => blocks.length === 7);
    rpc.addBlock();
    await until('one more', () => blocks.length === 8);
    expect(heights()).toEqual(upTo(1, 8));
  });

  it('waits for a slow reader before the next block', async () => {
    client = connectChain({ endpoints: [rpc.url], feed: { pollMs: 10 } });
    let busy = 0;
    let most = 0;
    running = client.feed.run(stop.signal, async (block) => {
      busy += 1;
      most = Math.max(most, busy);
      await new Promise((resolve) => setImmediate(resolve));
      busy -= 1;
      blocks.push(block);
    });
    await until('the first block', () => blocks.length === 1);
    for (let i = 0; i < 20; i += 1) rpc.addBlock();
    await until('all of them', () => blocks.length === 21);
    expect(most).toBe(1);
    expect(heights()).toEqual(upTo(1, 21));
  });

  it('an event that cannot be read is told and costs nothing else', async () => {
    start([rpc.url]);
    await until('the first block', () => blocks.length === 1);
    rpc.addBlock({ events: [{ ...orderCreated(1), attributes: [] }, orderCreated(2)] });
    await until('the block', () => blocks.length === 2);
    expect(blocks[1]?.events).toHaveLength(1);
    expect(notices).toContainEqual(
      expect.objectContaining({ kind: 'unreadable-event', height: 2n }),
    );
  });

  it('a node that does not have a block yet is asked again', async () => {
    rpc.mute = true;
    start([rpc.url]);
    await until('the first block', () => blocks.length === 1);
    let refusals = 0;
    rpc.handlers.set('block_results', () => {
      refusals += 1;
      return refusals > 4 ? undefined : new ScriptedError('could not find results for height');
    });
    rpc.addBlock();
    await until('the block', () => blocks.length === 2);
    expect(heights()).toEqual([1n, 2n]);
  });

  it('blocks that no node has any more are told as a gap', async () => {
    rpc.mute = true;
    start([rpc.url]);
    await until('the first block', () => blocks.length === 1);
    rpc.hang = true;
    for (let i = 0; i < 20; i += 1) rpc.addBlock();
    rpc.blocks.splice(0, 15);
    rpc.hang = false;
    await until('the blocks that are left', () => heights().at(-1) === 21n);
    expect(notices).toContainEqual({ kind: 'gap', from: 2n, to: 15n });
    expect(heights()).toEqual([1n, ...upTo(16, 21)]);
  });

  it('a chain that stands still at one endpoint is read from another', async () => {
    other.addBlock();
    start([rpc.url, other.url]);
    await until('the first block', () => blocks.length === 1);
    const tick = setInterval(() => other.addBlock(), 15);
    await until('blocks of the other', () => blocks.length > 5);
    clearInterval(tick);
    expect(heights()).toEqual(upTo(1, heights().length));
  });

  it('a chain that stands still everywhere is told', async () => {
    start([rpc.url]);
    await until('the first block', () => blocks.length === 1);
    await until('the notice', () => notices.some((n) => n.kind === 'stalled'));
  });

  it('one half-open socket of two costs nothing: the other endpoint tells first', async () => {
    other.addBlock();
    rpc.mute = true;
    start([rpc.url, other.url], 60_000);
    await until('the other subscription', () => other.subscribers === 1);
    for (let i = 0; i < 5; i += 1) for (const node of [rpc, other]) node.addBlock();
    await until('all of them', () => blocks.length === 6);
    expect(heights()).toEqual(upTo(1, 6));
  });

  it('a forged frame is not believed, and its sender is not listened to any more', async () => {
    start([rpc.url]);
    await until('the subscription', () => rpc.subscribers === 1);
    rpc.forging = true;
    rpc.addBlock({ events: [orderCreated(1)] });
    await until('the accusation', () => client.endpoints()[0]?.code === 'BlockForged');
    expect(heights()).toEqual([1n]);
  });

  it('a new order comes with its group out of the block itself: nobody is asked for it', async () => {
    start([rpc.url]);
    await until('the subscription', () => rpc.subscribers === 1);
    rpc.addBlock({
      txs: [{ bytes: recordedTxBytes('deployment-create'), events: [orderCreated(7)] }],
    });
    await until('the block', () => blocks.length === 2);
    const [event] = blocks[1]?.events ?? [];
    expect(event?.type === 'order-created' ? event.order : undefined).toMatchObject({
      state: 'open',
      createdAt: 2n,
      spec: { name: 'westcoast', units: [{ count: 1 }] },
    });
    expect(rpc.count('abci_query')).toBe(0);
  });

  it('the same block fetched instead of told gives the same event', async () => {
    rpc.mute = true;
    start([rpc.url]);
    await until('the first block', () => blocks.length === 1);
    rpc.addBlock({
      txs: [{ bytes: recordedTxBytes('deployment-create'), events: [orderCreated(7)] }],
    });
    await until('the block', () => blocks.length === 2);
    expect(blocks[1]?.events[0]).toHaveProperty('order.spec.name', 'westcoast');
  });

  it('staleness is infinite before the first block, small after, and grows while nothing comes', async () => {
    start([rpc.url]);
    expect(client.feed.stalenessMs()).toBe(Infinity);
    await until('the first block', () => blocks.length === 1);
    const early = client.feed.stalenessMs();
    expect(early).toBeLessThan(1_000);
    await until('time to pass', () => client.feed.stalenessMs() > early + 20);
    rpc.addBlock();
    await until('the next block', () => blocks.length === 2);
    expect(client.feed.stalenessMs()).toBeLessThan(early + 20);
  });

  it('ends when aborted, and with the error when the reader fails', async () => {
    start([rpc.url]);
    await until('the first block', () => blocks.length === 1);
    stop.abort();
    await expect(running).resolves.toBeUndefined();
    stop = new AbortController();
    running = client.feed.run(stop.signal, () => {
      throw new Error('reader failed');
    });
    running.catch(() => undefined);
    rpc.addBlock();
    await expect(running).rejects.toThrow('reader failed');
  });
});
