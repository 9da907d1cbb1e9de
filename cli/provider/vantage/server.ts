/** Serves the vantage's protocol: connects where it was told it may, for callers who know the token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tryConnect } from './connect.js';
import { connectRequestSchema } from './protocol.js';

export interface VantageOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** What callers must present. */
  readonly token: string;
  /** Names or addresses it may connect to, and no other. */
  readonly hosts: ReadonlySet<string>;
  readonly ports: ReadonlySet<number>;
  readonly timeoutMs: number;
}

export interface Vantage {
  readonly port: number;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

const MAX_BODY_BYTES = 4_096;

const refuse = (status: number, code: string, message: string): Reply => ({
  status,
  body: { error: { code, message } },
});

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const authorised = ({ headers }: IncomingMessage, token: string): boolean => {
  const given = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
};

/** JSON of the body; `undefined` when it is none or too long. */
const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk as Uint8Array);
    bytes += buffer.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
};

const answer = async (request: IncomingMessage, options: VantageOptions): Promise<Reply> => {
  if (request.url !== '/v1/connect') {
    return refuse(404, 'PathUnknown', 'the only path is /v1/connect');
  }
  if (request.method !== 'POST') return refuse(405, 'MethodNotAllowed', 'only POST is answered');
  if (!authorised(request, options.token)) {
    return refuse(
      401,
      'TokenInvalid',
      'the token is not the one that this vantage was started with',
    );
  }
  const asked = connectRequestSchema.safeParse(await readBody(request));
  if (!asked.success) {
    return refuse(400, 'RequestInvalid', 'the body must read like {"host":"name","ports":[8443]}');
  }
  const { host, ports } = asked.data;
  if (!options.hosts.has(host)) {
    return refuse(403, 'HostNotAllowed', `this vantage was not started for ${host}`);
  }
  const stranger = ports.find((p) => !options.ports.has(p));
  if (stranger !== undefined) {
    return refuse(403, 'PortNotAllowed', `this vantage was not started for port ${stranger}`);
  }
  const results = await Promise.all(ports.map((p) => tryConnect(host, p, options.timeoutMs)));
  return { status: 200, body: { results } };
};

/** Listens; port 0 picks a free one. @throws when the port is taken */
export const serveVantage = async (options: VantageOptions): Promise<Vantage> => {
  const server = createServer((request, response) => {
    answer(request, options)
      .catch(() => refuse(500, 'InternalError', 'the vantage failed'))
      .then(
        ({ status, body }) => {
          response
            .writeHead(status, { 'content-type': 'application/json' })
            .end(`${JSON.stringify(body)}\n`);
        },
        () => undefined,
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.listen.port, options.listen.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
