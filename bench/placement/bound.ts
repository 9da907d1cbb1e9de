/**
 * More than any policy can earn: at each moment the best fractional assignment of all tasks that then want to run, those
 * that were refused earlier included, to the GPUs of each model; CPU, memory and the borders between nodes are ignored.
 * Taking the best-paying tasks first is optimal here (what can be served together is a matroid), each by augmenting paths.
 */

/** Tasks that accept the same models and pay the same. */
export interface Demand {
  readonly models: readonly string[];
  /** USD per GPU and hour. */
  readonly usd: number;
  readonly gpus: number;
}

/** The most that can be earned per hour with `capacity` GPUs by model. */
export const mostPerHour = (
  demands: readonly Demand[],
  capacity: ReadonlyMap<string, number>,
): number => {
  const models = [...capacity.keys()];
  const free = new Map(capacity);
  /** GPUs of a model that a demand has. */
  const given = demands.map(() => new Map<string, number>());
  let earned = 0;

  /** Moves up to `want` GPUs to a demand along one path; returns how many. */
  const augment = (start: number, want: number): number => {
    const cameFrom = new Map<
      string,
      { readonly demand: number; readonly via: string | undefined }
    >();
    const queue: string[] = [];
    const reach = (demand: number, via: string | undefined): void => {
      const accepted = demands[demand]?.models ?? [];
      for (const model of accepted.length === 0 ? models : accepted) {
        if (!capacity.has(model) || cameFrom.has(model)) continue;
        cameFrom.set(model, { demand, via });
        queue.push(model);
      }
    };
    reach(start, undefined);
    for (let model = queue.shift(); model !== undefined; model = queue.shift()) {
      if ((free.get(model) ?? 0) > 0) return push(model, want);
      for (const [other, has] of given.entries())
        if ((has.get(model) ?? 0) > 0) reach(other, model);
    }
    return 0;

    function push(end: string, most: number): number {
      let amount = Math.min(most, free.get(end) ?? 0);
      const steps: {
        readonly demand: number;
        readonly to: string;
        readonly from: string | undefined;
      }[] = [];
      for (let to: string | undefined = end; to !== undefined;) {
        const step = cameFrom.get(to);
        if (step === undefined) break;
        steps.push({ demand: step.demand, to, from: step.via });
        if (step.via !== undefined)
          amount = Math.min(amount, given[step.demand]?.get(step.via) ?? 0);
        to = step.via;
      }
      for (const { demand, to, from } of steps) {
        const has = given[demand];
        if (has === undefined) continue;
        has.set(to, (has.get(to) ?? 0) + amount);
        if (from !== undefined) has.set(from, (has.get(from) ?? 0) - amount);
      }
      free.set(end, (free.get(end) ?? 0) - amount);
      return amount;
    }
  };

  const order = demands
    .map((_, i) => i)
    .sort((a, b) => (demands[b]?.usd ?? 0) - (demands[a]?.usd ?? 0));
  for (const i of order) {
    const demand = demands[i];
    if (demand === undefined) continue;
    for (let left = demand.gpus; left > 0;) {
      const moved = augment(i, left);
      if (moved <= 0) break;
      left -= moved;
      earned += moved * demand.usd;
    }
  }
  return earned;
};
