/** Tasks arrive, run where a policy puts them, and leave; what is refused is gone. */
import { reservationOf } from '../../bidengine/reserve.js';
import { add, subtract } from '../../bidengine/quantities.js';
import type { Quantities } from '../../bidengine/quantities.js';
import type { InventorySnapshot, NodeSnapshot } from '../../bidengine/snapshot.js';
import { aNode, aSnapshot } from '../../bidengine/testing/node-builder.js';
import { anOrder, aUnit, disk } from '../../bidengine/testing/order-builder.js';
import type { Order } from '../../market/records.js';
import { mostPerHour } from './bound.js';
import type { Policy } from './policies.js';
import { random } from './random.js';
import type { Machine, Task, Trace } from './trace.js';
import { offered, usdPerHour } from './worth.js';

export interface Arrival {
  readonly atHour: number;
  readonly task: Task;
  readonly order: Order;
}

export interface Result {
  readonly policy: string;
  /** Of all GPU-hours after the warm-up, percent. */
  readonly allocated: number;
  /** USD per hour after the warm-up. */
  readonly revenue: number;
  readonly accepted: number;
  /**
   * How much dearer than the cheapest model that would do the models are that tasks with a choice got, percent on the mean:
   * a bid names the price of what was placed, and a dearer one may lose the lease.
   */
  readonly dearer: number;
  readonly rejected: ReadonlyMap<string, number>;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const MIB = 2n ** 20n;

const nodeOf = ({ name, milliCpu, memoryMib, gpus, model }: Machine): NodeSnapshot => {
  const node = aNode(name).having({
    milliCpu: BigInt(milliCpu),
    memoryBytes: BigInt(memoryMib) * MIB,
    pods: 1000n,
  });
  const gpu = {
    vendor: 'nvidia',
    model: model.toLowerCase(),
    ram: undefined,
    interface: undefined,
  };
  return (gpus === 0 ? node : node.withGpus(gpu, gpus)).obj();
};

export const clusterOf = (trace: Trace): InventorySnapshot =>
  aSnapshot(trace.machines.map(nodeOf).sort((a, b) => (a.name < b.name ? -1 : 1)));

const orderOf = (task: Task, dseq: number): Order => {
  const unit = aUnit()
    .withCpu(task.milliCpu)
    .withMemory(BigInt(Math.max(1, task.memoryMib)) * MIB)
    .withVolumes(disk(MIB));
  const keys =
    task.models.length === 0
      ? ['vendor/nvidia/model/*']
      : task.models.map((m) => `vendor/nvidia/model/${m.toLowerCase()}`);
  const asked = task.gpus === 0 ? unit : unit.withGpuKeys(task.gpus, ...keys);
  return anOrder(BigInt(dseq)).withUnits(asked.obj()).obj();
};

/** Poisson arrivals of tasks drawn from the trace, so many that GPUs are wanted `load` times over. */
export const arrivalsOf = (
  trace: Trace,
  count: number,
  load: number,
  seed: number,
): readonly Arrival[] => {
  const drawn = random(seed);
  const gpus = trace.machines.reduce((sum, m) => sum + m.gpus, 0);
  const gpuHours = trace.tasks.reduce((sum, t) => sum + t.gpus * t.hours, 0) / trace.tasks.length;
  const meanGapHours = gpuHours / (gpus * load);
  let atHour = 0;
  return Array.from({ length: count }, (_, i) => {
    const task = trace.tasks[drawn.below(trace.tasks.length)];
    if (task === undefined) throw new Error('the trace has no tasks');
    atHour -= Math.log(1 - drawn.next()) * meanGapHours;
    return { atHour, task, order: orderOf(task, i + 1) };
  });
};

/** Time is counted from here: the cluster has filled by then. */
const warmUp = (arrivals: readonly Arrival[]): number =>
  arrivals[Math.floor(arrivals.length / 2)]?.atHour ?? 0;

const changed = (
  snapshot: InventorySnapshot,
  perNode: readonly { readonly node: string; readonly quantities: Quantities }[],
  op: (a: Quantities, b: Quantities) => Quantities,
): InventorySnapshot => {
  const nodes = [...snapshot.nodes];
  for (const { node: name, quantities } of perNode) {
    const at = nodes.findIndex((n) => n.name === name);
    const node = nodes[at];
    if (node !== undefined) nodes[at] = { ...node, allocated: op(node.allocated, quantities) };
  }
  return { ...snapshot, nodes };
};

interface Running {
  readonly endsAt: number;
  readonly perNode: readonly { readonly node: string; readonly quantities: Quantities }[];
}

export const simulate = (
  policy: Policy,
  empty: InventorySnapshot,
  arrivals: readonly Arrival[],
): Result => {
  let snapshot = empty;
  let running: Running[] = [];
  const from = warmUp(arrivals);
  const until = arrivals.at(-1)?.atHour ?? 0;
  const rejected = new Map<string, number>();
  const times: number[] = [];
  let [gpuHours, usd, accepted, ratios, choices] = [0, 0, 0, 0, 0];
  for (const { atHour, task, order } of arrivals) {
    const gone = running.filter((r) => r.endsAt <= atHour);
    if (gone.length > 0) {
      running = running.filter((r) => r.endsAt > atHour);
      snapshot = changed(
        snapshot,
        gone.flatMap((r) => r.perNode),
        subtract,
      );
    }
    const startedAt = performance.now();
    const outcome = policy.place(order.spec, snapshot);
    times.push(performance.now() - startedAt);
    if (typeof outcome === 'string') {
      if (atHour >= from) rejected.set(outcome, (rejected.get(outcome) ?? 0) + 1);
      continue;
    }
    const { perNode } = reservationOf(order.id, order.spec, outcome, 'bench');
    snapshot = changed(snapshot, perNode, add);
    const endsAt = atHour + task.hours;
    running.push({ endsAt, perNode });
    const counted = Math.max(0, Math.min(endsAt, until) - Math.max(atHour, from));
    gpuHours += task.gpus * counted;
    usd += task.gpus * counted * offered(task);
    if (atHour < from) continue;
    accepted += 1;
    const model = outcome[0]?.model?.model;
    if (task.gpus === 0 || task.models.length === 1 || model === undefined) continue;
    ratios += usdPerHour(model) / offered(task);
    choices += 1;
  }
  const total = empty.nodes.reduce((sum, n) => sum + Number(n.allocatable.gpus), 0);
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
  return {
    policy: policy.name,
    allocated: (100 * gpuHours) / (total * (until - from)),
    revenue: usd / (until - from),
    dearer: choices === 0 ? 0 : 100 * (ratios / choices - 1),
    ...{ accepted, rejected, p50: at(0.5), p99: at(0.99) },
  };
};

/** {@link mostPerHour} averaged over the time after the warm-up. */
export const upperBound = (trace: Trace, arrivals: readonly Arrival[], moments = 400): number => {
  const capacity = new Map<string, number>();
  for (const { model, gpus } of trace.machines)
    if (gpus > 0) capacity.set(model, (capacity.get(model) ?? 0) + gpus);
  const from = warmUp(arrivals);
  const until = arrivals.at(-1)?.atHour ?? 0;
  let sum = 0;
  for (let m = 0; m < moments; m += 1) {
    const now = from + ((until - from) * (m + 0.5)) / moments;
    const classes = new Map<string, { models: readonly string[]; usd: number; gpus: number }>();
    for (const { atHour, task } of arrivals) {
      if (atHour > now || atHour + task.hours <= now || task.gpus === 0) continue;
      const key = task.models.join('|');
      const row = classes.get(key) ?? { models: task.models, usd: offered(task), gpus: 0 };
      row.gpus += task.gpus;
      classes.set(key, row);
    }
    sum += mostPerHour([...classes.values()], capacity);
  }
  return sum / moments;
};
