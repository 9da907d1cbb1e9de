/**
 * A recorded order book in a file: JSON lines, gzip. Every append ends in a sync point of the compression and is on the disk
 * when it resolves, so that a killed writer leaves a file that can be read up to its last append. Going on with a file writes
 * what is complete of it anew, beside it, and puts that in its place: one way, whether the end was clean or torn.
 */
import { open, rename, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { constants, createGzip } from 'node:zlib';
import type { Gzip } from 'node:zlib';
import { formatBookLine, parseBookLine } from '../../history/order-book-lines.js';
import type { BookLine } from '../../history/order-book-lines.js';
import { readLines } from '../backtest/read-lines.js';
import type { BookSink } from './ports.js';

/** Lines copied at once when a file is gone on with. */
const COPY_LINES = 1_000;

/** Where a file stands. */
export interface BookEnd {
  readonly chainId: string;
  /** First height that is not in it. */
  readonly next: bigint;
  /** How many lines are complete. */
  readonly lines: number;
}

/** The end of what is complete; `undefined` when nothing is. @throws OrderBookFormatError, the file system's errors */
export const bookEnd = async (path: string): Promise<BookEnd | undefined> => {
  let number = 0;
  let chainId: string | undefined;
  let end: BookEnd | undefined;
  for await (const text of readLines(path)) {
    number += 1;
    const line = parseBookLine(text, number);
    if (line.type === 'head') chainId = line.chainId;
    if (chainId === undefined) return undefined;
    const next =
      line.type === 'through'
        ? line.at.height + 1n
        : line.type === 'gap'
          ? line.to + 1n
          : undefined;
    if (next !== undefined) end = { chainId, next, lines: number };
  }
  return end;
};

export class BookFile implements BookSink {
  readonly #handle: FileHandle;
  readonly #gzip: Gzip = createGzip();
  #chunks: Buffer[] = [];

  private constructor(handle: FileHandle) {
    this.#handle = handle;
    this.#gzip.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
  }

  /** A new file. @throws the file system's errors, EEXIST among them */
  static async create(path: string): Promise<BookFile> {
    return new BookFile(await open(path, 'wx'));
  }

  /** Goes on with a file after its first `lines` lines. @throws the file system's errors */
  static async resume(path: string, lines: number): Promise<BookFile> {
    const part = `${path}.part`;
    const file = new BookFile(await open(part, 'w'));
    let kept: string[] = [];
    let number = 0;
    for await (const text of readLines(path)) {
      number += 1;
      if (number > lines) break;
      kept.push(text);
      if (kept.length < COPY_LINES) continue;
      await file.#write(kept);
      kept = [];
    }
    await file.#write(kept);
    await rename(part, path);
    return file;
  }

  append(lines: readonly BookLine[]): Promise<void> {
    return this.#write(lines.map(formatBookLine));
  }

  /** Ends the compression well. */
  async close(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#gzip.once('end', resolve).once('error', reject).end();
    });
    await this.#flushChunks();
    await this.#handle.close();
  }

  async #write(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    this.#gzip.write(lines.map((line) => `${line}\n`).join(''));
    await new Promise<void>((resolve) => {
      this.#gzip.flush(constants.Z_SYNC_FLUSH, resolve);
    });
    await this.#flushChunks();
  }

  async #flushChunks(): Promise<void> {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    await this.#handle.appendFile(bytes);
    await this.#handle.datasync();
  }
}

/** Bytes of a file, `undefined` when there is none. */
export const sizeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
};
