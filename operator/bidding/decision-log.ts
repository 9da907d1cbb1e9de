/** The last decision on each open order, so that people and metrics hear of a decision once, when it changes. */
import type { Reason } from '../../market/reasons.js';

export interface LoggedDecision {
  readonly result: 'bid' | 'skip';
  readonly reasons: readonly Reason[];
}

export class DecisionLog {
  readonly #byPath = new Map<string, LoggedDecision>();

  /** Notes a decision; `true` when it differs from the last one on this order (codes are compared, not sentences). */
  note(path: string, decision: LoggedDecision): boolean {
    const before = this.#byPath.get(path);
    this.#byPath.set(path, decision);
    const codes = (d: LoggedDecision): string =>
      [d.result, ...d.reasons.map((r) => r.code)].join(',');
    return before === undefined || codes(before) !== codes(decision);
  }

  get(path: string): LoggedDecision | undefined {
    return this.#byPath.get(path);
  }

  /** Forgets orders that are not open any more. */
  retain(isOpen: (path: string) => boolean): void {
    for (const path of this.#byPath.keys()) if (!isOpen(path)) this.#byPath.delete(path);
  }

  /** How many open orders are skipped for each first reason. */
  skippedByReason(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { result, reasons } of this.#byPath.values()) {
      if (result !== 'skip') continue;
      const code = reasons[0]?.code ?? 'Unknown';
      counts[code] = (counts[code] ?? 0) + 1;
    }
    return counts;
  }
}
