/** The gateway's metrics: named recorders over one registry. No label ever holds an id or an address. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { RequestRecord } from './http/pipeline.js';
import { PROBLEM_STATUS } from './problem.js';
import type { DoorRefusal } from './tls/front-door.js';

export interface GatewayMetrics {
  readonly registry: Registry;
  request(record: RequestRecord): void;
  connectionRefused(reason: DoorRefusal): void;
  clientError(code: string): void;
  /** Where the number of open connections is read at each scrape. */
  watchConnections(read: () => number): void;
}

const isAuthFailure = (code: string): boolean => {
  const status: number | undefined = (PROBLEM_STATUS as Readonly<Record<string, number>>)[code];
  return status === 401 || code === 'AmbiguousCredentials' || code === 'TokenMalformed';
};

/** Node's and OpenSSL's codes are many; only their shape is trusted as a label. */
const errorLabel = (code: string): string => (/^[A-Z0-9_]{1,60}$/.test(code) ? code : 'OTHER');

/** Creates the recorders. */
export const createMetrics = (): GatewayMetrics => {
  let openConnections = (): number => 0;
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'berth_gateway_requests_total',
    help: 'Requests answered, by route, HTTP status and reason code.',
    labelNames: ['route', 'status', 'code'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'berth_gateway_request_duration_seconds',
    help: 'Time from the headers of a request to its answer.',
    labelNames: ['route'] as const,
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const authFailures = new Counter({
    name: 'berth_gateway_auth_failures_total',
    help: 'Requests refused for their credentials or permissions, by reason code.',
    labelNames: ['code'] as const,
    registers,
  });
  const refused = new Counter({
    name: 'berth_gateway_connections_refused_total',
    help: 'Connections ended before a TLS handshake, by reason.',
    labelNames: ['reason'] as const,
    registers,
  });
  const clientErrors = new Counter({
    name: 'berth_gateway_client_errors_total',
    help: 'Handshakes and requests that could not be read or were too slow, by error code.',
    labelNames: ['code'] as const,
    registers,
  });
  new Gauge({
    name: 'berth_gateway_connections',
    help: 'Open connections.',
    registers,
    collect() {
      this.set(openConnections());
    },
  });
  return {
    registry,
    request: ({ route, status, code, seconds }) => {
      requests.inc({ route, status: String(status), code });
      durations.observe({ route }, seconds);
      if (isAuthFailure(code)) authFailures.inc({ code });
    },
    connectionRefused: (reason) => {
      refused.inc({ reason });
    },
    clientError: (code) => {
      clientErrors.inc({ code: errorLabel(code) });
    },
    watchConnections: (read) => {
      openConnections = read;
    },
  };
};
