/**
 * The claims of a tenant's token (provider-wire 4.3; schema: chain-sdk's jwt-schema.json). Unknown claims are refused,
 * as that schema does, so that a restriction we do not know can never be ignored.
 */
import { z } from 'zod';
import { isAddress } from '../../chain/wallet.js';
import { SCOPES } from './caller.js';
import type { LeaseAccess } from './caller.js';

/** Claims that have the right shape; times are Unix seconds. */
export interface TokenClaims {
  readonly iss: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly leases: LeaseAccess;
}

export type ClaimsReading =
  | { readonly ok: true; readonly claims: TokenClaims }
  | { readonly ok: false; readonly field: string; readonly why: string };

const address = z.string().refine(isAddress, 'must be an account address');
const time = z.int().min(0);
const sequence = z.int().min(1);

const unique = (items: readonly unknown[]): boolean => new Set(items).size === items.length;
const scope = z.array(z.enum(SCOPES)).min(1).refine(unique, 'must not repeat itself');

const deployment = z
  .strictObject({
    dseq: sequence.transform((value) => BigInt(value)),
    scope,
    gseq: sequence.optional(),
    oseq: sequence.optional(),
    services: z.array(z.string().min(1)).min(1).refine(unique, 'must not repeat itself').optional(),
  })
  .refine((d) => d.oseq === undefined || d.gseq !== undefined, {
    message: 'oseq needs gseq',
    path: ['oseq'],
  });

const permission = z.discriminatedUnion('access', [
  z.strictObject({ provider: address, access: z.literal('full') }),
  z.strictObject({ provider: address, access: z.literal('scoped'), scope }),
  z.strictObject({
    provider: address,
    access: z.literal('granular'),
    deployments: z.array(deployment).min(1),
  }),
]);

const leases = z.discriminatedUnion('access', [
  z.strictObject({ access: z.literal('full') }),
  z.strictObject({ access: z.literal('scoped'), scope }),
  z.strictObject({
    access: z.literal('granular'),
    permissions: z
      .array(permission)
      .min(1)
      .refine((list) => unique(list.map((p) => p.provider)), 'must name each provider once'),
  }),
]);

const schema = z.strictObject({
  iss: address,
  iat: time,
  nbf: time,
  exp: time,
  jti: z.string().min(1).optional(),
  version: z.literal('v1'),
  leases,
});

/** Reads decoded JSON. Never throws. */
export const readClaims = (value: unknown): ClaimsReading => {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, claims: result.data };
  const [issue] = result.error.issues;
  return {
    ok: false,
    field: issue?.path.join('.') ?? '',
    why: issue?.message ?? 'is invalid',
  };
};
