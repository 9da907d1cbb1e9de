/** What only a node of ours can be made to do: die, come back, lag, and refuse unordered transactions. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectChain } from '../../../chain/client.js';
import type { ChainClient } from '../../../chain/client.js';
import { subscribeToBlocks } from '../../../chain/feed/subscription.js';
import { endpointAddress } from '../../../chain/rpc/endpoint-config.js';
import { isChainUnavailable } from '../../../chain/ports.js';
import type { ChainMessage, Signer, TxLane } from '../../../chain/ports.js';
import { until } from '../../../chain/testing/until.js';
import { signerFromMnemonic } from '../../../chain/wallet.js';
import { DEVNET_ACCOUNTS } from '../../../devnet/accounts.js';
import { startDevnet } from '../../../devnet/process.js';
import type { Devnet } from '../../../devnet/process.js';
import type { Block } from '../../../market/events.js';
import { Decimal } from '../../../market/money.js';
import { afterTests } from '../../after-tests.js';

const LIMIT_MS = 15_000;

describe.each([
  ['with unordered transactions', true],
  ['with unordered transactions switched off', false],
])('a devnet %s', (_name, unordered) => {
  let dir: string;
  let devnet: Devnet;
  let client: ChainClient;
  let signer: Signer;
  let lane: TxLane;

  const send = (amount: bigint): ChainMessage => ({
    type: 'send',
    from: signer.address,
    to: DEVNET_ACCOUNTS.faucet.address,
    amount: [{ denom: 'uakt', amount }],
  });

  const atEnd = afterTests(60_000);
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'berth-chain-outages-'));
    atEnd(() => rm(dir, { recursive: true }));
    devnet = await startDevnet({ dir: join(dir, 'chain'), blockTimeMs: 200, unordered });
    atEnd(() => devnet.stop());
    client = connectChain({
      endpoints: [devnet.rpcUrl],
      requestTimeoutMs: 2_000,
      feed: { pollMs: 100, blockMs: 300 },
    });
    atEnd(() => {
      client.close();
    });
    signer = await signerFromMnemonic(DEVNET_ACCOUNTS.tenant.mnemonic);
    lane = client.laneFor(signer, {
      gasPrice: { denom: 'uakt', amount: new Decimal('0.025') },
      pollMs: 50,
    });
  }, 60_000);

  it(
    'takes ten transactions of one key at once, whichever way it wants them',
    async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, i) => lane.submit([send(BigInt(i + 1))])),
      );
      expect(outcomes.map((o) => o.status === 'included' && o.code)).toEqual(Array(10).fill(0));
      const heights = new Set(outcomes.map((o) => (o.status === 'included' ? o.height : 0n)));
      expect(heights.size).toBeLessThan(4);
      const tx = await lane.sign([send(1n)]);
      expect(tx.timeoutNs !== undefined).toBe(unordered);
      // In order, a sequence that is taken has to be used.
      expect(await lane.broadcast(tx)).toMatchObject({ status: 'included', code: 0 });
      expect((await client.reader.account(signer.address))?.publicKey).toEqual(signer.publicKey);
    },
    LIMIT_MS,
  );

  it(
    'two processes use one key at once: every transaction of both lands once',
    async () => {
      const other = client.laneFor(signer, {
        gasPrice: { denom: 'uakt', amount: new Decimal('0.025') },
        pollMs: 50,
      });
      const before = (await client.reader.account(signer.address))?.sequence ?? 0n;
      const outcomes = await Promise.all(
        [lane, other].flatMap((l) => Array.from({ length: 8 }, () => l.submit([send(3n)]))),
      );
      expect(outcomes.map((o) => o.status === 'included' && o.code)).toEqual(Array(16).fill(0));
      expect(new Set(outcomes.map((o) => o.hash)).size).toBe(16);
      const after = (await client.reader.account(signer.address))?.sequence ?? 0n;
      expect(after - before).toBe(unordered ? 0n : 16n);
    },
    LIMIT_MS,
  );

  it(
    'is killed with ten in its mempool: each lands once when it is back',
    async () => {
      const before = (await client.reader.account(signer.address))?.sequence ?? 0n;
      const outcomes = Promise.all(Array.from({ length: 10 }, () => lane.submit([send(5n)])));
      await devnet.kill();
      await devnet.restart();
      expect((await outcomes).map((o) => o.status === 'included' && o.code)).toEqual(
        Array(10).fill(0),
      );
      const after = (await client.reader.account(signer.address))?.sequence ?? 0n;
      expect(after - before).toBe(unordered ? 0n : 10n);
    },
    LIMIT_MS,
  );

  it(
    'is killed in between: the transaction lands once it is back, and the feed has no gap',
    async () => {
      const blocks: Block[] = [];
      const stop = new AbortController();
      const feeding = client.feed.run(stop.signal, (block) => {
        blocks.push(block);
      });
      await until('three blocks', () => blocks.length >= 3, LIMIT_MS);
      const tx = await lane.sign([send(77n)]);
      await devnet.kill();
      expect(isChainUnavailable(await client.reader.head().catch((e: unknown) => e))).toBe(true);
      const outcome = lane.broadcast(tx);
      await devnet.restart();
      expect(await outcome).toMatchObject({ status: 'included', code: 0 });
      const last = blocks.at(-1)?.height ?? 0n;
      await until('blocks after it', () => (blocks.at(-1)?.height ?? 0n) > last + 3n, LIMIT_MS);
      stop.abort();
      await feeding;
      const heights = blocks.map((b) => b.height);
      expect(heights).toEqual(heights.map((_, i) => (heights[0] ?? 0n) + BigInt(i)));
    },
    3 * LIMIT_MS,
  );

  it(
    'sends frames that need no second request',
    async () => {
      const kinds: string[] = [];
      let txs = 0;
      const subscription = subscribeToBlocks(
        endpointAddress(devnet.rpcUrl),
        (frame) => {
          kinds.push(frame.kind);
          if (frame.kind === 'block') txs += frame.block.results.txs.length;
        },
        () => performance.now(),
      );
      await until('the first frame', () => kinds.length > 0, LIMIT_MS);
      await lane.submit([send(5n)]);
      await until('the transaction in a frame', () => txs > 0, LIMIT_MS);
      expect(new Set(kinds)).toEqual(new Set(['block']));
      subscription.terminate();
      await subscription.ended;
    },
    LIMIT_MS,
  );
});
