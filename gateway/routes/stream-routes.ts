/** Log lines and events of a lease over websockets (provider-wire 4.5). */
import { once } from 'node:events';
import type { LeaseId } from '../../market/ids.js';
import type { Scope } from '../auth/caller.js';
import { grantedLease } from '../http/exchange.js';
import type { Exchange, Reply, Route } from '../http/exchange.js';
import { CLOSE_CODE } from '../http/tenant-socket.js';
import { Problem, toProblem } from '../problem.js';
import type { ProblemCode } from '../problem.js';
import type { LeaseReader, ManifestStore, WorkloadReader } from '../ports.js';
import type { LeaseStreams, StreamOptions } from '../streams.js';
import { explainAbsence } from './lease-routes.js';

export interface StreamRoutesDependencies {
  readonly leases: LeaseReader;
  readonly manifests: ManifestStore;
  readonly workloads: WorkloadReader;
  readonly streams: LeaseStreams;
  readonly address: string;
}

const LEASE = '/lease/:dseq/:gseq/:oseq';

/** The Akash provider reads `service`, its own client sends `services`; both take several, separated by commas. */
const namedServices = (query: URLSearchParams): readonly string[] =>
  ['service', 'services']
    .flatMap((key) => query.getAll(key))
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** What the caller asks for within what the token covers; undefined for everything. */
const chosenServices = (
  query: URLSearchParams,
  covered: readonly string[] | undefined,
): readonly string[] | undefined => {
  const named = namedServices(query);
  const beyond = named.find((name) => covered?.includes(name) === false);
  if (beyond !== undefined) {
    const message = `the token does not cover service ${beyond.slice(0, 63)}`;
    throw new Problem('PermissionDenied', message, { field: 'services' });
  }
  return named.length === 0 ? covered : named;
};

/** Minus one, the Akash clients' default, is all. */
const tailOf = (query: URLSearchParams): number | undefined => {
  const text = query.get('tail');
  if (text === null || text === '' || text === '-1') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Problem('MalformedRequest', 'tail must be a number of lines', { field: 'tail' });
};

const isFollowing = (query: URLSearchParams): boolean =>
  ['1', 't', 'true'].includes(query.get('follow')?.toLowerCase() ?? '');

const CLOSE_BY_PROBLEM: Partial<Record<ProblemCode, number>> = {
  LeaseNotFound: CLOSE_CODE.leaseNotFound,
  ManifestNotReceived: CLOSE_CODE.leaseNotFound,
  WorkloadNotFound: CLOSE_CODE.leaseNotFound,
  ClusterUnavailable: CLOSE_CODE.clusterUnavailable,
  ChainUnavailable: CLOSE_CODE.clusterUnavailable,
};

/** What a route streams once its request is checked. */
type Streaming = (lease: LeaseId, options: StreamOptions) => AsyncIterable<unknown>;

const serve = async (
  dependencies: StreamRoutesDependencies,
  exchange: Exchange,
  scope: Scope,
  prepare: (query: URLSearchParams) => Streaming,
): Promise<Reply> => {
  const { lease, services: covered } = grantedLease(exchange, dependencies.address, scope);
  const services = chosenServices(exchange.query, covered);
  const stream = prepare(exchange.query);
  if (exchange.upgrade === undefined) {
    throw new Problem('UpgradeRequired', 'this route answers websockets only');
  }
  const socket = await exchange.upgrade();
  const signal = AbortSignal.any([exchange.signal, socket.closed]);
  try {
    if ((await dependencies.workloads.workload(lease)) === undefined) {
      throw await explainAbsence(dependencies, lease);
    }
    const options = { services, follow: isFollowing(exchange.query), signal };
    for await (const frame of stream(lease, options)) {
      if (!(await socket.send(JSON.stringify(frame)))) break;
    }
    socket.close(exchange.signal.aborted ? CLOSE_CODE.goingAway : CLOSE_CODE.done);
  } catch (error) {
    if (socket.closed.aborted) return { status: 101 };
    const problem = toProblem(error);
    socket.close(CLOSE_BY_PROBLEM[problem.code] ?? CLOSE_CODE.internal, problem.message);
    if (problem.code === 'InternalError') throw problem;
  }
  if (!socket.closed.aborted) await once(socket.closed, 'abort');
  return { status: 101 };
};

/** Builds them. */
export const streamRoutes = (dependencies: StreamRoutesDependencies): readonly Route[] => [
  {
    method: 'GET',
    path: `${LEASE}/logs`,
    takesBody: false,
    handle: (exchange) =>
      serve(dependencies, exchange, 'logs', (query) => {
        const tailLines = tailOf(query);
        return (lease, options) => dependencies.streams.logs(lease, { ...options, tailLines });
      }),
  },
  {
    method: 'GET',
    path: `${LEASE}/kubeevents`,
    takesBody: false,
    handle: (exchange) =>
      serve(
        dependencies,
        exchange,
        'events',
        () => (lease, options) => dependencies.streams.events(lease, options),
      ),
  },
];
