/** Whether a verified token allows something. */
import type { Reason } from '../../market/reasons.js';
import type { JwtClaims, JwtScope, LeaseAccess } from './claims.js';

/** What is asked for, on one provider. */
export interface JwtDemand {
  readonly scope: JwtScope;
  /** This provider's address. */
  readonly provider: string;
  /** Owner of the lease or deployment. */
  readonly owner: string;
  readonly dseq: bigint;
  /** Left out where the demand is of the whole deployment, as a manifest is. */
  readonly gseq?: number | undefined;
  readonly oseq?: number | undefined;
  /** The service whose logs, shell or status is asked for. */
  readonly service?: string | undefined;
}

export type JwtDenialCode = 'JwtOfAnotherTenant' | 'JwtNotForThisProvider' | 'JwtScopeMissing';

export type JwtPermission =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: Reason & { readonly code: JwtDenialCode } };

type Granular = Extract<LeaseAccess, { readonly access: 'granular' }>;
type Permission = Granular['permissions'][number];
type DeploymentGrant = Extract<Permission, { readonly access: 'granular' }>['deployments'][number];

const deny = (code: JwtDenialCode, message: string): JwtPermission => ({
  ok: false,
  reason: { code, message },
});

/** A grant for one group, order or service never covers a demand that is wider than it. */
const covers = (grant: DeploymentGrant, demand: JwtDemand): boolean =>
  BigInt(grant.dseq) === demand.dseq &&
  grant.scope.includes(demand.scope) &&
  (grant.gseq === undefined || grant.gseq === demand.gseq) &&
  (grant.oseq === undefined || grant.oseq === demand.oseq) &&
  (grant.services === undefined ||
    (demand.service === undefined
      ? SERVICE_FREE.includes(demand.scope)
      : grant.services.includes(demand.service)));

/** Scopes that are of a lease and never of one service: a list of services does not take them away. */
const SERVICE_FREE: readonly JwtScope[] = [
  'send-manifest',
  'get-manifest',
  'events',
  'status',
  'hostname-migrate',
  'ip-migrate',
  'attestation',
];

/** Whether `claims` allow `demand`; a token speaks for its issuer's leases only. */
export const authorizeJwt = (claims: JwtClaims, demand: JwtDemand): JwtPermission => {
  if (claims.iss !== demand.owner) {
    return deny('JwtOfAnotherTenant', 'The token is of another account than the lease.');
  }
  const { leases } = claims;
  const missing = deny(
    'JwtScopeMissing',
    `The token does not allow ${demand.scope} on this lease.`,
  );
  if (leases.access === 'full') return { ok: true };
  if (leases.access === 'scoped')
    return leases.scope.includes(demand.scope) ? { ok: true } : missing;
  const permission = leases.permissions.find((p) => p.provider === demand.provider);
  if (permission === undefined) {
    return deny('JwtNotForThisProvider', 'The token does not name this provider.');
  }
  switch (permission.access) {
    case 'full':
      return { ok: true };
    case 'scoped':
      return permission.scope.includes(demand.scope) ? { ok: true } : missing;
    case 'granular':
      return permission.deployments.some((d) => covers(d, demand)) ? { ok: true } : missing;
  }
};
