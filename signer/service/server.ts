/** The signer's only door: HTTPS with a client certificate, a bearer token, and two paths. */
import { createServer } from 'node:https';
import type { Server, ServerOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Reason } from '../../market/reasons.js';
import type { CallerCheck } from './caller.js';
import type { BatchSigner } from './sign-batch.js';

/** More than 5000 bids; beyond it somebody is trying something. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Longer than blocks are apart, so that the next block's bids find the connection open. */
const KEEP_ALIVE_MS = 60_000;

const batchSchema = z.strictObject({
  token: z.number().int().min(0),
  signBytes: z.array(z.base64()).max(5_000),
});

export interface ServerDeps {
  readonly batches: Pick<BatchSigner, 'sign'>;
  readonly key: { readonly address: string; readonly publicKey: Uint8Array };
  readonly callerFault: CallerCheck;
  readonly onAnswered: (result: {
    readonly signed: number;
    readonly refused: readonly Reason[];
  }) => void;
  readonly onFault: (error: unknown) => void;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const problem = (status: number, code: string, message: string): Reply => ({
  status,
  body: { code, message },
});

const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const signReply = async (deps: ServerDeps, request: IncomingMessage): Promise<Reply> => {
  const text = await readBody(request);
  if (text === undefined) return problem(413, 'BodyTooLarge', `At most ${MAX_BODY_BYTES} bytes.`);
  const batch = batchSchema.safeParse(parseJson(text));
  if (!batch.success) {
    const [issue] = batch.error.issues;
    return problem(400, 'BadRequest', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const answers = await deps.batches.sign({
    token: batch.data.token,
    signBytes: batch.data.signBytes.map((b) => Uint8Array.from(Buffer.from(b, 'base64'))),
  });
  const refused = answers.flatMap((a) => ('refused' in a ? [a.refused] : []));
  deps.onAnswered({ signed: answers.length - refused.length, refused });
  return {
    status: 200,
    body: {
      answers: answers.map((a) => ('refused' in a ? a : { signature: base64(a.signature) })),
    },
  };
};

const reply = async (deps: ServerDeps, request: IncomingMessage): Promise<Reply> => {
  const header = request.headers.authorization ?? '';
  const bearer = header.startsWith('Bearer ') ? header.slice(7) : undefined;
  const fault = await deps.callerFault(bearer);
  if (fault !== undefined) return { status: 403, body: fault };
  const path = (request.url ?? '').split('?')[0];
  if (request.method === 'GET' && path === '/v1/key') {
    return {
      status: 200,
      body: { address: deps.key.address, publicKey: base64(deps.key.publicKey) },
    };
  }
  if (request.method === 'POST' && path === '/v1/sign') return signReply(deps, request);
  return problem(404, 'NoSuchPath', 'Paths: GET /v1/key, POST /v1/sign.');
};

/** A server that is not listening yet; it asks every caller for a certificate that `tls.ca` has signed. */
export const createSignerServer = (deps: ServerDeps, tls: ServerOptions): Server =>
  createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      ...tls,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
    },
    (request, response) => {
      reply(deps, request)
        .catch((error: unknown) => {
          deps.onFault(error);
          return problem(503, 'SignerUnavailable', 'The signer could not answer; try again.');
        })
        .then(({ status, body }) => {
          response.writeHead(status, { 'content-type': 'application/json' });
          response.end(JSON.stringify(body));
        })
        .catch(deps.onFault);
    },
  );
