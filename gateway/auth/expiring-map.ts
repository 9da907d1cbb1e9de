/** A small cache: entries end after a fixed time, and only so many are kept. */

export interface ExpiringMap<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/** `now` is monotonic milliseconds; the oldest entry goes first when `maxEntries` is exceeded. */
export const createExpiringMap = <V>(
  options: { readonly ttlMs: number; readonly maxEntries: number },
  now: () => number,
): ExpiringMap<V> => {
  const entries = new Map<string, { readonly value: V; readonly untilMs: number }>();
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.untilMs > now()) return entry.value;
      entries.delete(key);
      return undefined;
    },
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, { value, untilMs: now() + options.ttlMs });
      if (entries.size <= options.maxEntries) return;
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        break;
      }
    },
  };
};
