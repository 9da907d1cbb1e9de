/** What an Akash token may say. Source: provider-wire 4.3 (the network's JSON schema); unknown keys are refused. */
import { z } from 'zod';

/** Everything a token can allow. */
export const JWT_SCOPES = [
  'send-manifest',
  'get-manifest',
  'logs',
  'shell',
  'events',
  'status',
  'restart',
  'hostname-migrate',
  'ip-migrate',
  'attestation',
] as const;

export type JwtScope = (typeof JWT_SCOPES)[number];

const unique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

const address = z.string().regex(/^akash1[a-z0-9]{38}$/, 'must be an akash address');
const seconds = z.int().min(0);
const scopes = z
  .array(z.enum(JWT_SCOPES))
  .min(1)
  .refine(unique, 'must not hold the same scope twice')
  .readonly();

const deployment = z
  .strictObject({
    dseq: z.int().min(1),
    scope: scopes,
    gseq: z.int().min(0).optional(),
    oseq: z.int().min(0).optional(),
    services: z
      .array(z.string().min(1))
      .min(1)
      .refine(unique, 'must not name the same service twice')
      .readonly()
      .optional(),
  })
  .refine((d) => d.oseq === undefined || d.gseq !== undefined, {
    path: ['oseq'],
    message: 'needs gseq',
  })
  .readonly();

const permission = z
  .discriminatedUnion('access', [
    z.strictObject({ provider: address, access: z.literal('full') }),
    z.strictObject({ provider: address, access: z.literal('scoped'), scope: scopes }),
    z.strictObject({
      provider: address,
      access: z.literal('granular'),
      deployments: z.array(deployment).min(1).readonly(),
    }),
  ])
  .readonly();

const leases = z
  .discriminatedUnion('access', [
    z.strictObject({ access: z.literal('full') }),
    z.strictObject({ access: z.literal('scoped'), scope: scopes }),
    z.strictObject({
      access: z.literal('granular'),
      permissions: z
        .array(permission)
        .min(1)
        .refine((list) => unique(list.map((p) => p.provider)), 'must not name a provider twice')
        .readonly(),
    }),
  ])
  .readonly();

/** Schema of a token's payload. */
export const jwtClaimsSchema = z
  .strictObject({
    iss: address,
    /** Unix seconds, as the two below. */
    iat: seconds,
    nbf: seconds,
    exp: seconds,
    jti: z.string().min(1).optional(),
    version: z.literal('v1'),
    leases,
  })
  .readonly();

/** A token's payload, checked. */
export type JwtClaims = z.infer<typeof jwtClaimsSchema>;

/** What a token allows, over all providers or per provider. */
export type LeaseAccess = JwtClaims['leases'];
