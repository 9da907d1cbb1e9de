/** Which rights a run has used, by the API server's audit log. Pure. */
import type { AuditedRequest } from '../../peers/cluster/audit.js';
import type { Place, Right } from './grants.js';

/** The name of a lease's namespace, and of nothing else. */
const LEASE = /^[0-9a-v]{45}$/;

const placeOf = (namespace: string): Place => {
  if (namespace === '') return 'cluster';
  return LEASE.test(namespace) ? 'lease' : `namespace ${namespace}`;
};

const isRefused = ({ code }: AuditedRequest): boolean => code === 401 || code === 403;

/** A patch that made an object needed the right to create it as well. */
const verbsOf = ({ verb, code }: AuditedRequest): readonly string[] =>
  verb === 'patch' && code === 201 ? ['patch', 'create'] : [verb];

/** What was used and what was refused; each right once per object. */
export interface Used {
  readonly uses: readonly Right[];
  readonly refused: readonly Right[];
}

/**
 * @param accountOf account by user name; undefined for users that are none of ours
 */
export const usesOf = (
  requests: readonly AuditedRequest[],
  accountOf: (user: string) => string | undefined,
): Used => {
  const uses = new Map<string, Right>();
  const refused = new Map<string, Right>();
  for (const request of requests) {
    const account = accountOf(request.user);
    // Paths such as /version are no resources; everybody may ask them.
    if (account === undefined || request.resource === '') continue;
    for (const verb of verbsOf(request)) {
      const { group, resource, name, namespace } = request;
      const right: Right = {
        ...{ account, verb, place: placeOf(namespace), resource: `${group}/${resource}` },
        ...(name === '' ? {} : { name }),
      };
      const key = JSON.stringify([account, right.place, verb, right.resource, name]);
      (isRefused(request) ? refused : uses).set(key, right);
    }
  }
  return { uses: [...uses.values()], refused: [...refused.values()] };
};
