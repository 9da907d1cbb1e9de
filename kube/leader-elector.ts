/**
 * Leader election on a coordination.k8s.io Lease, with client-go's semantics: a candidate takes over only when the
 * record has not changed for a whole lease duration of its *own* clock, so clocks need not agree; a leader that cannot
 * renew within its (shorter) deadline is no leader any more.
 */
import { childOf } from './abort.js';
import type { KubeApi } from './api.js';
import type { Clock } from './clock.js';
import type { CoordinationLease } from './core-objects.js';
import { isKubeAlreadyExists, isKubeConflict } from './errors.js';
import { microTime } from './micro-time.js';
import { COORDINATION_LEASES } from './resources.js';

export interface LeaderElectorOptions {
  readonly api: Pick<KubeApi, 'get' | 'create' | 'replace'>;
  readonly namespace: string;
  /** Name of the Lease that candidates share. */
  readonly name: string;
  /** Unique per process, for example pod name plus a random part. */
  readonly identity: string;
  readonly clock: Clock;
  /** Gives [0, 1). */
  readonly random: () => number;
  /** Default 15 s, 10 s, 2 s; each must be smaller than the one before. */
  readonly leaseDurationMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryPeriodMs?: number;
  /** We lead. `token` grows with every change of leader (leaseTransitions) and fences off earlier ones. */
  readonly onElected: (token: number) => void;
  /** We lead no more and did not mean to stop: the process must exit, since its work may be another's now. */
  readonly onLost: (why: Error) => void;
  /** Hears of attempts that failed and are repeated. */
  readonly onError: (error: unknown) => void;
}

/** Leadership was not renewed in time. */
export class LeadershipLostError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LeadershipLostError';
  }
}

interface Seen {
  /** What tells one renewal from another; resourceVersion would also change with labels. */
  readonly record: string;
  readonly at: number;
}

type Attempt =
  { readonly leading: true; readonly lease: CoordinationLease } | { readonly leading: false };

