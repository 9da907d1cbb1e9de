/** Waits for a condition instead of sleeping; for tests only. */

/** Resolves when `holds` does. Rejects after `limitMs`, naming what was waited for. */
export const until = async (
  what: string,
  holds: () => boolean,
  limitMs = 10_000,
): Promise<void> => {
  const end = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
