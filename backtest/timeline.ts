/** What happens when: all that the scenario fixes, sorted once, and our own bids' timeouts, which come in the order of the bids. */
import type { Outage } from './outages.js';
import type { Scenario } from './scenario.js';

/** In the order in which they happen within one block. */
const KINDS = ['node-up', 'node-down', 'depart', 'bid-timeout', 'settle', 'open'] as const;
export type EventKind = (typeof KINDS)[number];

export interface ReplayEvent {
  readonly kind: EventKind;
  /** Position of the demand in the scenario; of the outage in its list for what happens to nodes. */
  readonly demand: number;
}

export interface ReplayBlock {
  readonly height: bigint;
  readonly events: readonly ReplayEvent[];
}

interface Dated extends ReplayEvent {
  readonly height: bigint;
}

const byTime = (a: Dated, b: Dated): number =>
  a.height < b.height
    ? -1
    : a.height > b.height
      ? 1
      : KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.demand - b.demand;

export class Timeline {
  readonly #fixed: readonly Dated[];
  readonly #timeouts: Dated[] = [];
  #at = 0;
  #timeoutsAt = 0;

  constructor({ demands, through }: Scenario, outages: readonly Outage[] = []) {
    const ofNodes = outages.flatMap(({ from, until }, demand): Dated[] => [
      { height: from, kind: 'node-down', demand },
      { height: until, kind: 'node-up', demand },
    ]);
    this.#fixed = demands
      .flatMap(({ openedAt, settledAt, leaseBlocks }, demand): Dated[] => [
        { height: openedAt, kind: 'open', demand },
        { height: settledAt, kind: 'settle', demand },
        ...(leaseBlocks > 0n
          ? [{ height: settledAt + leaseBlocks, kind: 'depart' as const, demand }]
          : []),
      ])
      .concat(ofNodes)
      .filter((e) => e.height <= through)
      .sort(byTime);
  }

  /** @param height not before that of the last timeout given */
  timeoutAt(height: bigint, demand: number): void {
    this.#timeouts.push({ height, kind: 'bid-timeout', demand });
  }

  /** The next block in which something happens. */
  next(): ReplayBlock | undefined {
    const fixed = this.#fixed[this.#at]?.height;
    const timeout = this.#timeouts[this.#timeoutsAt]?.height;
    const height =
      fixed === undefined || (timeout !== undefined && timeout < fixed) ? timeout : fixed;
    // What lies after the end of the scenario happens to nobody.
    if (height === undefined || fixed === undefined) return undefined;
    const events: Dated[] = [];
    for (let e = this.#fixed[this.#at]; e?.height === height; e = this.#fixed[this.#at]) {
      events.push(e);
      this.#at += 1;
    }
    for (
      let e = this.#timeouts[this.#timeoutsAt];
      e?.height === height;
      e = this.#timeouts[this.#timeoutsAt]
    ) {
      events.push(e);
      this.#timeoutsAt += 1;
    }
    return { height, events: events.sort(byTime) };
  }
}
