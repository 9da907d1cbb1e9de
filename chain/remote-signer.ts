/**
 * A key elsewhere: the `Signer` port over HTTPS (docs/remote-signers.md). The operator reaches the signer by it (docs/adr/0006),
 * and the signer a key of the user's own.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { z } from 'zod';
import { ReasonError } from '../market/reasons.js';
import type { Signed, Signer } from './ports.js';

/** Where the signer is and how this process proves itself. Files are read for each request: mounts are renewed in place. */
export interface RemoteSignerOptions {
  readonly url: string;
  readonly caFile: string;
  /** A client certificate and its key, where the other side asks for one. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** A bearer token; where the signer is ours, a projected service-account token made for it. */
  readonly tokenFile: string;
  readonly timeoutMs: number;
}

const keySchema = z.strictObject({ address: z.string(), publicKey: z.base64() });
const reasonSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  field: z.string().optional(),
});
const answersSchema = z.strictObject({
  answers: z.array(
    z.union([z.strictObject({ signature: z.base64() }), z.strictObject({ refused: reasonSchema })]),
  ),
});

/** The signer did not answer, or not in its own words. Nothing was signed that we know of. */
export class SignerUnavailableError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(`the signer ${message}`, options);
    this.name = 'SignerUnavailableError';
  }
}

export const isSignerUnavailable = (error: unknown): error is SignerUnavailableError =>
  error instanceof SignerUnavailableError;

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Identity {
  readonly ca: string;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));

const readOptional = async (path: string | undefined): Promise<string | undefined> =>
  path === undefined ? undefined : readFile(path, 'utf8');

/** Connections are kept for as long as the certificates stay the same: none goes on with one that was replaced. */
class Connections {
  #digest = '';
  #agent = new Agent();

  /** The agent for this identity. */
  for({ ca, cert, key }: Identity): Agent {
    const digest = createHash('sha256')
      .update(JSON.stringify([ca, cert ?? '', key ?? '']))
      .digest('hex');
    if (digest === this.#digest) return this.#agent;
    const old = this.#agent;
    this.#digest = digest;
    this.#agent = new Agent({
      ...{ ca, keepAlive: true, maxSockets: 4 },
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
    // Requests under way end on their own connection; nothing new is sent over it.
    old.destroy();
    return this.#agent;
  }
}

interface Call {
  readonly url: URL;
  readonly token: string;
  readonly body: string | undefined;
  readonly timeoutMs: number;
}

/** Whether it failed because the other side had closed a kept connection: then nothing was read of it. */
class StaleConnectionError extends Error {}

const send = (agent: Agent, { url, token, body, timeoutMs }: Call): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        ...{ agent, method: body === undefined ? 'GET' : 'POST' },
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
        });
      },
    );
    call.on('error', (error: NodeJS.ErrnoException) => {
      const stale = call.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(stale ? new StaleConnectionError('closed', { cause: error }) : error);
    });
    call.end(body);
  });

class RemoteSigner {
  readonly #options: RemoteSignerOptions;
  readonly #connections = new Connections();

  constructor(options: RemoteSignerOptions) {
    this.#options = options;
  }

  /** @throws ReasonError in the signer's own words when it refuses the caller; SignerUnavailableError */
  async ask<T>(schema: z.ZodType<T>, path: string, body?: string): Promise<T> {
    const { url } = this.#options;
    let answer: Answer;
    let json: unknown;
    try {
      answer = await this.#send(path, body);
      json = JSON.parse(answer.text);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new SignerUnavailableError(`at ${url} does not answer: ${why}`, { cause });
    }
    const good = answer.status === 200 ? schema.safeParse(json).data : undefined;
    if (good !== undefined) return good;
    const reason = reasonSchema.safeParse(json).data;
    if (answer.status === 403 && reason !== undefined) throw new ReasonError(reason);
    throw new SignerUnavailableError(
      `at ${url} answers ${answer.status}: ${reason?.message ?? 'not in its own words'}`,
    );
  }

  async #send(path: string, body: string | undefined): Promise<Answer> {
    const { url, caFile, certFile, keyFile, tokenFile, timeoutMs } = this.#options;
    const [ca, token, cert, key] = await Promise.all([
      readFile(caFile, 'utf8'),
      readFile(tokenFile, 'utf8'),
      readOptional(certFile),
      readOptional(keyFile),
    ]);
    const agent = this.#connections.for({ ca, cert, key });
    const call = { url: new URL(path, url), token: token.trim(), body, timeoutMs };
    try {
      return await send(agent, call);
    } catch (error) {
      // Signing the same documents twice gives the same: it is safe to ask again.
      if (error instanceof StaleConnectionError) return send(agent, call);
      throw error;
    }
  }
}

/**
 * A signer whose key lies elsewhere; asks once for its account.
 * @param token the caller's leadership, which a signer of ours compares; left out for any other
 * @throws ReasonError, SignerUnavailableError
 */
export const connectSigner = async (
  options: RemoteSignerOptions,
  token?: () => number,
): Promise<Signer> => {
  const remote = new RemoteSigner(options);
  const { address, publicKey } = await remote.ask(keySchema, '/v1/key');
  return {
    address,
    publicKey: bytesOf(publicKey),
    signBatch: async (docs): Promise<readonly Signed[]> => {
      const body = JSON.stringify({
        ...(token === undefined ? {} : { token: token() }),
        signBytes: docs.map((d) => Buffer.from(d).toString('base64')),
      });
      const { answers } = await remote.ask(answersSchema, '/v1/sign', body);
      if (answers.length !== docs.length) {
        throw new SignerUnavailableError(
          `at ${options.url} gave ${answers.length} answers for ${docs.length} documents`,
        );
      }
      return answers.map((a) =>
        'refused' in a ? new ReasonError(a.refused) : bytesOf(a.signature),
      );
    },
  };
};
