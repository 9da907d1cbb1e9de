/**
 * What the chart's service accounts may do, as data for `berth provider doctor`: out of the golden rendering, which the chart's
 * tests hold to the templates.
 */
import { parseAllDocuments } from 'yaml';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly name: string }[];
  readonly spec?: { readonly policyName?: string };
}

const PREFIX = 'berth-';
const component = (name: string): string =>
  name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;

/** Of a binding in a namespace: which of the chart's two it is. */
const placeOf = (namespace: string | undefined): string =>
  namespace === undefined
    ? 'cluster'
    : namespace === 'berth-system'
      ? 'state'
      : component(namespace.slice('berth-system-'.length));

/** TypeScript source. @param rendered `test/golden/chart/rendered.yaml` */
export const chartRights = (rendered: string): string => {
  const objects = parseAllDocuments(rendered)
    .map((d) => d.toJS() as Rendered | null)
    .filter((o) => o !== null);
  const rights = objects
    .filter((o) => o.kind === 'ClusterRoleBinding' || o.kind === 'RoleBinding')
    .flatMap((binding) => {
      const role = objects.find(
        (o) =>
          o.kind === binding.roleRef?.kind &&
          o.metadata.name === binding.roleRef.name &&
          (o.kind === 'ClusterRole' || o.metadata.namespace === binding.metadata.namespace),
      );
      const place = placeOf(binding.metadata.namespace);
      return (binding.subjects ?? []).flatMap((subject) =>
        (role?.rules ?? []).flatMap((rule) =>
          (rule.apiGroups ?? []).flatMap((group) =>
            (rule.resources ?? []).map((resource) => ({
              ...{ account: component(subject.name), place, group, resource },
              verbs: rule.verbs,
              ...(rule.resourceNames === undefined ? {} : { names: rule.resourceNames }),
            })),
          ),
        ),
      );
    });
  const policies = objects
    .filter((o) => o.kind === 'ValidatingAdmissionPolicyBinding')
    .map((o) => component(o.metadata.name));
  return [
    '/** Generated from test/golden/chart/rendered.yaml by hack/build-chart.ts. Do not edit. */',
    '',
    'export interface ChartRight {',
    '  /** `operator` or `gateway`. */',
    '  readonly account: string;',
    "  /** `cluster`, `state` (the release's namespace), `operator` or `signer` (theirs). */",
    '  readonly place: string;',
    '  readonly group: string;',
    '  /** With its subresource, for example `pods/log`. */',
    '  readonly resource: string;',
    '  readonly verbs: readonly string[];',
    '  /** Only objects of these names; absent for all. */',
    '  readonly names?: readonly string[];',
    '}',
    '',
    'export const CHART_RIGHTS: readonly ChartRight[] = [',
    ...rights.map((r) => `  ${JSON.stringify(r)},`),
    '];',
    '',
    '/** What follows the release in the names of bound admission policies. */',
    `export const CHART_ADMISSION_POLICIES: readonly string[] = ${JSON.stringify(policies)};`,
    '',
  ].join('\n');
};
