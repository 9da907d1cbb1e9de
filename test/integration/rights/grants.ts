/** What the chart grants, taken apart: one line per account, place, verb and resource. Pure. */
import type { RenderedObject } from '../../../hack/render-chart.js';

/** Where a right holds: in the whole cluster, in every namespace of a lease, or in the one namespace of that name. */
export type Place = 'cluster' | 'lease' | `namespace ${string}`;

/** One right, or one use of a right. */
export interface Right {
  /** `operator`, `gateway`, `signer`, or `tenant` for a service of a manifest. */
  readonly account: string;
  readonly place: Place;
  readonly verb: string;
  /** API group, a slash and the plural: `apps/deployments`, `/pods/log`. */
  readonly resource: string;
  /** Only the object of this name. */
  readonly name?: string;
}

export const formatRight = ({ account, place, verb, resource, name }: Right): string =>
  `${account}: ${verb} ${resource}${name === undefined ? '' : ` "${name}"`} in ${place}`;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Reference {
  readonly kind: string;
  readonly name: string;
}

const rightsOf = (role: RenderedObject, account: string, place: Place): readonly Right[] =>
  (role['rules'] as readonly Rule[]).flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((plural) =>
        verbs.flatMap((verb): readonly Right[] => {
          const right = { account, place, verb, resource: `${group}/${plural}` };
          return resourceNames?.map((name) => ({ ...right, name })) ?? [right];
        }),
      ),
    ),
  );

/** Account by the end of the name of a ClusterRole that no binding of the chart gives to anybody: the operator binds it. */
const BOUND_IN_LEASES: readonly (readonly [RegExp, string])[] = [
  [/-operator-tenant$/, 'operator'],
  [/-gateway-tenant$/, 'gateway'],
  [/-tenant-(logs|events)$/, 'tenant'],
];

const boundInLeases = (role: RenderedObject): readonly Right[] => {
  const found = BOUND_IN_LEASES.find(([ending]) => ending.test(role.metadata.name));
  if (found === undefined) throw new Error(`ClusterRole ${role.metadata.name} is bound to nobody`);
  return rightsOf(role, found[1], 'lease');
};

/**
 * Every right that the objects grant. @param accounts account name by service account, `namespace/name`
 * @throws Error for a role that is bound to nobody, or to somebody unknown
 */
export const grantsOf = (
  objects: readonly RenderedObject[],
  accounts: ReadonlyMap<string, string>,
): readonly Right[] => {
  const roles = objects.filter((o) => o.kind === 'Role' || o.kind === 'ClusterRole');
  const used = new Set<RenderedObject>();
  const bound = objects
    .filter((o) => o.kind === 'RoleBinding' || o.kind === 'ClusterRoleBinding')
    .flatMap((binding) => {
      const { kind, name } = binding['roleRef'] as Reference;
      const { namespace = '' } = binding.metadata;
      const role = roles.find(
        (r) =>
          r.kind === kind &&
          r.metadata.name === name &&
          (kind === 'ClusterRole' || r.metadata.namespace === namespace),
      );
      if (role === undefined)
        throw new Error(`${binding.kind} ${binding.metadata.name}: no ${kind} ${name}`);
      used.add(role);
      const place: Place = binding.kind === 'RoleBinding' ? `namespace ${namespace}` : 'cluster';
      const subjects = binding['subjects'] as readonly { namespace: string; name: string }[];
      return subjects.flatMap((subject) => {
        const account = accounts.get(`${subject.namespace}/${subject.name}`);
        if (account === undefined)
          throw new Error(`${binding.kind} ${binding.metadata.name}: who is ${subject.name}?`);
        return rightsOf(role, account, place);
      });
    });
  return [...bound, ...roles.filter((r) => !used.has(r)).flatMap(boundInLeases)];
};
