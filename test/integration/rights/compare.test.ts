/** The walk over the roles can fail: each case plants one fault in roles that are exactly right. */
import { describe, expect, it } from '@jest/globals';
import type { RenderedObject } from '../../../hack/render-chart.js';
import type { AuditedRequest } from '../../peers/cluster/audit.js';
import { compareRights } from './compare.js';
import type { Excuse, Verdict } from './compare.js';
import { grantsOf } from './grants.js';
import { usesOf } from './uses.js';

const LEASE = 'ud66g5gaqbtev8gef7citivsk58ag4p3f5h952j9csjq4';
const USER = 'system:serviceaccount:berth-operator:berth-operator';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}
const rule = (group: string, resource: string, ...verbs: string[]): Rule => ({
  ...{ apiGroups: [group], resources: [resource], verbs },
});
const object = (kind: string, name: string, rest: object): RenderedObject => ({
  ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name } },
  ...rest,
});
const chart = (cluster: readonly Rule[], lease: readonly Rule[]): readonly RenderedObject[] => [
  object('ClusterRole', 'berth-operator', { rules: cluster }),
  object('ClusterRole', 'berth-operator-tenant', { rules: lease }),
  object('ClusterRoleBinding', 'berth-operator', {
    roleRef: { kind: 'ClusterRole', name: 'berth-operator' },
    subjects: [{ namespace: 'berth-operator', name: 'berth-operator' }],
  }),
];
const asked = (
  verb: string,
  group: string,
  resource: string,
  where: Partial<AuditedRequest> = {},
): AuditedRequest => ({
  ...{ user: USER, verb, group, resource, namespace: '', name: '', code: 200 },
  ...where,
});

const CLUSTER = [rule('', 'nodes', 'list'), rule('rbac', 'rolebindings', 'create', 'patch')];
const TENANT = [rule('apps', 'deployments', 'list', 'delete')];
const STORY = [
  asked('list', '', 'nodes'),
  asked('patch', 'rbac', 'rolebindings', { namespace: LEASE, name: 'x', code: 201 }),
  asked('list', 'apps', 'deployments', { namespace: LEASE }),
  asked('delete', 'apps', 'deployments', { namespace: LEASE, name: 'web', code: 404 }),
  asked('get', '', '', { code: 200 }),
  asked('delete', '', 'nodes', { user: 'system:admin' }),
];
const operator = { account: 'operator', place: 'cluster', resource: 'rbac/rolebindings' } as const;
const WIDE: readonly Excuse[] = [
  { ...operator, verb: 'create', why: 'before there is any right in the namespace' },
  { ...operator, verb: 'patch', why: 'before there is any right in the namespace' },
];

const judge = (
  change: {
    readonly cluster?: readonly Rule[];
    readonly tenant?: readonly Rule[];
    readonly story?: readonly AuditedRequest[];
    readonly unreachable?: readonly Excuse[];
    readonly wide?: readonly Excuse[];
  } = {},
): Verdict =>
  compareRights({
    grants: grantsOf(
      chart(change.cluster ?? CLUSTER, change.tenant ?? TENANT),
      new Map([['berth-operator/berth-operator', 'operator']]),
    ),
    ...usesOf(change.story ?? STORY, (user) => (user === USER ? 'operator' : undefined)),
    unreachable: change.unreachable ?? [],
    wide: change.wide ?? WIDE,
  });
const RIGHT: Verdict = { tooMany: [], missing: [], tooWide: [], stale: [] };

describe('roles against uses', () => {
  it('finds nothing where every right is used and every use is granted', () => {
    expect(judge()).toEqual(RIGHT);
  });

  it.each<[string, Parameters<typeof judge>[0], Partial<Verdict>]>([
    [
      'a verb in the whole cluster that nobody uses',
      { cluster: [...CLUSTER, rule('', 'nodes', 'update')] },
      { tooMany: ['operator: update /nodes in cluster'] },
    ],
    [
      'a verb in leases that nobody uses',
      { tenant: [...TENANT, rule('', 'secrets', 'get')] },
      { tooMany: ['operator: get /secrets in lease'] },
    ],
    [
      'a right in leases that the cluster-wide one has already',
      { cluster: [...CLUSTER, rule('apps', 'deployments', 'list')] },
      { tooMany: ['operator: list apps/deployments in cluster'] },
    ],
    [
      'a right in leases beside a needed one in the whole cluster',
      {
        cluster: [...CLUSTER, rule('apps', 'deployments', 'list')],
        story: [...STORY, asked('list', 'apps', 'deployments')],
      },
      { tooMany: ['operator: list apps/deployments in lease'] },
    ],
    [
      'a right in the whole cluster that is needed in leases only',
      { cluster: [...CLUSTER, ...TENANT], tenant: [] },
      {
        tooWide: [
          'operator: delete apps/deployments in cluster',
          'operator: list apps/deployments in cluster',
        ],
      },
    ],
    [
      'a right to every object that is needed for one',
      {
        tenant: [
          rule('apps', 'deployments', 'list', 'delete'),
          { ...rule('apps', 'deployments', 'delete'), resourceNames: ['web'] },
        ],
      },
      { tooMany: ['operator: delete apps/deployments in lease'] },
    ],
    [
      'a use that is not granted',
      { tenant: [rule('apps', 'deployments', 'list')] },
      { missing: ['operator: delete apps/deployments "web" in lease'] },
    ],
    [
      'the right to create behind a patch that made the object',
      {
        cluster: [rule('', 'nodes', 'list'), rule('rbac', 'rolebindings', 'patch')],
        wide: WIDE.slice(1),
      },
      { missing: ['operator: create rbac/rolebindings "x" in lease'] },
    ],
    [
      'a use that was refused',
      { story: [...STORY, asked('watch', '', 'secrets', { code: 403 })] },
      { missing: ['operator: watch /secrets in cluster'] },
    ],
    [
      'an excuse for a right that was used',
      {
        unreachable: [
          { account: 'operator', place: 'cluster', verb: 'list', resource: '/nodes', why: '' },
        ],
      },
      { stale: ['operator: list /nodes in cluster'] },
    ],
    [
      'an excuse for a right that is not granted',
      {
        unreachable: [
          { account: 'operator', place: 'lease', verb: 'get', resource: '/pods', why: '' },
        ],
      },
      { stale: ['operator: get /pods in lease'] },
    ],
    [
      'an excuse for width that is none',
      {
        wide: [
          ...WIDE,
          { account: 'operator', place: 'cluster', verb: 'list', resource: '/nodes', why: '' },
        ],
      },
      { stale: ['operator: list /nodes in cluster'] },
    ],
  ])('finds %s', (_name, change, want) => {
    expect(judge(change)).toEqual({ ...RIGHT, ...want });
  });

  it('takes an excuse for what no run can reach', () => {
    const right = {
      account: 'operator',
      place: 'lease',
      verb: 'get',
      resource: '/secrets',
    } as const;
    expect(
      judge({
        tenant: [...TENANT, rule('', 'secrets', 'get')],
        unreachable: [{ ...right, why: 'needs the moon' }],
      }),
    ).toEqual(RIGHT);
  });

  it('refuses a role that is bound to nobody', () => {
    const stray = object('ClusterRole', 'berth-forgotten', { rules: CLUSTER });
    expect(() => grantsOf([stray], new Map())).toThrow('berth-forgotten is bound to nobody');
  });
});
