/**
 * Records Kubernetes Events without ever holding up or failing the work they tell of: `record` only takes note, a loop
 * writes. A repeat within the window becomes a count on the same Event, written at most once per flush. An object whose
 * notes for one reason keep changing gets one combined Event instead of ever more.
 */
import type { KubeApi } from './api.js';
import type { Clock } from './clock.js';
import { isKubeUnavailable } from './errors.js';
import { cutNote, eventKey, eventObject, type Happening, type Occurrence } from './event-record.js';
import { EVENTS } from './resources.js';

export interface EventRecorderOptions {
  readonly api: Pick<KubeApi, 'apply'>;
  /** A qualified name, for example `berth.dev/operator`. */
  readonly controller: string;
  /** Unique per process, for example the pod's name. */
  readonly instance: string;
  readonly clock: Clock;
  /** Gives [0, 1); makes names unique. */
  readonly random: () => number;
  /** Hears of events that could not be written and are dropped. */
  readonly onDropped: (error: unknown, happening: Happening) => void;
  /** Pause between writes; default 1 s. */
  readonly flushMs?: number;
  /** Repeats this close to each other are one Event; default 10 min. */
  readonly windowMs?: number;
  /** Events remembered at most; when none of them is written yet, new ones are dropped. Default 4096. */
  readonly capacity?: number;
}

/** Distinct notes per object and reason before they are combined. Source: client-go's event aggregator. */
const NOTES_PER_REASON = 10;

/** A recorder full of unwritten events. */
export class EventOverflowError extends Error {
  constructor(capacity: number) {
    super(`more than ${capacity} events wait to be written`);
    this.name = 'EventOverflowError';
  }
}

export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #flushMs: number;
  readonly #windowMs: number;
  readonly #capacity: number;
  readonly #known = new Map<string, Occurrence>();
  /** Distinct notes by everything else of the key. */
  readonly #notes = new Map<string, Set<string>>();
  readonly #unwritten = new Set<string>();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#flushMs = options.flushMs ?? 1_000;
    this.#windowMs = options.windowMs ?? 600_000;
    this.#capacity = options.capacity ?? 4_096;
  }

  /** Events that wait to be written. */
  get pending(): number {
    return this.#unwritten.size;
  }

  /** Takes note of a happening; never throws. */
  record(happening: Happening): void {
    const nowMs = this.#options.clock.now();
    const told = this.#combine({ ...happening, note: cutNote(happening.note) });
    const key = eventKey(told, told.note);
    const present = this.#known.get(key);
    if (present !== undefined && nowMs - present.lastMs <= this.#windowMs) {
      present.count += 1;
      present.lastMs = nowMs;
      this.#unwritten.add(key);
      return;
    }
    if (!this.#makeRoom()) {
      this.#options.onDropped(new EventOverflowError(this.#capacity), told);
      return;
    }
    this.#known.set(key, {
      happening: told,
      name: this.#name(told, nowMs),
      firstMs: nowMs,
      lastMs: nowMs,
      count: 1,
    });
    this.#unwritten.add(key);
  }

  /** Writes until the signal aborts, then once more; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      await this.#flush(signal);
      this.#forgetOld();
      await clock.sleep(this.#flushMs, signal);
    }
    await this.#lastWords();
  }

  /** What was noted last is often why the process ends, so one more try, but not for long. */
  async #lastWords(): Promise<void> {
    const limit = new AbortController();
    const written = new AbortController();
    const timer = this.#options.clock.sleep(2_000, written.signal).then(() => limit.abort());
    await this.#flush(limit.signal);
    written.abort();
    await timer;
  }

  async #flush(signal: AbortSignal): Promise<void> {
    const { api, controller, instance, onDropped } = this.#options;
    for (const key of [...this.#unwritten]) {
      const occurrence = this.#known.get(key);
      this.#unwritten.delete(key);
      if (occurrence === undefined) continue;
      try {
        await api.apply(EVENTS, eventObject(occurrence, { controller, instance }), { signal });
      } catch (error) {
        if (signal.aborted || isKubeUnavailable(error)) {
          this.#unwritten.add(key);
          return;
        }
        this.#forget(key, occurrence);
        onDropped(error, occurrence.happening);
      }
    }
  }

  #combine(happening: Happening): Happening {
    const group = eventKey(happening, '');
    const notes = this.#notes.get(group) ?? new Set<string>();
    this.#notes.set(group, notes);
    if (notes.has(happening.note) || notes.size < NOTES_PER_REASON) {
      notes.add(happening.note);
      return happening;
    }
    return { ...happening, note: 'several similar events; the log tells each' };
  }

  #forgetOld(): void {
    const horizon = this.#options.clock.now() - this.#windowMs;
    for (const [key, occurrence] of this.#known) {
      if (occurrence.lastMs >= horizon || this.#unwritten.has(key)) continue;
      this.#forget(key, occurrence);
    }
  }

  /** Forgets the oldest written event when all places are taken. @returns whether there is a free place now */
  #makeRoom(): boolean {
    if (this.#known.size < this.#capacity) return true;
    for (const [key, occurrence] of this.#known) {
      if (this.#unwritten.has(key)) continue;
      this.#forget(key, occurrence);
      return true;
    }
    return false;
  }

  #forget(key: string, occurrence: Occurrence): void {
    this.#known.delete(key);
    this.#notes.delete(eventKey(occurrence.happening, ''));
  }

  /** As client-go names them, `<object>.<hex>`, here with a random part since two may fall into one millisecond. */
  #name(happening: Happening, nowMs: number): string {
    const unique = Math.floor(this.#options.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
    return `${happening.regarding.name.slice(0, 200)}.${nowMs.toString(16)}${unique}`;
  }
}
