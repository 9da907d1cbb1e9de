/** Which segments of the decision history go. */
import type { StoredSegment } from './ports.js';

export interface Retention {
  readonly nowMs: number;
  /** A segment goes this long after its last entry. */
  readonly keepMs: number;
  /** The oldest go while all together are larger. */
  readonly maxBytes: number;
}

/** Names, the oldest first. A segment whose age is unknown counts as the oldest of all: it goes only when space is short. */
export const segmentsToRemove = (
  segments: readonly StoredSegment[],
  { nowMs, keepMs, maxBytes }: Retention,
): readonly string[] => {
  const oldestFirst = [...segments].sort((a, b) => a.lastMs - b.lastMs);
  let total = segments.reduce((sum, s) => sum + s.bytes, 0);
  const names: string[] = [];
  for (const { name, lastMs, bytes } of oldestFirst) {
    const old = lastMs > 0 && nowMs - lastMs > keepMs;
    if (!old && total <= maxBytes) continue;
    names.push(name);
    total -= bytes;
  }
  return names;
};