export class LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #leaseDurationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryPeriodMs: number;
  #seen: Seen | undefined;
  #held: CoordinationLease | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;

  /** @throws RangeError when duration, deadline and period are not in falling order */
  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#leaseDurationMs = options.leaseDurationMs ?? 15_000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.#retryPeriodMs = options.retryPeriodMs ?? 2_000;
    if (!(
      this.#leaseDurationMs > this.#renewDeadlineMs && this.#renewDeadlineMs > this.#retryPeriodMs
    )) {
      throw new RangeError(
        'leader election: leaseDurationMs > renewDeadlineMs > retryPeriodMs must hold',
      );
    }
  }

  /** The fencing token while we lead and the last renewal is younger than the deadline, otherwise undefined. */
  get token(): number | undefined {
    const age = this.#options.clock.monotonic() - this.#renewedAt;
    return this.#held !== undefined && age < this.#renewDeadlineMs
      ? (this.#held.spec?.leaseTransitions ?? 0)
      : undefined;
  }

  /** Competes, leads, and gives the Lease back when the signal aborts. Resolves when it leads no more; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { onElected, onLost } = this.#options;
    const token = await this.#acquire(signal);
    if (token !== undefined && !signal.aborted) onElected(token);
    const lost = signal.aborted ? undefined : await this.#renewUntilLost(signal);
    if (lost === undefined) {
      await this.#release();
      return;
    }
    this.#held = undefined;
    onLost(lost);
  }

  /** @returns the token, or undefined when the signal aborted before we led */
  async #acquire(signal: AbortSignal): Promise<number | undefined> {
    const { clock, onError, random } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#attempt(signal);
        // An answer that came after the renew deadline is no leadership: the next attempt renews it.
        const { token } = this;
        if (token !== undefined) return token;
      } catch (error) {
        if ((signal as { readonly aborted: boolean }).aborted) return undefined;
        onError(error);
      }
      await clock.sleep(this.#retryPeriodMs * (1 + random() * 0.2), signal);
    }
    return undefined;
  }

  /** @returns why leadership was lost, or undefined when the signal aborted */
  async #renewUntilLost(signal: AbortSignal): Promise<LeadershipLostError | undefined> {
    const { clock, onError } = this.#options;
    let last: unknown;
    for (;;) {
      await clock.sleep(this.#retryPeriodMs, signal);
      if (signal.aborted) return undefined;
      try {
        if (!(await this.#attemptBeforeDeadline(signal))) {
          return new LeadershipLostError('another candidate holds the Lease');
        }
        last = undefined;
      } catch (error) {
        if ((signal as { readonly aborted: boolean }).aborted) return undefined;
        last = error;
        onError(error);
      }
      if (this.token === undefined) {
        return new LeadershipLostError(`not renewed in ${this.#renewDeadlineMs / 1000} s`, {
          cause: last,
        });
      }
    }
  }

  /** An attempt that hangs must not outlive the deadline. */
  async #attemptBeforeDeadline(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options;
    const { controller, dispose } = childOf(signal);
    const answered = new AbortController();
    const left = this.#renewedAt + this.#renewDeadlineMs - clock.monotonic();
    const timer = clock.sleep(left, answered.signal).then(() => {
      if (answered.signal.aborted) return;
      controller.abort(new LeadershipLostError('no answer before the renew deadline'));
    });
    try {
      return await this.#attempt(controller.signal);
    } finally {
      answered.abort();
      dispose();
      await timer;
    }
  }

  /** One try to take or keep the Lease. @returns whether we hold it */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options;
    // Counted from before the request: what the server wrote can only be younger.
    const startedAt = clock.monotonic();
    const outcome = await this.#takeOrKeep(signal);
    if (!outcome.leading) return false;
    this.#held = outcome.lease;
    this.#renewedAt = startedAt;
    return true;
  }

  async #takeOrKeep(signal: AbortSignal): Promise<Attempt> {
    const { api, namespace, name, identity } = this.#options;
    const present =
      this.#held ?? (await api.get(COORDINATION_LEASES, { namespace, name }, { signal }));
    try {
      if (present === undefined) {
        const lease = await api.create(COORDINATION_LEASES, this.#record(undefined), { signal });
        return { leading: true, lease };
      }
      const holder = present.spec?.holderIdentity ?? '';
      if (holder !== identity && holder !== '' && !this.#expired(present))
        return { leading: false };
      const lease = await api.replace(COORDINATION_LEASES, this.#record(present), { signal });
      return { leading: true, lease };
    } catch (error) {
      if (!isKubeConflict(error) && !isKubeAlreadyExists(error)) throw error;
      return this.#afterConflict(signal);
    }
  }

  /** Someone wrote in between: look whether it was about us. A label change is none of our business. */
  async #afterConflict(signal: AbortSignal): Promise<Attempt> {
    const { api, namespace, name, identity } = this.#options;
    const wasLeading = this.#held !== undefined;
    const lease = await api.get(COORDINATION_LEASES, { namespace, name }, { signal });
    if (!wasLeading || lease?.spec?.holderIdentity !== identity) return { leading: false };
    const renewed = await api.replace(COORDINATION_LEASES, this.#record(lease), { signal });
    return { leading: true, lease: renewed };
  }

  #expired(lease: CoordinationLease): boolean {
    const { clock } = this.#options;
    const record = JSON.stringify(lease.spec ?? {});
    if (this.#seen?.record !== record) this.#seen = { record, at: clock.monotonic() };
    const durationMs = (lease.spec?.leaseDurationSeconds ?? 0) * 1000;
    return clock.monotonic() - this.#seen.at >= Math.max(durationMs, this.#leaseDurationMs);
  }

  #record(present: CoordinationLease | undefined): CoordinationLease {
    const { clock, identity, name, namespace } = this.#options;
    const now = microTime(clock.now());
    const keeping = present?.spec?.holderIdentity === identity && this.#held !== undefined;
    const transitions = present?.spec?.leaseTransitions ?? 0;
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: present?.metadata ?? { name, namespace },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: Math.ceil(this.#leaseDurationMs / 1000),
        acquireTime: keeping ? (present.spec.acquireTime ?? now) : now,
        renewTime: now,
        leaseTransitions: present === undefined ? 0 : keeping ? transitions : transitions + 1,
      },
    };
  }

  async #release(): Promise<void> {
    const { api, clock, onError } = this.#options;
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    const give = new AbortController();
    const answered = new AbortController();
    const timer = clock.sleep(this.#retryPeriodMs, answered.signal).then(() => {
      if (answered.signal.aborted) return;
      give.abort(new LeadershipLostError('no answer while giving the Lease back'));
    });
    try {
      const now = microTime(clock.now());
      const spec = { ...held.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: now };
      await api.replace(COORDINATION_LEASES, { ...held, spec }, { signal: give.signal });
    } catch (error) {
      // The next leader then waits for the duration to pass; nothing else is harmed.
      onError(error);
    } finally {
      answered.abort();
      await timer;
    }
  }
}
