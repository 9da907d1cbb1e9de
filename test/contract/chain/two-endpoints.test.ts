/** Two real nodes of one chain behind one client: agreement, fail-over, and what is left when one of them dies. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectChain } from '../../../chain/client.js';
import type { ChainClient } from '../../../chain/client.js';
import type { Proven } from '../../../chain/ports.js';
import { until } from '../../../chain/testing/until.js';
import { signerFromMnemonic } from '../../../chain/wallet.js';
import { DEVNET_ACCOUNTS } from '../../../devnet/accounts.js';
import type { DevnetNode } from '../../../devnet/node/node.js';
import { startDevnet } from '../../../devnet/process.js';
import type { Devnet } from '../../../devnet/process.js';
import type { Block } from '../../../market/events.js';
import { formatOrderId } from '../../../market/ids.js';
import type { OrderId } from '../../../market/ids.js';
import { Decimal } from '../../../market/money.js';
import { aGroup } from './a-group.js';

const LIMIT_MS = 20_000;

describe('two nodes of one devnet', () => {
  let dir: string;
  let devnet: Devnet;
  let second: DevnetNode;
  let client: ChainClient;
  let feeding: Promise<void>;
  const stop = new AbortController();
  const blocks: Block[] = [];

  const codes = (): readonly string[] => client.endpoints().map((e) => e.code);
  const heightOf = (): bigint => blocks.at(-1)?.height ?? 0n;
  const ask = (): Promise<Proven<bigint>> =>
    client.proof.read(
      async (reader) => (await reader.balances(DEVNET_ACCOUNTS.faucet.address))[0]?.amount ?? 0n,
      (amount) => amount.toString(),
      heightOf(),
    );

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'berth-two-endpoints-'));
    devnet = await startDevnet({ dir: join(dir, 'chain'), blockTimeMs: 500 });
    second = await devnet.addFullNode(join(dir, 'second'));
    client = connectChain({
      endpoints: [second.rpcUrl, devnet.rpcUrl],
      requestTimeoutMs: 3_000,
      feed: { pollMs: 200, blockMs: 500 },
      probe: { everyMs: 300 },
    });
    feeding = client.feed.run(stop.signal, (block) => {
      blocks.push(block);
    });
  }, 90_000);

  afterAll(async () => {
    stop.abort();
    await feeding;
    client.close();
    await devnet.stop();
    await rm(dir, { recursive: true });
  }, 60_000);

  it(
    'both are found healthy, and what both say is proof',
    async () => {
      await until('both to be healthy', () => codes().every((c) => c === 'Healthy'), LIMIT_MS);
      await until('three blocks', () => blocks.length >= 3, LIMIT_MS);
      const proof = await ask();
      expect(proof.proven ? proof.by.toSorted() : proof.reason).toEqual(
        [second.rpcUrl, devnet.rpcUrl].map((url) => new URL(url).host).toSorted(),
      );
    },
    2 * LIMIT_MS,
  );

  it(
    'a new order comes with what it asks for, just as the chain lists it',
    async () => {
      const signer = await signerFromMnemonic(DEVNET_ACCOUNTS.tenant.mnemonic);
      const lane = client.laneFor(signer, {
        gasPrice: { denom: 'uakt', amount: new Decimal('0.025') },
      });
      const dseq = heightOf();
      const id: OrderId = { owner: signer.address, dseq, gseq: 1, oseq: 1 };
      const outcome = await lane.submit([
        {
          type: 'create-deployment',
          id,
          groups: [aGroup()],
          hash: new Uint8Array(32).fill(7),
          deposit: { denom: 'uact', amount: 5_000_000n },
        },
      ]);
      expect(outcome).toMatchObject({ status: 'included', code: 0 });
      const created = (): Block['events'] =>
        blocks.flatMap((b) => b.events.filter((e) => e.type === 'order-created'));
      await until('the order', () => created().length > 0, LIMIT_MS);
      const [event] = created();
      const listed = await client.reader.order(id);
      expect(event?.type === 'order-created' ? event.order : undefined).toEqual(listed);
      const market = await client.reader.market(DEVNET_ACCOUNTS.provider.address);
      expect(market.orders.map((o) => formatOrderId(o.id))).toContain(formatOrderId(id));
    },
    2 * LIMIT_MS,
  );

  it(
    'one dies: blocks go on without a gap, answers too, and proof is refused with a reason',
    async () => {
      await second.kill();
      const before = heightOf();
      await expect(client.reader.head()).resolves.toMatchObject({ catchingUp: false });
      await until('blocks after it', () => heightOf() > before + 2n, LIMIT_MS);
      await until('it to be noticed', () => codes()[0] === 'NotAnswering', LIMIT_MS);
      const proof = await ask();
      expect(proof.proven ? proof.by : proof.reason.code).toBe('NoSecondOpinion');
      const heights = blocks.map((b) => b.height);
      expect(heights).toEqual(heights.map((_, i) => (heights[0] ?? 0n) + BigInt(i)));
    },
    2 * LIMIT_MS,
  );

  it(
    'marked trusted by the next change of the endpoints, the other is enough alone',
    async () => {
      client.setEndpoints([{ url: devnet.rpcUrl, trusted: true }]);
      await until('it to be looked at', () => codes()[0] === 'Healthy', LIMIT_MS);
      const proof = await ask();
      expect(proof.proven ? proof.by : proof.reason).toEqual([new URL(devnet.rpcUrl).host]);
    },
    2 * LIMIT_MS,
  );
});
