/** Times of work, by the wall and by this thread's processor time, which a busy machine does not stretch. */

export interface Times {
  readonly wall: readonly number[];
  readonly cpu: readonly number[];
}

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** Milliseconds of `runs` runs. */
export const timesOf = (runs: number, work: (run: number) => unknown): Times => {
  const [wall, cpu] = [new Float64Array(runs), new Float64Array(runs)];
  for (let run = 0; run < runs; run += 1) {
    const [wallFrom, cpuFrom] = [performance.now(), cpuMs()];
    work(run);
    wall[run] = performance.now() - wallFrom;
    cpu[run] = cpuMs() - cpuFrom;
  }
  return { wall: [...wall], cpu: [...cpu] };
};

/** @param share 0.5 for the median, 1 for the most */
export const quantile = (times: readonly number[], share: number): number => {
  const sorted = times.toSorted((a, b) => a - b);
  return Number((sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(3));
};
