/**
 * Asks the operator's screening service. Only the replica that leads can answer, so that every address behind the service's name
 * is asked in turn, and the one that answered last is asked first.
 */
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { z } from 'zod';
import { coinSchema, groupSpecJson, resourcesSchema } from '../../market/group-spec-json.js';
import type { Reason } from '../../market/reasons.js';
import type { ScreeningAnswer, ScreeningDesk, ScreeningQuestion } from '../ports.js';
import { Problem } from '../problem.js';

export interface OperatorScreeningOptions {
  readonly url: string;
  /** Read for each question, so that a renewed token is used. */
  readonly tokenFile: string;
  /** For one question, over all addresses. */
  readonly timeoutMs: number;
  /** The addresses behind a name; the system's resolver by default. */
  readonly addressesOf?: (name: string) => Promise<readonly string[]>;
}

const resolve = async (name: string): Promise<readonly string[]> =>
  (await lookup(name, { all: true })).map(({ address }) => address);

/** An answer is some kilobytes; a broken peer must not fill our memory. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** A Service has one address for all replicas: each new connection may reach another of them. */
const LEAST_ATTEMPTS = 6;
const RETRY_SECONDS = 5;

const reasonSchema = z.object({
  code: z.string(),
  message: z.string(),
  field: z.string().optional(),
});
const answerSchema = z.object({
  explanations: z.tuple([
    z.object({
      result: z.enum(['bid', 'skip']),
      reasons: z.array(reasonSchema),
      quote: z.object({ price: coinSchema }).nullable(),
      offer: z.array(z.object({ resources: resourcesSchema, count: z.number().int() })).default([]),
    }),
  ]),
});
const refusalSchema = z.object({ error: reasonSchema });

interface Reply {
  readonly status: number;
  readonly text: string;
}

const post = (
  url: URL,
  address: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const sent = send(
      {
        ...{ method: 'POST', host: address, path: '/v1/explain', agent: false, signal },
        port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port,
        ...(isIP(url.hostname) === 0 ? { servername: url.hostname } : {}),
        headers: { ...headers, host: url.host },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) sent.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        response.once('error', reject);
        response.once('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
          });
        });
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });

const parsed = <T>(schema: z.ZodType<T>, text: string): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

const unavailable = (why: string, reasons: readonly Reason[], cause?: unknown): Problem =>
  new Problem('ScreeningUnavailable', why, {
    retryAfterSeconds: RETRY_SECONDS,
    reasons,
    ...(cause === undefined ? {} : { cause }),
  });

const readAnswer = (text: string): ScreeningAnswer => {
  const answer = parsed(answerSchema, text);
  if (answer === undefined) throw unavailable("the operator's answer cannot be read", []);
  const [{ result, reasons, quote, offer }] = answer.explanations;
  if (result === 'skip') return { reasons, price: undefined, offers: [] };
  return { reasons: [], price: quote?.price, offers: offer };
};

/** What a refusal of the operator means for the tenant. */
const problemOf = ({ status, text }: Reply): Problem => {
  const reason = parsed(refusalSchema, text)?.error;
  if (reason === undefined) return unavailable(`the operator answered with status ${status}`, []);
  const said = `${reason.code}: ${reason.message}`;
  if (status === 400 || status === 413) {
    return new Problem('MalformedRequest', said, { field: reason.field, reasons: [reason] });
  }
  // A wrong token is our own configuration's fault, which the tenant can only wait out.
  return unavailable(`the operator cannot answer now: ${said}`, [reason]);
};

/** Builds it. */
export const createOperatorScreening = (options: OperatorScreeningOptions): ScreeningDesk => {
  const url = new URL(options.url);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  let leader: string | undefined;

  const addresses = async (): Promise<readonly string[]> => {
    const found = await (options.addressesOf ?? resolve)(name);
    const last = leader;
    const ordered =
      last !== undefined && found.includes(last)
        ? [last, ...found.filter((address) => address !== last)]
        : found;
    const rounds = Math.max(1, Math.ceil(LEAST_ATTEMPTS / ordered.length));
    return Array.from({ length: rounds }, () => ordered).flat();
  };

  const ask = async (body: string, signal: AbortSignal): Promise<ScreeningAnswer> => {
    const token = (await readFile(options.tokenFile, 'utf8')).trim();
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json; charset=utf-8',
    };
    let last: Problem | undefined;
    for (const address of await addresses()) {
      const reply = await post(url, address, headers, body, signal).catch((cause: unknown) => {
        if (signal.aborted) throw cause;
        last = unavailable("the operator's screening service cannot be reached", [], cause);
      });
      if (reply === undefined) continue;
      if (reply.status === 200) {
        leader = address;
        return readAnswer(reply.text);
      }
      last = problemOf(reply);
      if (last.reasons[0]?.code !== 'NotLeading') throw last;
    }
    throw last ?? unavailable("the operator's screening service has no address", []);
  };

  return {
    screen: async ({ group, owner, hostnames }: ScreeningQuestion, signal) => {
      const late = AbortSignal.timeout(options.timeoutMs);
      const body = JSON.stringify({ groups: [groupSpecJson(group)], owner, hostnames });
      try {
        return await ask(body, AbortSignal.any([signal, late]));
      } catch (error) {
        if (error instanceof Problem) throw error;
        throw unavailable('the operator did not answer in time or cannot be asked', [], error);
      }
    },
  };
};

/** Where no screening service is configured. */
export const noScreening: ScreeningDesk = {
  screen: async () => {
    throw new Problem(
      'ScreeningNotOffered',
      'this gateway is not told where the operator answers screenings (setting `screening`)',
    );
  },
};
