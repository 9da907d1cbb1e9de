/** Many small asynchronous tasks, some at a time. */

/** Runs `task` on every item, at most `atOnce` at a time. Rejects with the first fault, after those under way have ended. */
export const inTurns = async <T>(
  items: readonly T[],
  atOnce: number,
  task: (item: T) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await task(item);
  };
  const workers = Array.from({ length: Math.min(atOnce, items.length) }, worker);
  const results = await Promise.allSettled(workers);
  const fault = results.find((r) => r.status === 'rejected');
  if (fault !== undefined) throw fault.reason;
};
