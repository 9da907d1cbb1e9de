/**
 * How many blocks after an order its bid is on chain: bursts of orders in one block, on the whole stack (real control plane,
 * CometBFT devnet, operator as a process). The last line is one JSON object; the exit status is 1 when the bar is missed.
 * The conditions are those of the Go provider's measurements: 0.1 CPU, 128 MiB, no GPU, 1 s blocks, two cores, loopback.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectChain } from '../chain/client.js';
import { isTrue } from '../crds/conditions.js';
import { COMPUTE_PROVIDERS } from '../kube/resources.js';
import { signerFromMnemonic } from '../chain/wallet.js';
import { formatOrderId, orderIdOf } from '../market/ids.js';
import { parseDecimal } from '../market/money.js';
import type { GroupSpec } from '../market/resources.js';
import { waitFor } from '../test/peers/wait.js';
import { startStack } from '../test/stack/stack.js';

const BURSTS = [1, 10, 100, 200] as const;
const BLOCK_TIME_MS = 1000;
/** Of the orders of a burst, the share whose bid must be in the very next block. */
const BAR = 1;

const group: GroupSpec = {
  name: 'bench',
  requirements: { signedBy: { allOf: [], anyOf: [] }, attributes: [] },
  units: [
    {
      resources: {
        id: 1,
        cpu: { milliCpu: 100n, attributes: [] },
        memory: { quantityBytes: 128n * 2n ** 20n, attributes: [] },
        storage: [{ name: 'default', quantityBytes: 2n ** 27n, attributes: [] }],
        gpu: { units: 0n, attributes: [] },
        endpoints: [],
      },
      count: 1,
      price: { denom: 'uact', amount: parseDecimal('1000') },
    },
  ],
};

interface Burst {
  readonly orders: number;
  /** Blocks from order to bid. */
  readonly first: number;
  readonly median: number;
  readonly last: number;
  readonly shareInNextBlock: number;
  readonly missing: number;
}

const dir = mkdtempSync(join(tmpdir(), 'berth-bench-bids-'));
const stack = await startStack({
  dir,
  blockTimeMs: BLOCK_TIME_MS,
  log: (line) => console.error(line),
});
const results: Burst[] = [];
try {
  await waitFor(
    'Berth to be bidding',
    async () => {
      const object = await stack.api.get(COMPUTE_PROVIDERS, { name: 'provider' });
      return isTrue(object?.status?.conditions, 'Bidding') || undefined;
    },
    { timeoutMs: 60_000 },
  );
  const account = stack.chain.account('tenant');
  const provider = stack.chain.account('provider').address;
  const chain = connectChain({ endpoints: [stack.chain.rpcUrl], chainId: stack.chain.chainId });
  const lane = chain.laneFor(await signerFromMnemonic(account.mnemonic), {
    gasPrice: { denom: 'uakt', amount: parseDecimal('0.025') },
  });
  let dseq = 1_000_000n;
  for (const orders of BURSTS) {
    const ids = Array.from({ length: orders }, () => ({
      owner: account.address,
      dseq: (dseq += 1n),
    }));
    const outcome = await lane.submit(
      ids.map((id) => ({
        type: 'create-deployment',
        id,
        groups: [group],
        hash: new Uint8Array(32).fill(1),
        deposit: { denom: 'uact', amount: 500_000n },
      })),
      { gas: 250_000n * BigInt(orders) + 200_000n },
    );
    if (outcome.status !== 'included' || outcome.code !== 0)
      throw new Error(
        JSON.stringify(outcome, (_k, v: unknown) => (typeof v === 'bigint' ? v.toString() : v)),
      );
    const wanted = new Set(ids.map((id) => formatOrderId({ ...id, gseq: 1, oseq: 1 })));
    const delays = await waitFor(
      `bids on ${orders} orders`,
      async () => {
        const ours = (await chain.reader.bidsOf(provider)).filter((b) =>
          wanted.has(formatOrderId(orderIdOf(b.id))),
        );
        const head = await chain.reader.head();
        const done = ours.length === orders || head.height > outcome.height + 60n;
        return done
          ? ours.map((b) => Number(b.createdAt - outcome.height)).sort((a, b) => a - b)
          : undefined;
      },
      { timeoutMs: 120_000 },
    );
    const burst: Burst = {
      orders,
      first: delays[0] ?? Number.NaN,
      median: delays[Math.floor(delays.length / 2)] ?? Number.NaN,
      last: delays.at(-1) ?? Number.NaN,
      shareInNextBlock: delays.filter((d) => d === 1).length / orders,
      missing: orders - delays.length,
    };
    results.push(burst);
    console.error(
      `${String(orders).padStart(4)} orders in one block: bids H+${burst.first} / H+${burst.median} / H+${burst.last}, ${(burst.shareInNextBlock * 100).toFixed(1)} % in the next block, ${burst.missing} missing`,
    );
  }
  chain.close();
} finally {
  await stack.stop();
  rmSync(dir, { recursive: true, force: true });
}

const met = results.every((r) => r.shareInNextBlock >= BAR && r.missing === 0);
console.log(
  JSON.stringify({
    name: 'bids',
    conditions: {
      blockTimeMs: BLOCK_TIME_MS,
      mode: 'unordered',
      cores: cpus().length,
      cpu: cpus()[0]?.model,
      leases: 0,
      node: process.version,
    },
    figures: results,
    bar: { shareInNextBlock: BAR },
    met,
  }),
);
process.exitCode = met ? 0 : 1;
