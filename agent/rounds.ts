/** Round after round until told to stop, and what the probes say of it. */
import type { Agent } from './agent.js';
import type { Probes } from './internal-server.js';
import type { AgentMetrics } from './metrics.js';

export interface RoundsDeps {
  readonly agent: Pick<Agent, 'round'>;
  readonly metrics: Pick<AgentMetrics, 'ended' | 'failed'>;
  readonly periodMs: number;
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  /** Resolves after `ms`, or as soon as the agent is to stop. */
  readonly pause: (ms: number) => Promise<void>;
  readonly warn: (err: unknown, message: string) => void;
}

/** A round has a time-out, so a loop that has not turned for this long never will. */
const STUCK_MS = 5 * 60_000;

export class Rounds {
  readonly #deps: RoundsDeps;
  #endedMs: number;
  #unread: string | undefined = 'the GPUs have not been read yet';

  constructor(deps: RoundsDeps) {
    this.#deps = deps;
    this.#endedMs = deps.nowMs();
  }

  /** Alive while the loop turns; ready once the last round told something. */
  readonly probes: Probes = {
    live: () => {
      const forMs = this.#deps.nowMs() - this.#endedMs;
      return forMs > STUCK_MS + this.#deps.periodMs
        ? `no round has ended for ${Math.round(forMs / 1000)} s`
        : undefined;
    },
    ready: () => this.#unread,
  };

  /** Resolves soon after `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#round();
      await this.#deps.pause(this.#deps.periodMs);
    }
  }

  async #round(): Promise<void> {
    const { agent, metrics, nowMs, warn } = this.#deps;
    try {
      const round = await agent.round();
      metrics.ended(round, nowMs() / 1000);
      this.#unread = round.told ? undefined : `the GPUs were not read: ${round.why}`;
      if (!round.told) warn(undefined, this.#unread ?? '');
    } catch (err) {
      metrics.failed();
      this.#unread = 'what was read could not be told; the log says why';
      warn(err, 'a round failed; trying again');
    }
    this.#endedMs = nowMs();
  }
}
