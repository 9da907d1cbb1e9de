/**
 * Machines and tasks to place. Read from Alibaba's openb trace (cluster-trace-gpu-v2023) where its folder is given; else made
 * up in its proportions. Shares of a GPU are rounded up to a whole one, since nothing else is sold; CPU-only tasks stay in.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { random } from './random.js';
import type { Random } from './random.js';

export interface Machine {
  readonly name: string;
  readonly milliCpu: number;
  readonly memoryMib: number;
  readonly gpus: number;
  /** Empty without GPUs. */
  readonly model: string;
}

export interface Task {
  readonly milliCpu: number;
  readonly memoryMib: number;
  readonly gpus: number;
  /** Acceptable models; empty for any. */
  readonly models: readonly string[];
  readonly hours: number;
}

export interface Trace {
  readonly source: string;
  readonly machines: readonly Machine[];
  readonly tasks: readonly Task[];
}

const rowsOf = (path: string): readonly Readonly<Record<string, string>>[] => {
  const [head = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
};

const number = (text: string | undefined): number => Number(text ?? '0');

const readMachines = (folder: string): readonly Machine[] =>
  rowsOf(join(folder, 'openb_node_list_all_node.csv')).map((row) => ({
    name: row['sn'] ?? '',
    milliCpu: number(row['cpu_milli']),
    memoryMib: number(row['memory_mib']),
    gpus: number(row['gpu']),
    model: row['model'] ?? '',
  }));

/**
 * Few tasks of the trace run for weeks; in a run of days they would stay from beginning to end. Cut here, tasks come and go.
 */
const LONGEST_HOURS = 12;

/** Lifetimes of the tasks that ran, for lists that tell none. */
const lifetimes = (folder: string): readonly number[] =>
  rowsOf(join(folder, 'openb_pod_list_default.csv'))
    .filter((row) => row['scheduled_time'] !== '' && row['deletion_time'] !== '')
    .map((row) => (number(row['deletion_time']) - number(row['scheduled_time'])) / 3600)
    .filter((hours) => hours > 0)
    .map((hours) => Math.min(hours, LONGEST_HOURS));

const readTasks = (folder: string, list: string): readonly Task[] => {
  const drawn = random(7);
  const hours = lifetimes(folder);
  return rowsOf(join(folder, `openb_pod_list_${list}.csv`)).map((row) => ({
    milliCpu: number(row['cpu_milli']),
    memoryMib: number(row['memory_mib']),
    gpus: number(row['num_gpu']),
    models: (row['gpu_spec'] ?? '').split('|').filter((m) => m !== ''),
    hours: hours[drawn.below(hours.length)] ?? 1,
  }));
};

/** Share of machines: model, GPUs, vCPU, GiB, how many in a thousand (openb's own). */
const SHAPES: readonly (readonly [string, number, number, number, number])[] = [
  ['G2', 8, 96, 384, 360],
  ['T4', 2, 104, 512, 254],
  ['', 0, 64, 256, 204],
  ['P100', 2, 16, 120, 88],
  ['G3', 8, 128, 768, 26],
  ['V100M16', 4, 32, 128, 36],
  ['V100M32', 8, 96, 768, 32],
];
/** Models that a constrained task names, by weight. */
const NAMED: readonly (readonly [string, number])[] = [
  ['T4', 54],
  ['G2', 14],
  ['P100', 12],
  ['V100M16|V100M32', 16],
  ['G3', 4],
];

const pick = <T>(from: readonly (readonly [T, number])[], drawn: Random): T | undefined => {
  let left = drawn.next() * from.reduce((sum, [, weight]) => sum + weight, 0);
  return from.find(([, weight]) => (left -= weight) < 0)?.[0];
};

const synthetic = (machines: number, multiGpu: boolean): Trace => {
  const drawn = random(11);
  const nodes = SHAPES.flatMap(([model, gpus, cpu, gib, share]) =>
    Array.from({ length: Math.round((machines * share) / 1000) }, (_, i) => ({
      ...{ name: `${model}-${i}`, milliCpu: cpu * 1000, memoryMib: gib * 1024, gpus, model },
    })),
  );
  const sizes: readonly (readonly [number, number])[] = multiGpu
    ? [[0, 12], [1, 77], [2, 2], [4, 2], [8, 7]]
    : [[0, 13], [1, 86], [8, 1]]; // prettier-ignore
  const tasks = Array.from({ length: 8_000 }, (): Task => {
    const gpus = pick(sizes, drawn) ?? 1;
    const named = gpus > 0 && !multiGpu && drawn.next() < 0.33 ? pick(NAMED, drawn) : undefined;
    return {
      ...{ gpus, models: named?.split('|') ?? [] },
      milliCpu: 1000 * (1 + drawn.below(gpus === 0 ? 16 : 12)) * Math.max(1, gpus),
      memoryMib: 4096 * (1 + drawn.below(12)) * Math.max(1, gpus),
      hours: Math.min(LONGEST_HOURS, Math.exp(drawn.next() * 8 - 5)),
    };
  });
  return { source: 'made up in the proportions of openb', machines: nodes, tasks };
};

/**
 * @param folder of the trace's CSV files; `undefined` to make one up
 * @param list `gpuspec33` or `multigpu50`
 * @param every every how manyth machine is taken, so that tasks turn over often enough
 */
export const loadTrace = (folder: string | undefined, list: string, every: number): Trace => {
  if (folder === undefined) return synthetic(Math.round(1500 / every), list.startsWith('multi'));
  return {
    source: `openb ${list}`,
    machines: readMachines(folder).filter((_, i) => i % every === 0),
    tasks: readTasks(folder, list),
  };
};
