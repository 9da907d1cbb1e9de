/** `berth provider vantage`: serves the vantage's protocol until the user wants out. */
import { once } from 'node:events';
import { isIP } from 'node:net';
import { errno } from '../../errno.js';
import { misused } from '../../failure.js';
import type { Context } from '../../ports.js';
import { PUBLIC_PORTS } from './protocol.js';
import { serveVantage } from './server.js';

export interface VantageRequest {
  /** `host:port` */
  readonly listen: string;
  readonly token: string;
  readonly hosts: readonly string[];
  readonly ports: readonly string[];
}

const CONNECT_TIMEOUT_MS = 5_000;
const MIN_TOKEN_LENGTH = 16;

/** `0.0.0.0:8790` or `[::]:8790`. @throws CliFailure `ListenInvalid` */
const readListen = (text: string): { readonly host: string; readonly port: number } => {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  const host = (match?.[1] ?? '').replace(/^\[(.*)\]$/, '$1');
  const port = Number(match?.[2] ?? 'NaN');
  if (isIP(host) !== 0 && port <= 65_535) return { host, port };
  throw misused('ListenInvalid', `--listen must be ADDRESS:PORT, got "${text}"`, {
    field: 'listen',
  });
};

const readPorts = (texts: readonly string[]): ReadonlySet<number> => {
  const ports = texts.map((text) => {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port >= 1 && port <= 65_535) return port;
    throw misused('PortInvalid', `--port must be a number from 1 to 65535, got "${text}"`, {
      field: 'port',
    });
  });
  return new Set(ports.length === 0 ? PUBLIC_PORTS : ports);
};

/** @throws CliFailure naming the option */
export const vantage = async (ctx: Context, request: VantageRequest): Promise<void> => {
  if (request.hosts.length === 0) {
    throw misused('OptionMissing', '--host is needed: the provider that is looked at', {
      field: 'host',
    });
  }
  if (request.token.length < MIN_TOKEN_LENGTH) {
    throw misused('TokenInvalid', `the token must have ${MIN_TOKEN_LENGTH} characters or more`, {
      field: 'token-file',
      next: 'Make one with: openssl rand -hex 24',
    });
  }
  const listen = readListen(request.listen);
  const ports = readPorts(request.ports);
  const server = await serveVantage({
    ...{ listen, ports, token: request.token, timeoutMs: CONNECT_TIMEOUT_MS },
    hosts: new Set(request.hosts),
  }).catch((error: unknown) => {
    const why = errno(error);
    if (why === undefined) throw error;
    throw misused('ListenInvalid', `cannot listen on ${request.listen}: ${why}`, {
      field: 'listen',
    });
  });
  ctx.output.line(
    { listening: server.port, hosts: request.hosts, ports: [...ports] },
    `Looking at ${request.hosts.join(', ')}, ports ${[...ports].join(', ')}, from port ${server.port}. Ctrl-C ends it.`,
  );
  try {
    if (!ctx.signal.aborted) await once(ctx.signal, 'abort');
  } finally {
    await server.close();
  }
};
