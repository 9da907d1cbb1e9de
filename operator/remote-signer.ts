/** The chain key in another process: `chain/`'s Signer port over the signer's HTTPS door (docs/adr/0006). */
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { z } from 'zod';
import type { Signed, Signer } from '../chain/ports.js';
import { ReasonError } from '../market/reasons.js';

/** Where the signer is and how this process proves itself. Files are read at each connection: mounts are renewed in place. */
export interface RemoteSignerOptions {
  readonly url: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** A projected service-account token made for the signer. */
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

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));

const send = async (
  options: RemoteSignerOptions,
  path: string,
  body: string | undefined,
): Promise<Answer> => {
  const [ca, cert, key, token] = await Promise.all(
    [options.caFile, options.certFile, options.keyFile, options.tokenFile].map((file) =>
      readFile(file, 'utf8'),
    ),
  );
  // An agent of its own: a pooled connection would go on with a certificate that was replaced.
  const agent = new Agent({ keepAlive: false });
  return new Promise((resolve, reject) => {
    const call = request(
      new URL(path, options.url),
      {
        ...{ ca, cert, key, agent, method: body === undefined ? 'GET' : 'POST' },
        signal: AbortSignal.timeout(options.timeoutMs),
        headers: {
          authorization: `Bearer ${(token ?? '').trim()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
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
    call.on('error', reject);
    call.end(body);
  });
};

/** @throws ReasonError in the signer's own words when it refuses the caller; SignerUnavailableError */
const ask = async <T>(
  options: RemoteSignerOptions,
  schema: z.ZodType<T>,
  path: string,
  body?: string,
): Promise<T> => {
  let answer: Answer;
  let json: unknown;
  try {
    answer = await send(options, path, body);
    json = JSON.parse(answer.text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SignerUnavailableError(`at ${options.url} does not answer: ${why}`, { cause });
  }
  const good = answer.status === 200 ? schema.safeParse(json).data : undefined;
  if (good !== undefined) return good;
  const reason = reasonSchema.safeParse(json).data;
  if (answer.status === 403 && reason !== undefined) throw new ReasonError(reason);
  throw new SignerUnavailableError(
    `at ${options.url} answers ${answer.status}: ${reason?.message ?? 'not in its own words'}`,
  );
};

/**
 * A signer whose key lies elsewhere; asks once for its account. `token` is the caller's leadership, which the signer compares.
 * @throws ReasonError, SignerUnavailableError
 */
export const connectSigner = async (
  options: RemoteSignerOptions,
  token: () => number,
): Promise<Signer> => {
  const { address, publicKey } = await ask(options, keySchema, '/v1/key');
  return {
    address,
    publicKey: bytesOf(publicKey),
    signBatch: async (docs): Promise<readonly Signed[]> => {
      const body = JSON.stringify({
        token: token(),
        signBytes: docs.map((d) => Buffer.from(d).toString('base64')),
      });
      const { answers } = await ask(options, answersSchema, '/v1/sign', body);
      return answers.map((a) =>
        'refused' in a ? new ReasonError(a.refused) : bytesOf(a.signature),
      );
    },
  };
};
