/** One request as a route sees it, and the reply it returns: routes never touch sockets, headers or tokens. */
import type { Caller, Scope } from '../auth/caller.js';
import { authorize } from '../auth/authorize.js';
import type { LeaseId } from '../../market/ids.js';
import { isIdFormatError, parseUint32, parseUint64 } from '../../market/ids.js';
import { Problem } from '../problem.js';
import type { TenantSocket } from './tenant-socket.js';

export interface Exchange {
  readonly caller: Caller;
  /** Decoded path parameters. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  /** The whole body; empty for routes that take none. */
  readonly body: Buffer;
  /** Aborts when the client has gone or the gateway stops. */
  readonly signal: AbortSignal;
  /** Makes a websocket of the connection, once; undefined when the client did not ask for one. */
  readonly upgrade: (() => Promise<TenantSocket>) | undefined;
}

/** A reply with a JSON body, or with none; status 101 after an upgrade, when everything is said already. */
export interface Reply {
  readonly status: number;
  readonly json?: unknown;
}

export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** Express path; also the route's name in logs and metrics. */
  readonly path: string;
  /** Whether a body is read for it. */
  readonly takesBody: boolean;
  readonly handle: (exchange: Exchange) => Promise<Reply>;
}

/** The proven caller. @throws Problem AuthenticationRequired */
export const requireCaller = (caller: Caller): Exclude<Caller, { kind: 'anonymous' }> => {
  if (caller.kind !== 'anonymous') return caller;
  throw new Problem(
    'AuthenticationRequired',
    'this route needs a bearer token or a client certificate of the lease owner',
  );
};

const param = (exchange: Exchange, name: string): string => exchange.params[name] ?? '';

const parsed = <T>(parse: () => T): T => {
  try {
    return parse();
  } catch (error) {
    if (isIdFormatError(error)) {
      throw new Problem('MalformedRequest', error.message, { field: error.field, cause: error });
    }
    throw error;
  }
};

/** The `:dseq` of the path. @throws Problem MalformedRequest */
export const dseqOf = (exchange: Exchange): bigint =>
  parsed(() => parseUint64(param(exchange, 'dseq'), 'dseq'));

/** A lease of the caller that he may act on. */
export interface GrantedLease {
  readonly lease: LeaseId;
  /** Services the caller is limited to; `undefined` for all. */
  readonly services: readonly string[] | undefined;
}

/** The caller's lease named by the path, once `scope` on it is proven. @throws Problem */
export const grantedLease = (exchange: Exchange, provider: string, scope: Scope): GrantedLease => {
  const caller = requireCaller(exchange.caller);
  const dseq = dseqOf(exchange);
  const gseq = parsed(() => parseUint32(param(exchange, 'gseq'), 'gseq'));
  const oseq = parsed(() => parseUint32(param(exchange, 'oseq'), 'oseq'));
  const granted = authorize(caller, provider, { scope, dseq, gseq, oseq });
  if (!granted.ok) throw new Problem('PermissionDenied', granted.why, { field: 'leases' });
  return {
    lease: { owner: caller.owner, dseq, gseq, oseq, provider, bseq: 0 },
    services: granted.services,
  };
};
