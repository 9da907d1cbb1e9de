/** When something that the chain refused is tried again: exponential in blocks, so that a standing refusal costs few fees. */
const MAX_SHIFT = 10n;
const AT_ONCE = 3n;

export class RetrySchedule {
  readonly #failures = new Map<string, { readonly count: bigint; readonly retryHeight: bigint }>();

  /**
   * Notes a failure at `height`: the next try is 1, 2, 4 … at most 1024 blocks later.
   * @param atOnce what went wrong is put right: the first few of these are tried again in the same block
   */
  failed(path: string, height: bigint, atOnce = false): void {
    const count = (this.#failures.get(path)?.count ?? 0n) + 1n;
    if (atOnce && count <= AT_ONCE) {
      this.#failures.set(path, { count, retryHeight: height });
      return;
    }
    const shift = count - 1n > MAX_SHIFT ? MAX_SHIFT : count - 1n;
    this.#failures.set(path, { count, retryHeight: height + (1n << shift) });
  }

  /** It worked: a later failure starts with the shortest wait again. */
  succeeded(path: string): void {
    this.#failures.delete(path);
  }

  /** Whether it may be tried at `height`. */
  isDue(path: string, height: bigint): boolean {
    const failure = this.#failures.get(path);
    return failure === undefined || height >= failure.retryHeight;
  }

  /** Forgets everything that `matters` no longer. */
  retain(matters: (path: string) => boolean): void {
    for (const path of this.#failures.keys()) if (!matters(path)) this.#failures.delete(path);
  }
}
