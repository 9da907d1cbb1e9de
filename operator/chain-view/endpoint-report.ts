/** What people are told of the chain endpoints: the status, gauges, and an Event and a line in the log for each change. */
import type { EndpointState } from '../../chain/rpc/endpoint-state.js';
import type { KubeObject } from '../../crds/object.js';
import type { Reason } from '../../market/reasons.js';
import type { OperatorEvents } from '../events.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import type { ChainView } from './chain-view.js';

export interface EndpointReportDeps {
  readonly endpoints: () => readonly EndpointState[];
  /** Why nothing destructive could be proven now. */
  readonly obstacle: () => Reason | undefined;
  readonly view: Pick<ChainView, 'height' | 'stalenessMs'>;
  readonly metrics: Pick<OperatorMetrics, 'chainEndpoints'>;
  readonly events: OperatorEvents;
  /** What Events are about. */
  readonly about: () => KubeObject;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** Ages are told in these steps, so that a status is not written for each second. */
const AGE_STEP_S = 10;

const isWell = ({ code }: EndpointState): boolean => code === 'Healthy' || code === 'NotChecked';

export class EndpointReport {
  readonly #deps: EndpointReportDeps;
  readonly #codes = new Map<string, string>();
  #serving: string | undefined;
  #obstacle: string | undefined;

  constructor(deps: EndpointReportDeps) {
    this.#deps = deps;
  }

  /** Sets the gauges and tells of what changed since the last call. */
  run(): void {
    const { endpoints, metrics } = this.#deps;
    const states = endpoints();
    metrics.chainEndpoints(states);
    for (const state of states) this.#tellState(state);
    this.#tellServing(states);
    this.#tellObstacle();
  }

  /** Host and port of the endpoint that serves; empty before the first answer. */
  serving(): string {
    return this.#deps.endpoints().find((e) => e.serving)?.label ?? '';
  }

  /** Each endpoint as the ComputeProvider's status shows it. */
  states(): readonly EndpointState[] {
    return this.#deps.endpoints();
  }

  /** How well the chain is followed while it is: the reason and message of ChainSynced. */
  fresh(): Reason {
    const { view } = this.#deps;
    const obstacle = this.#deps.obstacle();
    const age = Math.ceil((view.stalenessMs() + 1) / 1000 / AGE_STEP_S) * AGE_STEP_S;
    const served = `New blocks come from ${this.serving() || 'nowhere yet'}, the newest less than ${age} s ago${this.others()}`;
    return obstacle === undefined
      ? { code: 'Fresh', message: `${served}.` }
      : { code: obstacle.code, message: `${served}. ${obstacle.message}` };
  }

  /** Which endpoints are not well, for the end of a sentence. */
  others(): string {
    const ill = this.#deps.endpoints().filter((e) => !isWell(e));
    return ill.length === 0 ? '' : ` (${ill.map((e) => `${e.label}: ${e.code}`).join(', ')})`;
  }

  #tellState(state: EndpointState): void {
    const { label, code, message } = state;
    const before = this.#codes.get(label);
    if (before === code) return;
    this.#codes.set(label, code);
    const wasWell = before === undefined || before === 'NotChecked' || before === 'Healthy';
    if (isWell(state) && wasWell) return;
    const { events, about, log } = this.#deps;
    if (isWell(state)) {
      log.info({ endpoint: label }, 'a chain endpoint is well again');
      events.record(about(), {
        type: 'Normal',
        reason: 'EndpointHealthy',
        action: 'WatchChain',
        note: `Chain endpoint ${label} is well again.`,
      });
      return;
    }
    log.warn({ endpoint: label, reason: code }, message);
    events.record(about(), {
      type: 'Warning',
      reason: 'EndpointUnhealthy',
      action: 'WatchChain',
      note: `${code}: ${message}.`,
    });
  }

  #tellServing(states: readonly EndpointState[]): void {
    const serving = states.find((e) => e.serving)?.label;
    if (serving === undefined || serving === this.#serving) return;
    const { events, about, log } = this.#deps;
    const before = this.#serving;
    this.#serving = serving;
    log.info({ endpoint: serving, before }, 'another chain endpoint serves');
    if (before === undefined) return;
    events.record(about(), {
      type: 'Normal',
      reason: 'EndpointServing',
      action: 'WatchChain',
      note: `Chain endpoint ${serving} serves in place of ${before}.`,
    });
  }

  #tellObstacle(): void {
    const { obstacle, events, about, log } = this.#deps;
    const now = obstacle();
    if (now?.code === this.#obstacle) return;
    this.#obstacle = now?.code;
    if (now === undefined) {
      log.info('ends of leases can be proven again');
      return;
    }
    log.warn({ reason: now.code }, now.message);
    events.record(about(), {
      type: 'Warning',
      reason: now.code,
      action: 'ProveOnChain',
      note: now.message,
    });
  }
}
