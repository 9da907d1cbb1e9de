/** What flows to a tenant for as long as he listens: log lines and events of his lease. Ports of the gateway. */
import type { LeaseId } from '../market/ids.js';

/** What to follow. */
export interface StreamOptions {
  /** Names of services; undefined for all. */
  readonly services: readonly string[] | undefined;
  /** Go on with what comes from now, until the lease's workload is gone. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

export interface LogStreamOptions extends StreamOptions {
  /** Only so many of the last lines of each container; undefined for all that are kept. */
  readonly tailLines: number | undefined;
}

/** One line of a container's log; the frame of the Akash provider (provider-wire 4.5). */
export interface LogFrame {
  /** Name of the pod. */
  readonly name: string;
  readonly message: string;
}

/** One event of the lease's namespace; the frame of the Akash provider (provider-wire 4.5). */
export interface EventFrame {
  readonly type: string;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly reason: string;
  readonly note: string;
  readonly object: { readonly kind: string; readonly namespace: string; readonly name: string };
}

/** Each iterable ends when there is no more to come, and throws `UpstreamUnavailableError` when the cluster is silent. */
export interface LeaseStreams {
  logs(lease: LeaseId, options: LogStreamOptions): AsyncIterable<LogFrame>;
  events(lease: LeaseId, options: StreamOptions): AsyncIterable<EventFrame>;
}
