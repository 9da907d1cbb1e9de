/** Asks a vantage. */
import { connectAnswerSchema, vantageErrorSchema } from './protocol.js';
import type { ConnectResult } from './protocol.js';

export interface VantageTarget {
  /** Where the vantage is, for example `http://198.51.100.4:8790`. */
  readonly url: string;
  readonly token: string;
}

/** What it saw, or why it could not be asked. */
export type VantageAnswer =
  | { readonly ok: true; readonly results: readonly ConnectResult[] }
  | { readonly ok: false; readonly why: string };

const PATIENCE_MS = 30_000;

/** Never throws. */
export const askVantage = async (
  { url, token }: VantageTarget,
  host: string,
  ports: readonly number[],
  signal: AbortSignal,
): Promise<VantageAnswer> => {
  let body: unknown;
  try {
    const response = await fetch(new URL('/v1/connect', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ host, ports }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    body = await response.json();
  } catch {
    return { ok: false, why: `the vantage at ${url} did not answer` };
  }
  const refusal = vantageErrorSchema.safeParse(body);
  if (refusal.success) {
    const { code, message } = refusal.data.error;
    return { ok: false, why: `the vantage at ${url} refused: ${code}: ${message}` };
  }
  const answer = connectAnswerSchema.safeParse(body);
  if (answer.success) return { ok: true, results: answer.data.results };
  return { ok: false, why: `the vantage at ${url} answered in another form` };
};
