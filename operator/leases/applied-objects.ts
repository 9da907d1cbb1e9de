/** What was last applied of each lease, so that it is applied again only when it changes, or now and then against drift. */
import type { KubeObject } from '../../crds/object.js';
import type { Clock } from '../clock.js';

interface Applied {
  readonly fingerprint: string;
  /** Monotonic milliseconds. */
  readonly at: number;
}

export class AppliedObjects {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #repeatMs: number;
  readonly #byKey = new Map<string, Applied>();

  /** @param repeatMs after which the same objects are applied again, in case somebody changed them */
  constructor(clock: Pick<Clock, 'monotonic'>, repeatMs: number) {
    this.#clock = clock;
    this.#repeatMs = repeatMs;
  }

  /**
   * Runs `apply` when `objects` are not what was applied last under `key`. While it runs, and when it fails or returns
   * `false`, nothing counts as applied: half a manifest must never pass for the one before it.
   * @returns whether `apply` ran
   */
  async ensure(
    key: string,
    objects: readonly KubeObject[],
    apply: () => Promise<boolean>,
  ): Promise<boolean> {
    const fingerprint = JSON.stringify(objects);
    const last = this.#byKey.get(key);
    const fresh = last !== undefined && this.#clock.monotonic() - last.at <= this.#repeatMs;
    if (fresh && last.fingerprint === fingerprint) return false;
    this.#byKey.delete(key);
    if (await apply()) this.#byKey.set(key, { fingerprint, at: this.#clock.monotonic() });
    return true;
  }

  forget(key: string): void {
    this.#byKey.delete(key);
  }

  /** How many sets of objects are remembered. */
  get size(): number {
    return this.#byKey.size;
  }
}
