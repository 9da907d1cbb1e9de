/** What pods use, by the kubelet's own measurements (its stats/summary). */
import { z } from 'zod';
import { waitFor } from '../peers/wait.js';
import type { World } from './world.js';

const summary = z.object({
  pods: z.array(
    z.object({
      podRef: z.object({ name: z.string(), namespace: z.string() }),
      containers: z
        .array(
          z.object({
            cpu: z.object({ time: z.string(), usageCoreNanoSeconds: z.number() }),
            memory: z.object({ workingSetBytes: z.number(), rssBytes: z.number() }),
          }),
        )
        .optional(),
    }),
  ),
});

interface Sample {
  readonly name: string;
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly workingSetBytes: number;
  readonly rssBytes: number;
}

/** What one pod used over a while. */
export interface PodUsage {
  readonly pod: string;
  /** Thousandths of a processor, mean. */
  readonly milliCpu: number;
  readonly workingSetMiB: number;
  readonly rssMiB: number;
}

const MIB = 1024 * 1024;

const sample = async (world: World): Promise<readonly Sample[]> => {
  const path = `/api/v1/nodes/${world.node.nodeName}/proxy/stats/summary`;
  const { pods } = summary.parse(JSON.parse(await world.kubectl('get', '--raw', path)));
  return pods.flatMap(({ podRef, containers }) => {
    const [container] = containers ?? [];
    if (container === undefined || !podRef.name.startsWith('berth-')) return [];
    return {
      name: podRef.name,
      atMs: Date.parse(container.cpu.time),
      cpuSeconds: container.cpu.usageCoreNanoSeconds / 1e9,
      workingSetBytes: container.memory.workingSetBytes,
      rssBytes: container.memory.rssBytes,
    };
  });
};

/** Measures every pod of Berth over at least `overMs`: processor time between two samples, memory at the second. */
export const measureUsage = async (world: World, overMs: number): Promise<readonly PodUsage[]> => {
  const before = await sample(world);
  const since = (s: Sample): number => s.atMs - (before.find((b) => b.name === s.name)?.atMs ?? 0);
  const after = await waitFor(
    `${overMs / 1000} s of the kubelet's measurements`,
    async () => {
      const now = await sample(world);
      return now.length === before.length && now.every((s) => since(s) >= overMs) ? now : undefined;
    },
    { timeoutMs: overMs + 60_000, intervalMs: 1000 },
  );
  return after.map((s) => {
    const spent = s.cpuSeconds - (before.find((b) => b.name === s.name)?.cpuSeconds ?? 0);
    return {
      pod: s.name,
      milliCpu: Math.round((spent / since(s)) * 1e6),
      workingSetMiB: Math.round(s.workingSetBytes / MIB),
      rssMiB: Math.round(s.rssBytes / MIB),
    };
  });
};

/** For people and for docs/: one line a pod. */
export const usageTable = (usage: readonly PodUsage[]): string =>
  [
    '| pod | CPU (m) | working set (MiB) | resident (MiB) |',
    '| --- | --- | --- | --- |',
    ...usage
      .toSorted((a, b) => (a.pod < b.pod ? -1 : 1))
      .map((u) => `| ${u.pod} | ${u.milliCpu} | ${u.workingSetMiB} | ${u.rssMiB} |`),
  ].join('\n');
