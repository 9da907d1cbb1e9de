/** JSON-RPC as it goes by: the calls of a request, and results told differently. */
import { z } from 'zod';

/** One call of a request (a request may be a batch of them). */
export interface RpcCall {
  readonly id: string | number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const call = z.object({
  id: z.union([z.string(), z.number()]).default(0),
  method: z.string(),
  params: z.record(z.string(), z.unknown()).default({}),
});
const request = z.union([z.array(call), call.transform((c) => [c])]);
const answer = z.looseObject({
  id: z.union([z.string(), z.number()]).nullish(),
  result: z.unknown(),
});

/** The calls of a request body; none when it is no JSON-RPC. */
export const methodsOf = (body: Buffer): readonly RpcCall[] => {
  try {
    return request.parse(JSON.parse(body.toString('utf8')));
  } catch {
    return [];
  }
};

/** The transaction that a call broadcasts, base64; `undefined` for every other call. */
export const txOf = ({ method, params }: RpcCall): string | undefined => {
  const { tx } = params;
  return method.startsWith('broadcast_tx_') && typeof tx === 'string' ? tx : undefined;
};

/** An answer (or a batch of them) with each result put through the lie of its call. Errors stay. */
export const rewriteResults = (
  told: unknown,
  lies: ReadonlyMap<string | number, (result: unknown) => unknown>,
): unknown => {
  if (Array.isArray(told)) return told.map((one) => rewriteResults(one, lies));
  const { success, data } = answer.safeParse(told);
  if (!success || data.result === undefined) return told;
  const lie = lies.get(data.id ?? 0);
  return lie === undefined ? told : { ...data, result: lie(data.result) };
};
