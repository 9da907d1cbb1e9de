/** The last requests that were signed, so that a repeated question is not counted twice. */
import { createHash } from 'node:crypto';

const KEPT = 10_000;

/** Forgets the oldest beyond ten thousand; a forgotten one is merely counted again. */
export class Recent {
  readonly #digests = new Set<string>();

  add(bytes: Uint8Array): void {
    const digest = this.#digest(bytes);
    this.#digests.delete(digest);
    this.#digests.add(digest);
    if (this.#digests.size <= KEPT) return;
    const oldest = this.#digests.values().next().value;
    if (oldest !== undefined) this.#digests.delete(oldest);
  }

  has(bytes: Uint8Array): boolean {
    return this.#digests.has(this.#digest(bytes));
  }

  #digest(bytes: Uint8Array): string {
    return createHash('sha256').update(bytes).digest('base64');
  }
}
