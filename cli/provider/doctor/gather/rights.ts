/** Asks the API server's authorizer about every right that the chart gives. */
import type { KubeApi } from '../../../../kube/api.js';
import type { Deployment } from '../../../../kube/core-objects.js';
import { SUBJECT_ACCESS_REVIEWS } from '../../../../kube/resources.js';
import type { DeniedRight, Installation, Known } from '../facts.js';
import { CHART_RIGHTS } from '../generated/chart-rights.js';
import type { ChartRight } from '../generated/chart-rights.js';
import { attempt } from './attempt.js';

interface Question {
  readonly user: string;
  readonly verb: string;
  readonly right: ChartRight;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

const COMPONENT = 'app.kubernetes.io/component';
const AT_ONCE = 16;

const userOf = (
  account: string,
  deployments: readonly Deployment[],
  { stateNamespace, operatorNamespace }: Installation,
): string => {
  const deployment = deployments.find((d) => d.metadata.labels?.[COMPONENT] === account);
  const namespace =
    deployment?.metadata.namespace ?? (account === 'operator' ? operatorNamespace : stateNamespace);
  const name = deployment?.spec.template?.spec?.serviceAccountName ?? `berth-${account}`;
  return `system:serviceaccount:${namespace}:${name}`;
};

const placeOf = (
  { place }: ChartRight,
  { stateNamespace, operatorNamespace }: Installation,
): string | undefined =>
  place === 'cluster' ? undefined : place === 'operator' ? operatorNamespace : stateNamespace;

const questions = (
  deployments: readonly Deployment[],
  installation: Installation,
): readonly Question[] =>
  CHART_RIGHTS.filter((r) => r.account === 'operator' || r.account === 'gateway').flatMap((right) =>
    right.verbs.flatMap((verb) =>
      (right.names ?? [undefined]).map((name) => ({
        ...{ verb, right, name },
        user: userOf(right.account, deployments, installation),
        namespace: placeOf(right, installation),
      })),
    ),
  );

const isAllowed = async (
  api: Pick<KubeApi, 'create'>,
  { user, verb, right, namespace, name }: Question,
): Promise<boolean> => {
  const [resource = '', subresource] = right.resource.split('/');
  const answer = await api.create(SUBJECT_ACCESS_REVIEWS, {
    ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' },
    metadata: { name: '' },
    spec: {
      user,
      resourceAttributes: {
        ...{ verb, resource, group: right.group },
        ...(subresource === undefined ? {} : { subresource }),
        ...(namespace === undefined ? {} : { namespace }),
        ...(name === undefined ? {} : { name }),
      },
    },
  });
  return answer.status?.allowed === true;
};

const words = ({ verb, right, namespace }: Question): string =>
  `${verb} ${right.resource}${right.group === '' ? '' : `.${right.group}`}${namespace === undefined ? '' : ` in ${namespace}`}`;

/** Those that are denied. */
export const gatherDeniedRights = (
  api: Pick<KubeApi, 'create'>,
  deployments: readonly Deployment[],
  installation: Installation,
): Promise<Known<readonly DeniedRight[]>> =>
  attempt(async () => {
    const asked = questions(deployments, installation);
    const denied: DeniedRight[] = [];
    for (let at = 0; at < asked.length; at += AT_ONCE) {
      const batch = asked.slice(at, at + AT_ONCE);
      const allowed = await Promise.all(batch.map((q) => isAllowed(api, q)));
      batch.forEach((q, i) => {
        if (allowed[i] !== true) denied.push({ user: q.user, right: words(q) });
      });
    }
    return denied;
  });
