/**
 * Writes the journal out: entries are added to the segment that is being written, which is saved whole (it compresses far
 * better that way) at most once a period, and a new segment is begun when it is large or an hour old. What is older than a
 * day goes, and the oldest goes when all together grow too large. Decisions never wait for any of this.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HistoryEntry } from '../../history/entry.js';
import { SegmentWriter } from '../../history/segment-writer.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { DecisionJournal } from './journal.js';
import type { SegmentStore } from './ports.js';
import { segmentsToRemove } from './retention.js';

const compress = promisify(gzip);

/** Entries written at once; the inventories they refer to are the large part. */
const BATCH = 100;
/**
 * A segment is full at this many compressed bytes: small, because it is saved whole each time; at several times what its
 * first save took, because the inventory in that is repeated in every segment; and well below what the API server takes.
 */
const FULL_BYTES = { least: 64 * 1024, firstSaves: 4, most: 512 * 1024 };
/** The same for its text, which lies in memory meanwhile. */
const FULL_CHARS = 8 * 1024 * 1024;
const FULL_AGE_MS = 3_600_000;
/** The API server takes a mebibyte; base64 and metadata are not counted in it, but leave room. */
const MOST_BYTES = 900 * 1024;
const PRUNE_EVERY_MS = 600_000;
/** The end of a leader does not wait longer for an API server that is gone. */
const CLOSE_MS = 3_000;

export interface HistoryKeeperDeps {
  readonly journal: DecisionJournal;
  readonly store: SegmentStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Names this process in what it writes. */
  readonly writer: string;
  readonly keepMs: number;
  readonly maxBytes: number;
}

interface OpenSegment {
  readonly name: string;
  readonly startedAtMs: number;
  readonly writer: SegmentWriter;
  lastMs: number;
  /** Compressed size at which it is full; known from its first save on. */
  fullBytes: number | undefined;
  /** Set while what it holds is not saved. */
  unsaved: Uint8Array | undefined;
}

export class HistoryKeeper {
  readonly #deps: HistoryKeeperDeps;
  #open: OpenSegment | undefined;
  #prunedAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: HistoryKeeperDeps) {
    this.#deps = deps;
  }

  /** Saves what waits and removes what is old. @throws when the API server cannot be written to; nothing is lost by that */
  async run(signal: AbortSignal): Promise<void> {
    const { journal, clock, log } = this.#deps;
    const dropped = journal.dropped();
    if (dropped > 0) log.warn({ dropped }, 'decisions could not be kept: nobody could write them');
    await this.#save(signal);
    for (;;) {
      const entries = journal.drain(BATCH);
      if (entries.length === 0) break;
      await this.#add(entries);
      await this.#save(signal);
    }
    const now = clock.now();
    if (now - this.#prunedAtMs < PRUNE_EVERY_MS) return;
    await this.#prune(now, signal);
    this.#prunedAtMs = now;
  }

  /** A last attempt at the end, for a few seconds; never rejects. */
  async close(): Promise<void> {
    try {
      await this.run(AbortSignal.timeout(CLOSE_MS));
    } catch (err) {
      this.#deps.log.warn({ err }, 'the last decisions could not be kept');
    }
  }

  #begin(withoutSnapshots = false): OpenSegment {
    const { clock, random, writer } = this.#deps;
    const startedAtMs = clock.now();
    const suffix = Math.floor(random() * 0x1000000)
      .toString(16)
      .padStart(6, '0');
    return {
      name: `berth-history-${startedAtMs}-${suffix}`,
      startedAtMs,
      writer: new SegmentWriter({ startedAtMs, writer, withoutSnapshots }),
      lastMs: startedAtMs,
      fullBytes: undefined,
      unsaved: undefined,
    };
  }

  /** Adds to the open segment, or to a new one when they would be too much together. */
  async #add(entries: readonly HistoryEntry[]): Promise<void> {
    const { log } = this.#deps;
    const attempts = [
      ...(this.#open === undefined ? [] : [() => this.#open]),
      () => this.#begin(),
      () => this.#begin(true),
    ];
    for (const attempt of attempts) {
      const segment = attempt();
      if (segment === undefined) continue;
      for (const entry of entries) segment.writer.add(entry);
      const bytes = await compress(segment.writer.text());
      if (bytes.length > MOST_BYTES) {
        // What it held before is saved; the text with the new entries is not used any more.
        this.#open = undefined;
        continue;
      }
      segment.lastMs = entries.at(-1)?.atMs ?? segment.lastMs;
      segment.unsaved = bytes;
      this.#open = segment;
      return;
    }
    log.warn({ dropped: entries.length }, 'decisions could not be kept: they are too large');
  }

  async #save(signal: AbortSignal): Promise<void> {
    const segment = this.#open;
    const bytes = segment?.unsaved;
    if (segment === undefined || bytes === undefined) return;
    const { store, clock } = this.#deps;
    await store.save(segment.name, bytes, segment.lastMs, signal);
    segment.unsaved = undefined;
    const { least, firstSaves, most } = FULL_BYTES;
    segment.fullBytes ??= Math.min(most, Math.max(least, firstSaves * bytes.length));
    const full =
      bytes.length >= segment.fullBytes ||
      segment.writer.size >= FULL_CHARS ||
      clock.now() - segment.startedAtMs >= FULL_AGE_MS;
    if (full) this.#open = undefined;
  }

  async #prune(nowMs: number, signal: AbortSignal): Promise<void> {
    const { store, keepMs, maxBytes } = this.#deps;
    const all = await store.list(signal);
    const others = all.filter((s) => s.name !== this.#open?.name);
    for (const name of segmentsToRemove(others, { nowMs, keepMs, maxBytes })) {
      await store.remove(name, signal);
    }
  }
}
