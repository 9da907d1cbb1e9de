/**
 * A tenant's calls to his provider's gateway, over TLS to the provider the chain names: the server must show one of the
 * provider's valid certificates on chain, or one that an authority issued for the host name. Nothing is sent, the token
 * least of all, before that is settled. Routes: provider-wire 4.4.
 */
import type { Certificate } from '../market/records.js';
import { printable } from './format/table.js';
import { exchange } from './gateway-http.js';
import type { RawAnswer, RawRequest } from './gateway-http.js';
import { framesOf, openSocket } from './gateway-stream.js';
import type { Door } from './gateway-stream.js';
import { connectVerified } from './gateway-tls.js';
import { parseLeaseStatus } from './lease-status.js';
import type { GatewayAnswer, GatewayRefusal, GatewayTarget, TenantGateway } from './ports.js';

export interface GatewayClientDeps {
  /** Certificates of a provider on chain. @throws ChainUnavailableError */
  readonly certificates: (provider: string) => Promise<readonly Certificate[]>;
  /** A token for this provider and deployment. */
  readonly token: (provider: string, dseq: bigint) => Promise<string>;
  /** Wall clock, Unix milliseconds: certificates are valid for a time. */
  readonly nowMs: () => number;
  /** Deadline of one request, milliseconds; a manifest may wait for its lease to show on chain. */
  readonly timeoutMs: number;
  /** PEM certificates of authorities; default those of the system. */
  readonly authorities?: readonly string[] | undefined;
}

/** Statuses after which the same request may succeed: not yet there, busy, or down for a moment. */
const TRANSIENT_STATUSES: readonly number[] = [404, 408, 429, 500, 502, 503, 504];

const asJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const textOf = (json: unknown, key: string): string | undefined => {
  if (typeof json !== 'object' || json === null || !(key in json)) return undefined;
  const value: unknown = (json as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** A stranger's words: kept short and harmless for a terminal. */
const wordsOf = (text: string): string => printable(text.replace(/\s+/g, ' ').trim(), 300);

const refusalOf = ({ status, text }: RawAnswer): GatewayRefusal => {
  const json = asJson(text);
  const message = wordsOf(textOf(json, 'message') ?? text);
  const code = textOf(json, 'code') ?? '';
  const field = textOf(json, 'field');
  return {
    ok: false,
    transient: TRANSIENT_STATUSES.includes(status),
    // Other providers give no code of their own.
    code: /^[A-Za-z]{1,60}$/.test(code) ? code : `GatewayAnswered${status}`,
    message: `the provider's gateway refused (HTTP ${status}): ${message === '' ? 'no explanation' : message}`,
    field: field === undefined ? undefined : wordsOf(field),
  };
};

const parseHostUri = (hostUri: string): URL | undefined => {
  if (!URL.canParse(hostUri)) return undefined;
  const url = new URL(hostUri);
  return url.protocol === 'https:' && url.hostname !== '' ? url : undefined;
};

const unreachable = (url: URL, error: unknown): GatewayRefusal => ({
  ok: false,
  transient: true,
  code: 'GatewayUnreachable',
  message: `the provider's gateway at ${url.origin} does not answer: ${
    error instanceof Error ? error.message : String(error)
  }`,
});

/** The client. Its calls throw only `ChainUnavailableError`, when the provider's certificates could not be read. */
export const createGatewayClient = (deps: GatewayClientDeps): TenantGateway => {
  /** Hands a proven connection and a token to `use`, which owns the connection then. */
  const connected = async <T>(
    target: GatewayTarget,
    dseq: bigint,
    given: AbortSignal | undefined,
    use: (door: Door, signal: AbortSignal) => Promise<GatewayAnswer<T>>,
  ): Promise<GatewayAnswer<T>> => {
    const url = parseHostUri(target.hostUri);
    if (url === undefined) {
      const message = `provider ${target.provider} has no usable https address on chain: "${target.hostUri}"`;
      return { ok: false, transient: false, code: 'HostUriInvalid', message, field: 'hostUri' };
    }
    const certificates = await deps.certificates(target.provider);
    const deadline = AbortSignal.timeout(deps.timeoutMs);
    const signal = given === undefined ? deadline : AbortSignal.any([deadline, given]);
    try {
      const door = await connectVerified(url, certificates, {
        nowMs: deps.nowMs(),
        signal,
        authorities: deps.authorities,
      });
      if (!door.ok) return { ok: false, transient: false, code: door.code, message: door.message };
      const token = await deps.token(target.provider, dseq);
      return await use({ socket: door.socket, token, host: url.host }, signal);
    } catch (error) {
      return unreachable(url, deadline.aborted ? new Error('no answer in time') : error);
    }
  };
  const call = (
    target: GatewayTarget,
    dseq: bigint,
    asked: Pick<RawRequest, 'method' | 'path' | 'body'>,
    given: AbortSignal | undefined,
  ): Promise<GatewayAnswer<RawAnswer>> =>
    connected(target, dseq, given, async ({ socket, token, host }, signal) => {
      try {
        const answer = await exchange(socket, { ...asked, token, host }, signal);
        return answer.status === 200 ? { ok: true, value: answer } : refusalOf(answer);
      } finally {
        socket.destroy();
      }
    });

  return {
    putManifest: async (target, dseq, manifest, signal) => {
      const asked = { method: 'PUT', path: `/deployment/${dseq}/manifest`, body: manifest };
      const answer = await call(target, dseq, asked, signal);
      return answer.ok ? { ok: true, value: undefined } : answer;
    },
    leaseStatus: async (target, lease, signal) => {
      const path = `/lease/${lease.dseq}/${lease.gseq}/${lease.oseq}/status`;
      const answer = await call(target, lease.dseq, { method: 'GET', path }, signal);
      if (!answer.ok) return answer;
      const status = parseLeaseStatus(asJson(answer.value.text));
      if (status !== undefined) return { ok: true, value: status };
      const message = "the provider's gateway answered something that is no lease status";
      return { ok: false, transient: false, code: 'GatewayAnswerUnreadable', message };
    },
    openStream: (target, lease, path, given) =>
      connected(target, lease.dseq, given, async (door, signal) => {
        const below = `/lease/${lease.dseq}/${lease.gseq}/${lease.oseq}/${path}`;
        const opened = await openSocket({ ...door, path: below }, signal);
        return opened.ok
          ? { ok: true, value: { frames: framesOf(opened.socket, given) } }
          : refusalOf(opened.answer);
      }),
  };
};
