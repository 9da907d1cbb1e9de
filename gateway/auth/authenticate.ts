/**
 * The one seam where a request gets its caller: nothing else in the gateway looks at tokens or certificates.
 * No credentials make an anonymous caller, whom only public routes serve; bad credentials fail on every route, public
 * ones included, as with the Akash provider.
 */
import type { X509Certificate } from 'node:crypto';
import { Problem } from '../problem.js';
import type { ProblemCode } from '../problem.js';
import type { Caller, LeaseAccess } from './caller.js';

/** What a connection and its request show. */
export interface Credentials {
  /** The Authorization header as sent. */
  readonly authorization: string | undefined;
  readonly peerCertificate: X509Certificate | undefined;
}

/** Codes that credentials can fail with. */
export type CredentialProblem = Extract<
  ProblemCode,
  | 'TokenMalformed'
  | 'TokenInvalid'
  | 'TokenExpired'
  | 'TokenNotYetValid'
  | 'TokenLifetimeTooLong'
  | 'TokenSignatureInvalid'
  | 'AccountUnknown'
  | 'AccountHasNoPublicKey'
  | 'CertificateInvalid'
  | 'CertificateExpired'
  | 'CertificateUnknown'
  | 'CertificateRevoked'
>;

export interface CredentialRefusal {
  readonly ok: false;
  readonly code: CredentialProblem;
  /** One sentence; never contains the token. */
  readonly message: string;
  /** The claim or certificate field at fault. */
  readonly field?: string | undefined;
}

export type TokenVerdict =
  { readonly ok: true; readonly owner: string; readonly access: LeaseAccess } | CredentialRefusal;

export type CertificateVerdict =
  { readonly ok: true; readonly owner: string; readonly serial: string } | CredentialRefusal;

export interface AuthenticatorDependencies {
  readonly verifyToken: (token: string) => Promise<TokenVerdict>;
  readonly verifyCertificate: (certificate: X509Certificate) => Promise<CertificateVerdict>;
}

/** Rejects with a `Problem`, or with `UpstreamUnavailableError` when the chain could not be asked. */
export type Authenticator = (credentials: Credentials) => Promise<Caller>;

const refuse = (refusal: CredentialRefusal): never => {
  throw new Problem(refusal.code, refusal.message, { field: refusal.field });
};

const bearerToken = (header: string): string => {
  const token = /^bearer +(\S+) *$/i.exec(header)?.[1];
  if (token === undefined) {
    throw new Problem('MalformedRequest', 'the Authorization header must read "Bearer <token>"', {
      field: 'Authorization',
    });
  }
  return token;
};

/** Builds the seam. */
export const createAuthenticator =
  (dependencies: AuthenticatorDependencies): Authenticator =>
  async ({ authorization, peerCertificate }) => {
    if (authorization !== undefined && peerCertificate !== undefined) {
      throw new Problem(
        'AmbiguousCredentials',
        'send either a client certificate or a bearer token, not both',
      );
    }
    if (authorization !== undefined) {
      const verdict = await dependencies.verifyToken(bearerToken(authorization));
      if (!verdict.ok) return refuse(verdict);
      return { kind: 'token', owner: verdict.owner, access: verdict.access };
    }
    if (peerCertificate !== undefined) {
      const verdict = await dependencies.verifyCertificate(peerCertificate);
      if (!verdict.ok) return refuse(verdict);
      return { kind: 'certificate', owner: verdict.owner, serial: verdict.serial };
    }
    return { kind: 'anonymous' };
  };
