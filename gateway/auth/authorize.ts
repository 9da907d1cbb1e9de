/** Whether a caller may do something to a lease. Pure; the owner of the lease is always the caller himself. */
import type { Caller, DeploymentPermission, LeaseAccess, Scope } from './caller.js';

/** What is about to be done, and to what. */
export interface Action {
  readonly scope: Scope;
  readonly dseq: bigint;
  /** Left out together with `oseq` to ask whether any lease of the deployment could be acted on. */
  readonly gseq?: number | undefined;
  readonly oseq?: number | undefined;
}

/**
 * The answer. `services` is the list the caller is limited to, `undefined` for all of them: what concerns a whole lease
 * must refuse or filter when it is set.
 */
export type Authorization =
  | { readonly ok: true; readonly services: readonly string[] | undefined }
  | { readonly ok: false; readonly why: string };

const ALL: Authorization = { ok: true, services: undefined };

const byScope = (held: readonly Scope[], wanted: Scope): Authorization =>
  held.includes(wanted) ? ALL : { ok: false, why: `the token lacks the scope ${wanted}` };

/** Whether two sequences can mean the same one; a missing one means any. */
const meets = (held: number | undefined, wanted: number | undefined): boolean =>
  held === undefined || wanted === undefined || held === wanted;

const covers = (permission: DeploymentPermission, action: Action): boolean =>
  permission.dseq === action.dseq &&
  meets(permission.gseq, action.gseq) &&
  meets(permission.oseq, action.oseq);

const describe = (action: Action): string =>
  action.gseq === undefined || action.oseq === undefined
    ? `deployment ${action.dseq}`
    : `lease ${action.dseq}/${action.gseq}/${action.oseq}`;

const byDeployments = (
  deployments: readonly DeploymentPermission[],
  action: Action,
): Authorization => {
  const covering = deployments.filter((permission) => covers(permission, action));
  if (covering.length === 0) {
    return { ok: false, why: `the token does not cover ${describe(action)}` };
  }
  const granting = covering.filter((permission) => permission.scope.includes(action.scope));
  if (granting.length === 0) return byScope([], action.scope);
  if (granting.some((permission) => permission.services === undefined)) return ALL;
  return { ok: true, services: granting.flatMap((permission) => permission.services ?? []) };
};

const byAccess = (access: LeaseAccess, provider: string, action: Action): Authorization => {
  if (access.access === 'full') return ALL;
  if (access.access === 'scoped') return byScope(access.scope, action.scope);
  const own = access.permissions.find((permission) => permission.provider === provider);
  if (own === undefined) {
    return { ok: false, why: 'the token names no permission for this provider' };
  }
  switch (own.access) {
    case 'full':
      return ALL;
    case 'scoped':
      return byScope(own.scope, action.scope);
    case 'granular':
      return byDeployments(own.deployments, action);
  }
};

/** Decides for a caller who is not anonymous; `provider` is our own address. */
export const authorize = (
  caller: Exclude<Caller, { kind: 'anonymous' }>,
  provider: string,
  action: Action,
): Authorization =>
  caller.kind === 'certificate' ? ALL : byAccess(caller.access, provider, action);
