/** Parts that live and die together: none may run on when another has failed, and none is left behind. */

/**
 * Waits for every part to end, then for `last`. The first part to end, well or not, halts the others.
 * @throws what the first failed part rejects with, after all have ended
 */
export const runTogether = async (
  parts: readonly Promise<void>[],
  halt: AbortController,
  last: () => Promise<void> = () => Promise.resolve(),
): Promise<void> => {
  const outcomes = await Promise.allSettled(parts.map((part) => part.finally(() => halt.abort())));
  await last();
  const failed = outcomes.find((o) => o.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
};
