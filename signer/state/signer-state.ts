/** What the signer must remember over restarts: the newest leader it has served, and what it has signed. */
import { z } from 'zod';
import type { Spend } from '../policy/signing-policy.js';
import type { Spent } from '../policy/spending.js';

export interface SignerState {
  /** The highest fencing token seen: the transitions count of the operator's leader-election Lease. */
  readonly token: number;
  /** uid of the Lease that counted it. */
  readonly lease?: string | undefined;
  readonly spent: Spent;
}

const amount = z
  .string()
  .regex(/^\d{1,40}$/)
  .transform((text) => BigInt(text));

const schema = z.strictObject({
  version: z.literal(1),
  token: z.number().int().min(0),
  lease: z.string().optional(),
  spent: z.array(
    z.strictObject({
      slice: z.number().int().min(0),
      spend: z.strictObject({
        feesUakt: amount,
        depositsUakt: amount,
        depositsUact: amount,
        closes: amount,
        transactions: amount,
      }),
    }),
  ),
});

const spendText = (spend: Spend): Record<string, string> =>
  Object.fromEntries(Object.entries(spend).map(([key, value]) => [key, String(value)]));

export const formatState = ({ token, lease, spent }: SignerState): string =>
  JSON.stringify({
    version: 1,
    token,
    ...(lease === undefined ? {} : { lease }),
    spent: spent.map(({ slice, spend }) => ({ slice, spend: spendText(spend) })),
  });

/** The state, or `undefined` when the text is none of this version: the caller then starts with everything spent. */
export const parseState = (text: string): SignerState | undefined => {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { data } = schema.safeParse(raw);
  if (data === undefined) return undefined;
  const { token, lease, spent } = data;
  return { token, spent, ...(lease === undefined ? {} : { lease }) };
};
