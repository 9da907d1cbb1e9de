/** A hundred tenants whose money ends, on the devnet's own escrow; the operator's funds controller against the real thing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectChain } from '../../../chain/client.js';
import type { ChainClient } from '../../../chain/client.js';
import type { ChainMessage, TxLane } from '../../../chain/ports.js';
import { signerFromMnemonic } from '../../../chain/wallet.js';
import { bidIdOf } from '../../../market/ids.js';
import type { BidId } from '../../../market/ids.js';
import { Decimal } from '../../../market/money.js';
import { ChainView } from '../../../operator/chain-view/chain-view.js';
import { systemClock } from '../../../operator/clock.js';
import { FundsBook } from '../../../operator/funds/funds-book.js';
import { FundsController } from '../../../operator/funds/funds-controller.js';
import { createLogger } from '../../../operator/logger.js';
import { Loop } from '../../../operator/loop.js';
import { createMetrics } from '../../../operator/metrics.js';
import { aGroup, providerAttributes } from '../../contract/chain/a-group.js';
import { type Chain, startChain } from '../../peers/chain.js';
import { waitFor } from '../../peers/wait.js';

jest.setTimeout(180_000);

const LEASES = 100;
const DEPOSIT = 500_000n;
/** Blocks that lease number `i` has paid for: half end in one block, the others one after the other. */
const paidBlocks = (i: number): bigint => (i < LEASES / 2 ? 60n : BigInt(i - 10));
const rateOf = (i: number): bigint => DEPOSIT / paidBlocks(i);

describe('leases that run dry on the devnet', () => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-dry-'));
  let node: Chain;
  let chain: ChainClient;
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();

  const laneOf = async (role: 'provider' | 'tenant'): Promise<TxLane> =>
    chain.laneFor(await signerFromMnemonic(node.account(role).mnemonic), {
      gasPrice: { denom: 'uakt', amount: new Decimal('0.025') },
    });
  /** Many messages, a few in each transaction, side by side. */
  const all = async (lane: TxLane, messages: readonly ChainMessage[]): Promise<void> => {
    const size = 25;
    const outcomes = await Promise.all(
      Array.from({ length: Math.ceil(messages.length / size) }, (_, i) =>
        lane.submit(messages.slice(i * size, (i + 1) * size), { gas: 8_000_000n }),
      ),
    );
    expect(outcomes.map((o) => (o.status === 'included' ? o.log : o.status)).join('')).toBe('');
  };

  beforeAll(async () => {
    node = await startChain({ dir: join(dir, 'chain'), blockTimeMs: 500, env: {} });
    chain = connectChain({ endpoints: [node.rpcUrl], chainId: node.chainId });
  });
  afterAll(async () => {
    stop.abort();
    await running;
    chain.close();
    await node.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('none of a hundred runs more than two blocks unpaid', async () => {
    const [provider, tenant] = [await laneOf('provider'), await laneOf('tenant')];
    await all(provider, [
      {
        type: 'create-provider',
        provider: {
          ...{ owner: provider.address, hostUri: 'https://localhost:8443' },
          ...{ attributes: providerAttributes, info: { email: '', website: '' } },
        },
      },
    ]);
    const ids: readonly BidId[] = Array.from({ length: LEASES }, (_, i) =>
      bidIdOf(
        { owner: tenant.address, dseq: BigInt(1000 + i), gseq: 1, oseq: 1 },
        provider.address,
      ),
    );
    const uact = (amount: bigint) => ({ denom: 'uact', amount });
    await all(
      tenant,
      ids.map((id) => ({
        ...{ type: 'create-deployment', id, groups: [aGroup()], hash: new Uint8Array(32).fill(1) },
        deposit: uact(DEPOSIT),
      })),
    );
    await all(
      provider,
      ids.map((id, i) => ({
        ...{ type: 'create-bid', id, deposit: uact(500_000n) },
        price: { denom: 'uact', amount: new Decimal(rateOf(i).toString()) },
        resourcesOffer: aGroup().units.map(({ resources, count }) => ({ resources, count })),
      })),
    );
    await all(
      tenant,
      ids.map((id) => ({ type: 'create-lease', id })),
    );

    const view = new ChainView(systemClock, 10_000, 500);
    const log = createLogger('silent');
    const funds = new FundsController({
      ...{ reader: chain.reader, lane: provider, view, log, provider: provider.address },
      ...{ book: new FundsBook(), metrics: createMetrics(), marginBlocks: () => 5n },
      terms: () => ({
        ...{ warnBlocks: 10n, minWithdrawUact: 1n, uaktUsdWhileHalted: undefined },
        rhythm: {
          ...{ feeUact: new Decimal('3000'), capitalPercentPerYear: 15 },
          ...{ blockTimeMs: view.blockTimeMs, maxBlocks: 1_000_000n },
        },
      }),
      rememberedWithdrawal: () => undefined,
      onChanged: () => undefined,
    });
    const failures: unknown[] = [];
    const refreshing = new Loop(() => funds.refresh(), {
      ...{ clock: systemClock, onError: (error) => failures.push(error), everyMs: 2_000 },
    });
    running = Promise.all([
      refreshing.run(stop.signal),
      chain.feed.run(stop.signal, (block) => {
        view.observe(block);
        funds.withdrawDue(stop.signal);
      }),
    ]);

    const ended = await waitFor(
      'the end of every lease',
      async () => {
        const live = await chain.reader.leasesOf(provider.address, ['active']);
        if (live.length > 0) return undefined;
        return chain.reader.leasesOf(provider.address, ['insufficient_funds']);
      },
      { timeoutMs: 120_000 },
    );
    stop.abort();
    await running;
    await funds.settled();
    expect(failures).toEqual([]);
    expect(ended).toHaveLength(LEASES);
    const unpaid = ended.map((lease) => {
      const rate = BigInt(lease.price.amount.toFixed(0));
      return Number(lease.closedOn - lease.createdAt - DEPOSIT / rate);
    });
    expect(Math.max(...unpaid)).toBeLessThanOrEqual(2);
    // Everything that the tenants deposited has come in.
    const paid = ended.reduce((sum, l) => sum + (l.payment?.withdrawn.amount ?? 0n), 0n);
    expect(paid).toBe(DEPOSIT * BigInt(LEASES));
  });
});
