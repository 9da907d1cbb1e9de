/**
 * More than which no policy can earn, whoever sets the prices and knows the whole future.
 *
 * At every block, take the orders whose lease would be alive then and that the empty cluster could serve, each at the highest
 * price at which its tenant would still have taken it, and serve fractions of them, the dearest per GPU first, on the GPUs of
 * the models they accept; orders without GPUs in the same way on the cluster's vCPUs. The sum over all blocks is the bound.
 *
 * It is one because what a policy holds at a block is such a choice: its leases are among those orders, each pays no more
 * than its highest price, and together they take no more GPUs of any set of models than there are. The bound lets go of what
 * makes life hard: nodes (fragmentation), CPU and memory of GPU orders, wholes (a third of an order may be served), and time
 * (an order may be served at one block, dropped at the next and served again).
 */
import { groupMaxPrice } from '../market/resources.js';
import type { Decimal } from '../market/money.js';
import type { GpuModel } from '../market/gpu.js';
import { formatGpu } from '../market/gpu.js';
import type { InventorySnapshot } from '../bidengine/snapshot.js';
import type { DescribedCluster } from './cluster.js';
import { AliveByRank } from './alive-by-rank.js';
import { acceptedModels, isEligible, kindOf } from './eligible.js';
import { toAtto } from './money.js';
import type { AttoUact } from './money.js';
import { Room } from './room.js';
import type { Demand, Scenario } from './scenario.js';

export interface HindsightBound {
  readonly earned: AttoUact;
  /** The bound so far, at the heights at which something begins or ends. */
  readonly series: readonly { readonly height: bigint; readonly earned: AttoUact }[];
  /** Orders that could be won at some price. */
  readonly winnable: number;
  /** Of these: those that the cluster could serve. */
  readonly eligible: number;
}

interface Item {
  readonly from: bigint;
  readonly until: bigint;
  readonly value: AttoUact;
  /** GPUs, or thousandths of a vCPU for an order without. */
  readonly weight: number;
  readonly mask: number;
}

/** What the cluster sells of each model. */
export const gpuCapacity = (
  snapshot: InventorySnapshot,
): { readonly models: readonly GpuModel[]; readonly units: readonly number[] } => {
  const byKey = new Map<string, { model: GpuModel; units: number }>();
  const add = (model: GpuModel, units: bigint): void => {
    const key = formatGpu(model);
    const kind = byKey.get(key) ?? { model, units: 0 };
    byKey.set(key, { model, units: kind.units + Number(units) });
  };
  for (const node of snapshot.nodes) {
    if (node.unsellable.length > 0) continue;
    if (node.gpu !== undefined) add(node.gpu.model, node.allocatable.gpus);
    for (const { model, resourceName } of node.slices)
      add(model, node.allocatable.slices?.[resourceName] ?? 0n);
  }
  const kinds = [...byKey.values()];
  return { models: kinds.map((k) => k.model), units: kinds.map((k) => k.units) };
};

/** Units per kind of {@link kindOf}. */
const pooled = (units: readonly number[]): readonly number[] => {
  const kinds: number[] = [];
  for (const [position, each] of units.entries()) {
    const kind = kindOf(position);
    kinds[kind] = (kinds[kind] ?? 0) + each;
  }
  return kinds;
};

const vCpuMilli = (snapshot: InventorySnapshot): number =>
  snapshot.nodes
    .filter((n) => n.unsellable.length === 0)
    .reduce((sum, n) => sum + Number(n.allocatable.milliCpu), 0);

const total = ({ order }: Demand, of: 'gpu' | 'cpu'): number =>
  order.spec.units.reduce(
    (sum, { resources, count }) =>
      sum + count * Number(of === 'gpu' ? resources.gpu.units : resources.cpu.milliCpu),
    0,
  );

const smaller = (a: Decimal, b: Decimal): Decimal => (a.lt(b) ? a : b);

/** Dearest per unit first; exact, by products. An order of no weight is dearer than any. */
const byDensity = (a: Item, b: Item): number => {
  const left = a.value * BigInt(b.weight);
  const right = b.value * BigInt(a.weight);
  return left > right ? -1 : left < right ? 1 : 0;
};

const itemsOf = (
  scenario: Scenario,
  cluster: DescribedCluster,
  models: readonly GpuModel[],
): { items: readonly Item[]; winnable: number } => {
  let winnable = 0;
  const items = scenario.demands.flatMap((demand): readonly Item[] => {
    const { limit, settledAt, leaseBlocks, order } = demand;
    if (limit === undefined || leaseBlocks === 0n) return [];
    winnable += 1;
    if (!isEligible(demand, scenario, cluster)) return [];
    const mask = acceptedModels(demand, models);
    const best = smaller(limit.amount, groupMaxPrice(order.spec).amount);
    const end = settledAt + leaseBlocks;
    return [
      {
        from: settledAt,
        until: end < scenario.through ? end : scenario.through,
        value: toAtto(best),
        weight: total(demand, mask === 0 ? 'cpu' : 'gpu'),
        mask,
      },
    ];
  });
  return { items, winnable };
};

/** Serves what is alive, the dearest first, and says what a block earns. */
const bestBlock = (alive: Iterable<Item>, gpus: Room, milliCpu: number): AttoUact => {
  gpus.clear();
  let cpuLeft = milliCpu;
  let earned = 0n;
  for (const { mask, weight, value } of alive) {
    const taken = mask === 0 ? Math.min(cpuLeft, weight) : gpus.take(mask, weight);
    if (mask === 0) cpuLeft -= taken;
    if (taken === weight) earned += value;
    // Rounded up, so that rounding never takes the bound below what can be earned.
    else if (taken > 0) earned += (value * BigInt(taken) + BigInt(weight) - 1n) / BigInt(weight);
  }
  return earned;
};

/** The bound of a scenario on a cluster; the same for every policy. */
export const hindsightBound = (scenario: Scenario, cluster: DescribedCluster): HindsightBound => {
  const { models, units } = gpuCapacity(cluster.snapshot);
  const { items, winnable } = itemsOf(scenario, cluster, models);
  const dearest = [...items].sort(byDensity);
  const room = new Room(
    pooled(units),
    items.map((i) => i.mask),
  );
  const milliCpu = vCpuMilli(cluster.snapshot);
  const turns = dearest
    .flatMap((item, rank) => [
      { height: item.from, rank, begins: true },
      { height: item.until, rank, begins: false },
    ])
    .sort((a, b) => (a.height < b.height ? -1 : a.height > b.height ? 1 : 0));
  const alive = new AliveByRank<Item>(dearest);
  const series = [{ height: scenario.from, earned: 0n }];
  let earned = 0n;
  let at = scenario.from;
  let perBlock = 0n;
  for (const [i, { height, rank, begins }] of turns.entries()) {
    earned += perBlock * (height - at);
    at = height;
    if (begins) alive.add(rank);
    else alive.remove(rank);
    if (turns[i + 1]?.height === height) continue;
    perBlock = bestBlock(alive.items(), room, milliCpu);
    series.push({ height, earned });
  }
  if (at < scenario.through) series.push({ height: scenario.through, earned });
  return { earned, series, winnable, eligible: items.length };
};
