/** What each of the gateway's codes means; docs/reasons.md is made of it. */
import type { ProblemCode } from './problem.js';

/** Code to meaning, for every code the gateway answers with. */
export const GATEWAY_REASONS: Readonly<Record<ProblemCode, string>> = {
  MalformedRequest: 'The request cannot be read: its path, length, encoding or body.',
  AmbiguousCredentials: 'The request brings both a token and a client certificate.',
  TokenMalformed: 'The token is no JWT of the kind that Akash clients make.',
  AuthenticationRequired: 'The route is for tenants, and the request says by nothing who asks.',
  TokenInvalid: 'A claim of the token is missing or has a value that is not accepted.',
  TokenExpired: 'The token has expired; clients make a new one by themselves.',
  TokenNotYetValid: 'The token is valid only later; is the clock right on both sides?',
  TokenLifetimeTooLong: 'The token lives longer than the gateway accepts.',
  TokenSignatureInvalid: 'The token is not signed by the key of the account it names.',
  AccountUnknown: 'The chain has no account of the address that the token names.',
  AccountHasNoPublicKey:
    'The account has never sent a transaction, so the chain does not know its public key.',
  CertificateInvalid: 'The client certificate is not of the form that Akash clients publish.',
  CertificateExpired: 'The client certificate has expired or is not valid yet.',
  CertificateUnknown: 'The chain has no such certificate of the account.',
  CertificateRevoked: 'The client certificate is revoked on chain.',
  PermissionDenied: 'The token does not allow this for this lease.',
  RouteNotFound: 'There is nothing at this path.',
  LeaseNotFound: 'The caller has no live lease of that number with this provider.',
  ManifestNotReceived: 'No manifest has been sent for the lease.',
  WorkloadNotFound: 'Nothing of the lease runs yet.',
  ServiceNotFound: 'The lease has no service of that name.',
  MethodNotAllowed: 'The path exists, and not for this method.',
  BodyTooLarge: 'The body is larger than the gateway takes.',
  UnsupportedEncoding: 'The body is compressed; send it plain.',
  UpgradeRequired: 'The route is a websocket and the request did not ask for one.',
  ManifestMalformed: 'The manifest cannot be read; its reasons say where.',
  ManifestHashMismatch: 'The manifest is not the one whose hash the deployment has on chain.',
  ManifestInvalid: 'The manifest makes no sense; its reasons say where.',
  ManifestGroupsMismatch: 'The manifest does not agree with the groups of the deployment on chain.',
  TooManyRequests:
    'The caller asks too often or holds too many streams; Retry-After says when to try again.',
  InternalError: 'A fault of the gateway; its log has the cause.',
  NotImplementedYet: 'The route is one of the Akash provider that Berth does not serve yet.',
  ScreeningNotOffered:
    'The gateway is not told where the operator answers bid screenings (its setting `screening`).',
  ScreeningUnavailable:
    'The operator does not answer screenings now, or nobody leads; the message has its words.',
  ChainUnavailable: 'The chain did not answer; nothing was changed.',
  ClusterUnavailable: "The cluster's API server did not answer; nothing was changed.",
  Overloaded: 'The gateway holds as many connections or requests as it may; try again.',
  ShuttingDown: 'This replica is stopping; another one serves.',
};
