/**
 * The three-way comparison of what the chain says, what ComputeLeases say and which namespaces exist. It decides nothing
 * by itself: it names each lease to reconcile and counts the disagreements; the reconcile of a lease asks the chain
 * again before it destroys anything.
 */
import type { LeaseId } from '../../market/ids.js';

/** What the three sources know under one name (the lease's namespace name). */
export interface LeaseSighting {
  readonly name: string;
  readonly id: LeaseId;
}

export interface Comparison {
  /** Every name seen anywhere, to be reconciled, in name order. */
  readonly names: readonly LeaseSighting[];
  /** Live on chain, no ComputeLease yet. */
  readonly missingComputeLease: readonly string[];
  /** Live on chain, no namespace. */
  readonly missingNamespace: readonly string[];
  /** A ComputeLease whose lease is not among the live ones. */
  readonly orphanComputeLease: readonly string[];
  /** A namespace whose lease is not among the live ones. */
  readonly orphanNamespace: readonly string[];
}

/** Pure difference of three listings. */
export const compareLeases = (
  chain: readonly LeaseSighting[],
  computeLeases: readonly LeaseSighting[],
  namespaces: readonly LeaseSighting[],
): Comparison => {
  const names = (list: readonly LeaseSighting[]): Set<string> => new Set(list.map((s) => s.name));
  const live = names(chain);
  const objects = names(computeLeases);
  const spaces = names(namespaces);
  const without = (of: Set<string>, other: Set<string>): readonly string[] =>
    [...of].filter((n) => !other.has(n)).sort();
  const all = new Map([...namespaces, ...computeLeases, ...chain].map((s) => [s.name, s]));
  return {
    names: [...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    missingComputeLease: without(live, objects),
    missingNamespace: without(live, spaces),
    orphanComputeLease: without(objects, live),
    orphanNamespace: without(spaces, live),
  };
};
