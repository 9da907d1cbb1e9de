/** The story as it happens: one line per step, with the height it happened at and how long it took. */
import { styleText } from 'node:util';

export interface TimelineEntry {
  /** Seconds since the order was placed. */
  readonly atSeconds: number;
  /** Seconds since the step before. */
  readonly tookSeconds: number;
  readonly height: string;
  readonly step: string;
  readonly detail: string;
}

const pad = (text: string, width: number): string => text.padEnd(width);
const columns = (at: string, took: string, height: string, step: string, detail: string): string =>
  `${at.padStart(8)} ${took.padStart(8)}  ${pad(height, 8)}${pad(step, 22)}${detail}`.trimEnd();

export class Timeline {
  readonly #print: (line: string) => void;
  readonly #now: () => number;
  readonly #colour: boolean;
  readonly #entries: TimelineEntry[] = [];
  #startedAt = 0;
  #lastAt = 0;

  /** @param now milliseconds, monotonic */
  constructor(print: (line: string) => void, now: () => number, colour: boolean) {
    this.#print = print;
    this.#now = now;
    this.#colour = colour;
  }

  /** Time zero: the tenant begins. */
  begin(): void {
    this.#startedAt = this.#now();
    this.#lastAt = this.#startedAt;
    const header = columns('at', 'took', 'height', 'step', '');
    this.#print(this.#colour ? styleText('bold', header) : header);
  }

  /**
   * Notes a step that has just been seen, or that happened at `whenMs` on the clock of `now`.
   * @param height block in which it happened, empty when it is no chain matter
   */
  note(step: string, height: string, detail: string, whenMs = this.#now()): void {
    const entry: TimelineEntry = {
      atSeconds: (whenMs - this.#startedAt) / 1000,
      tookSeconds: Math.max(0, whenMs - this.#lastAt) / 1000,
      height,
      step,
      detail,
    };
    this.#lastAt = Math.max(this.#lastAt, whenMs);
    this.#entries.push(entry);
    const seconds = (s: number): string => `${s.toFixed(2)} s`;
    this.#print(
      columns(seconds(entry.atSeconds), `+${seconds(entry.tookSeconds)}`, height, step, detail),
    );
  }

  entries(): readonly TimelineEntry[] {
    return this.#entries;
  }
}
