/** Who is asking, once it is proven, and what a token lets him do (claims of provider-wire 4.3). */
import { JWT_SCOPES } from '../../chain/jwt/claims.js';

/** What a token may be used for. */
export const SCOPES = JWT_SCOPES;

export type Scope = (typeof SCOPES)[number];

/** A granular permission on one deployment; a part that is left out means "any". */
export interface DeploymentPermission {
  readonly dseq: bigint;
  readonly gseq?: number | undefined;
  readonly oseq?: number | undefined;
  readonly scope: readonly Scope[];
  readonly services?: readonly string[] | undefined;
}

/** A permission that holds at one provider only. */
export type ProviderPermission =
  | { readonly provider: string; readonly access: 'full' }
  | { readonly provider: string; readonly access: 'scoped'; readonly scope: readonly Scope[] }
  | {
      readonly provider: string;
      readonly access: 'granular';
      readonly deployments: readonly DeploymentPermission[];
    };

/** What a token's `leases` claim allows on the leases of its issuer. */
export type LeaseAccess =
  | { readonly access: 'full' }
  | { readonly access: 'scoped'; readonly scope: readonly Scope[] }
  | { readonly access: 'granular'; readonly permissions: readonly ProviderPermission[] };

/** The proven caller. A certificate stands for everything its owner may do. */
export type Caller =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'certificate'; readonly owner: string; readonly serial: string }
  | { readonly kind: 'token'; readonly owner: string; readonly access: LeaseAccess };
