/** The API server's audit log: who asked for what, and whether it was allowed (audit.k8s.io/v1 Event as JSON lines). */
import { readFileSync } from 'node:fs';

/**
 * Records every answered request of service accounts and people without its bodies, but not the noise of the control
 * plane itself.
 */
export const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
  - level: None
    userGroups: ['system:serviceaccounts:kube-system', 'system:nodes']
  - level: None
    users: [kwok, 'system:kube-controller-manager', 'system:kube-scheduler', 'system:apiserver']
  - level: Metadata
`;

/** One answered request. */
export interface AuditedRequest {
  /** For example `system:serviceaccount:berth-system:berth-operator`. */
  readonly user: string;
  readonly verb: string;
  /** API group, empty for the core group. */
  readonly group: string;
  /** Plural, with its subresource: `computeleases/status`. Empty for paths such as /healthz. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** HTTP status; 403 is a missing right. */
  readonly code: number;
}

interface Event {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: Readonly<Record<string, string | undefined>>;
  readonly responseStatus?: { readonly code?: number };
}

const requestOf = (event: Event): AuditedRequest => {
  const ref = event.objectRef ?? {};
  const resource = ref['resource'] ?? '';
  const subresource = ref['subresource'];
  return {
    user: event.user.username,
    verb: event.verb,
    group: ref['apiGroup'] ?? '',
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace: ref['namespace'] ?? '',
    name: ref['name'] ?? '',
    code: event.responseStatus?.code ?? 0,
  };
};

/** Everything recorded so far, in order. A last line that is still being written is left out. */
export const readAuditLog = (path: string): readonly AuditedRequest[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => requestOf(JSON.parse(line) as Event));
