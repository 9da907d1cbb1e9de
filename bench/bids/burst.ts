/** One burst: orders created in one block, and when their bids were taken by a mempool and by a block. */
import { readFileSync } from 'node:fs';
import { formatOrderId, orderIdOf } from '../../market/ids.js';
import { waitFor } from '../../test/peers/wait.js';
import { mustLand } from './bench-stack.js';
import type { BenchStack } from './bench-stack.js';
import { aGroup } from './group.js';

export interface Burst {
  readonly orders: number;
  /** Blocks from order to bid. */
  readonly first: number;
  readonly median: number;
  readonly last: number;
  /** Share of the orders with a bid in the very next block. */
  readonly inNextBlock: number;
  readonly missing: number;
  /** Milliseconds from the block's arrival to CheckTx, of the burst's bids, sorted. */
  readonly acceptedMs: readonly number[];
  /** Why bids were not in the next block, one line each. */
  readonly misses: readonly string[];
}

/** A bid that takes longer than this many blocks counts as missing. */
const PATIENCE_BLOCKS = 40n;
const CREATE_GAS = 250_000n;
let lastDseq = 1_000_000n;

/** The operator's own log lines of bids in a block, by order path. */
const logged = (logPath: string): ReadonlyMap<string, { height: bigint; acceptedMs: number }> => {
  const found = new Map<string, { height: bigint; acceptedMs: number }>();
  for (const line of readFileSync(logPath, 'utf8').split('\n')) {
    if (!line.includes('"bid in block"')) continue;
    const entry = JSON.parse(line) as { order: string; height: string; acceptedMs?: string };
    found.set(entry.order, {
      height: BigInt(entry.height),
      acceptedMs: Number(entry.acceptedMs ?? Number.NaN),
    });
  }
  return found;
};

/** What the operator last said of orders that it does not bid on, by order path. */
const refused = (logPath: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const line of readFileSync(logPath, 'utf8').split('\n')) {
    if (!line.includes('"no bid: ')) continue;
    const entry = JSON.parse(line) as { order: string; msg: string };
    found.set(entry.order, entry.msg);
  }
  return found;
};

/** Orders of one tenant in one block. */
export const createOrders = async (
  { tenant }: BenchStack,
  orders: number,
): Promise<{ readonly height: bigint; readonly paths: ReadonlySet<string> }> => {
  const ids = Array.from({ length: orders }, () => ({
    owner: tenant.address,
    dseq: (lastDseq += 1n),
  }));
  const outcome = await tenant.submit(
    ids.map((id) => ({
      ...{ type: 'create-deployment', id, groups: [aGroup()], hash: new Uint8Array(32).fill(1) },
      deposit: { denom: 'uact', amount: 500_000n },
    })),
    { gas: CREATE_GAS * BigInt(orders) + 200_000n },
  );
  const paths = new Set(ids.map((id) => formatOrderId({ ...id, gseq: 1, oseq: 1 })));
  return { height: mustLand(outcome), paths };
};

/** Follows the bids on orders of one block to their end. */
export const followBids = async (
  { reader, stack, provider }: BenchStack,
  { height, paths }: { readonly height: bigint; readonly paths: ReadonlySet<string> },
): Promise<Burst> => {
  const bids = await waitFor(
    `bids on ${paths.size} orders`,
    async () => {
      const ours = (await reader.bidsOf(provider.address, 'open')).filter((b) =>
        paths.has(formatOrderId(orderIdOf(b.id))),
      );
      if (ours.length === paths.size) return ours;
      return (await reader.head()).height > height + PATIENCE_BLOCKS ? ours : undefined;
    },
    { timeoutMs: 120_000, intervalMs: 500 },
  );
  // The log of a bid follows its block by a moment.
  const log = await waitFor(
    'the log of the bids',
    async () => {
      const all = logged(stack.operator.logPath);
      return bids.every((b) => all.has(formatOrderId(orderIdOf(b.id)))) ? all : undefined;
    },
    { timeoutMs: 30_000 },
  );
  const delays = bids.map((b) => Number(b.createdAt - height)).sort((a, b) => a - b);
  const misses = bids
    .filter((b) => b.createdAt !== height + 1n)
    .map((b) => {
      const path = formatOrderId(orderIdOf(b.id));
      const ms = log.get(path)?.acceptedMs ?? Number.NaN;
      return `${path}: H+${b.createdAt - height}, in the mempool ${ms.toFixed(0)} ms after the block`;
    });
  const there = new Set(bids.map((b) => formatOrderId(orderIdOf(b.id))));
  const why =
    paths.size === bids.length ? new Map<string, string>() : refused(stack.operator.logPath);
  for (const path of paths) {
    if (!there.has(path)) misses.push(`${path}: ${why.get(path) ?? 'no bid, and no word of it'}`);
  }
  return {
    orders: paths.size,
    first: delays[0] ?? Number.NaN,
    median: delays[Math.floor(delays.length / 2)] ?? Number.NaN,
    last: delays.at(-1) ?? Number.NaN,
    inNextBlock: delays.filter((d) => d === 1).length / paths.size,
    missing: paths.size - delays.length,
    acceptedMs: bids
      .flatMap((b) => log.get(formatOrderId(orderIdOf(b.id)))?.acceptedMs ?? [])
      .sort((a, b) => a - b),
    misses,
  };
};

/** Creates and follows. */
export const burst = async (bench: BenchStack, orders: number): Promise<Burst> =>
  followBids(bench, await createOrders(bench, orders));
