/**
 * Five hundred live leases that all come due at once, while orders go on coming: no bid may be a block later for it. The leases
 * are made before the operator starts, which then finds and keeps them.
 */
import { COMPUTE_LEASES } from '../../kube/resources.js';
import { bidIdOf } from '../../market/ids.js';
import { parseDecimal } from '../../market/money.js';
import type { ChainMessage, TxLane } from '../../chain/ports.js';
import { waitFor } from '../../test/peers/wait.js';
import { mustLand, say, startBench } from './bench-stack.js';
import type { BenchStack } from './bench-stack.js';
import { createOrders, followBids } from './burst.js';
import type { Burst } from './burst.js';
import { aGroup } from './group.js';
import { conclude, ms, printBurst, quantile } from './report.js';

const LEASES = 500;
const PER_TX = 50;
/** Long enough for the operator to find and set up all of them, before they come due together. */
const PERIOD_SECONDS = 20;
const ROUNDS = 25;
const ORDERS_PER_ROUND = 10;

const sendAll = async (lane: TxLane, messages: readonly ChainMessage[]): Promise<void> => {
  for (let i = 0; i < messages.length; i += PER_TX) {
    const batch = messages.slice(i, i + PER_TX);
    mustLand(await lane.submit(batch, { gas: 300_000n * BigInt(PER_TX) }));
  }
};

const makeLeases = async ({ tenant, provider }: BenchStack): Promise<void> => {
  const ids = Array.from({ length: LEASES }, (_, i) =>
    bidIdOf(
      { owner: tenant.address, dseq: BigInt(3_000_000 + i), gseq: 1, oseq: 1 },
      provider.address,
    ),
  );
  await sendAll(
    tenant,
    ids.map((id) => ({
      ...{ type: 'create-deployment', id, groups: [aGroup()], hash: new Uint8Array(32).fill(1) },
      deposit: { denom: 'uact', amount: 5_000_000n },
    })),
  );
  await sendAll(
    provider,
    ids.map((id) => ({
      ...{ type: 'create-bid', id, deposit: { denom: 'uact', amount: 500_000n } },
      price: { denom: 'uact', amount: parseDecimal('100') },
      resourcesOffer: aGroup().units.map(({ resources, count }) => ({ resources, count })),
    })),
  );
  await sendAll(
    tenant,
    ids.map((id) => ({ type: 'create-lease', id })),
  );
};

const withdrawn = async ({ reader, provider }: BenchStack): Promise<number> =>
  (await reader.leasesOf(provider.address, ['active'])).filter(
    (l) => (l.payment?.withdrawn.amount ?? 0n) > 0n,
  ).length;

/** @returns whether the bars were met */
export const benchManyLeases = async (): Promise<boolean> => {
  const bench = await startBench({ withdrawalPeriodSeconds: PERIOD_SECONDS });
  try {
    const { stack } = bench;
    await bench.bidding();
    await stack.operator.terminate({ hold: true });
    say(`making ${LEASES} leases`);
    await makeLeases(bench);
    stack.operator.release();
    await waitFor(
      'every lease to be kept',
      async () => (await stack.api.list(COMPUTE_LEASES)).items.length >= LEASES || undefined,
      { timeoutMs: 180_000, intervalMs: 1_000 },
    );
    await bench.bidding();
    const rounds: Burst[] = [];
    const before = performance.now();
    for (let i = 0; i < ROUNDS; i += 1) {
      rounds.push(await followBids(bench, await createOrders(bench, ORDERS_PER_ROUND)));
    }
    const paid = await waitFor(
      'every lease to be withdrawn from',
      async () => {
        const count = await withdrawn(bench);
        return count >= LEASES ? count : undefined;
      },
      { timeoutMs: 60_000, intervalMs: 1_000 },
    );
    for (const round of rounds.filter((r) => r.misses.length > 0)) printBurst('500 leases', round);
    const accepted = rounds.flatMap((r) => r.acceptedMs).sort((a, b) => a - b);
    const late = rounds.reduce((sum, r) => sum + r.misses.length + r.missing, 0);
    const seconds = ms((performance.now() - before) / 1000);
    say(
      `${paid} leases withdrawn from while ${ROUNDS * ORDERS_PER_ROUND} orders came in ${seconds} s: ${late} bids later than the next block; ` +
        `CheckTx after ${ms(quantile(accepted, 0.5))} ms (p50), ${ms(quantile(accepted, 0.99))} ms (p99)`,
    );
    return conclude({
      ...{
        name: 'bids-many-leases',
        conditions: { leases: LEASES, periodSeconds: PERIOD_SECONDS },
      },
      figures: {
        ...{ withdrawn: paid, bids: ROUNDS * ORDERS_PER_ROUND, late, seconds },
        acceptedP50Ms: ms(quantile(accepted, 0.5)),
        acceptedP99Ms: ms(quantile(accepted, 0.99)),
      },
      bar: { withdrawn: LEASES, late: 0 },
      met: paid >= LEASES && late === 0,
    });
  } finally {
    await bench.stop();
  }
};
