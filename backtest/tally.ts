/** What a replay came to. */
import { shortfallOf } from '../history/lost.js';
import type { DecCoin } from '../market/money.js';
import { toAtto } from './money.js';
import type { AttoUact } from './money.js';

/** The state after everything that happened at one height. */
export interface SeriesPoint {
  readonly height: bigint;
  /** Earned up to here. */
  readonly earned: AttoUact;
  /** GPUs in leases from here on. */
  readonly gpus: number;
}

export interface ReplayResult {
  readonly name: string;
  /** What tenants paid; fees are not taken off. */
  readonly earned: AttoUact;
  /** Fees of bids and withdrawals; bids' deposits come back. */
  readonly fees: AttoUact;
  /** Leases that ended because a node failed. */
  readonly failed: number;
  /** Calls of `decide`; an order is decided again when capacity became free. */
  readonly decisions: number;
  readonly bids: number;
  readonly won: number;
  /** Bids on orders of which another bid was taken. */
  readonly lost: number;
  /** Of `lost`: those that came too late to be taken, whatever their price. */
  readonly lostLate: number;
  /** Of `lost`: those that were dearer than the bid that was taken. */
  readonly lostByPrice: number;
  /** How much dearer the lost bids were, all together per block: what it would have taken. */
  readonly lostByPriceAtto: AttoUact;
  /** Bids that nobody took: timed out, or the order ended. */
  readonly expired: number;
  /** Orders without a bid of ours when they were settled. */
  readonly rejected: number;
  /** By code; an order counts once for each of its reasons. */
  readonly rejectedByReason: Readonly<Record<string, number>>;
  /** GPUs in leases times blocks, by model. */
  readonly gpuBlocks: Readonly<Record<string, bigint>>;
  readonly series: readonly SeriesPoint[];
}

export class Tally {
  readonly #name: string;
  readonly #gpuBlocks = new Map<string, bigint>();
  readonly #reasons = new Map<string, number>();
  readonly #series: SeriesPoint[] = [];
  readonly #inUse = new Map<string, number>();
  #height: bigint;
  #earned = 0n;
  #perBlock = 0n;
  #gpus = 0;
  #counts = { decisions: 0, bids: 0, won: 0, lost: 0, lostLate: 0, lostByPrice: 0 };
  #lostByPriceAtto = 0n;
  #expired = 0;
  #fees = 0n;
  #failed = 0;
  #rejected = 0;

  constructor(name: string, from: bigint) {
    this.#name = name;
    this.#height = from;
    this.#point();
  }

  decided(): void {
    this.#counts.decisions += 1;
  }

  bid(fee: AttoUact): void {
    this.#counts.bids += 1;
    this.#fees += fee;
  }

  withdrew(fees: AttoUact): void {
    this.#fees += fees;
  }

  failed(): void {
    this.#failed += 1;
  }

  expired(): void {
    this.#expired += 1;
  }

  rejected(codes: readonly string[]): void {
    this.#rejected += 1;
    for (const code of new Set(codes)) this.#reasons.set(code, (this.#reasons.get(code) ?? 0) + 1);
  }

  lost(ours: DecCoin, winning: DecCoin, inTime: boolean): void {
    this.#counts.lost += 1;
    const short = shortfallOf(ours, winning);
    if (!inTime) this.#counts.lostLate += 1;
    else if (short.kind === 'dearer') {
      this.#counts.lostByPrice += 1;
      this.#lostByPriceAtto += toAtto(short.less);
    }
  }

  won(height: bigint, perBlock: AttoUact, gpus: ReadonlyMap<string, number>): void {
    this.#advance(height);
    this.#counts.won += 1;
    this.#change(perBlock, gpus, 1);
  }

  departed(height: bigint, perBlock: AttoUact, gpus: ReadonlyMap<string, number>): void {
    this.#advance(height);
    this.#change(-perBlock, gpus, -1);
  }

  /** Everything up to `through`, the last height. */
  result(through: bigint): ReplayResult {
    this.#advance(through);
    this.#point();
    return {
      ...{ name: this.#name, earned: this.#earned, ...this.#counts },
      lostByPriceAtto: this.#lostByPriceAtto,
      expired: this.#expired,
      fees: this.#fees,
      failed: this.#failed,
      rejected: this.#rejected,
      rejectedByReason: Object.fromEntries(
        [...this.#reasons].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)),
      ),
      gpuBlocks: Object.fromEntries(this.#gpuBlocks),
      series: this.#series,
    };
  }

  #change(perBlock: AttoUact, gpus: ReadonlyMap<string, number>, sign: 1 | -1): void {
    this.#perBlock += perBlock;
    for (const [model, count] of gpus) {
      this.#inUse.set(model, (this.#inUse.get(model) ?? 0) + sign * count);
      this.#gpus += sign * count;
    }
    this.#point();
  }

  #advance(height: bigint): void {
    const blocks = height - this.#height;
    if (blocks <= 0n) return;
    this.#earned += this.#perBlock * blocks;
    for (const [model, count] of this.#inUse) {
      this.#gpuBlocks.set(model, (this.#gpuBlocks.get(model) ?? 0n) + BigInt(count) * blocks);
    }
    this.#height = height;
  }

  #point(): void {
    const point = { height: this.#height, earned: this.#earned, gpus: this.#gpus };
    if (this.#series.at(-1)?.height === this.#height) this.#series.pop();
    this.#series.push(point);
  }
}
