/** Berth's own processes, and what the operator says of itself. */
import type { Deployment } from '../../../../kube/core-objects.js';
import { printable } from '../../../format/table.js';
import { formatDuration } from '../../../format/duration.js';
import { when } from '../check.js';
import type { Check } from '../check.js';
import { fault, notChecked, ok, orOk, warning } from '../finding.js';
import type { Finding } from '../finding.js';

const COMPONENT = 'app.kubernetes.io/component';
const NEEDED = ['operator', 'gateway'];

const componentOf = ({ metadata }: Deployment): string => metadata.labels?.[COMPONENT] ?? '';

const nameOf = ({ metadata }: Deployment): string => `${metadata.namespace ?? ''}/${metadata.name}`;

const readiness = (deployment: Deployment): readonly Finding[] => {
  const wanted = deployment.spec.replicas ?? 1;
  const ready = deployment.status?.readyReplicas ?? 0;
  const { namespace = '', name } = deployment.metadata;
  const where = {
    subject: `deployment/${nameOf(deployment)}`,
    fix: `kubectl describe deployment -n ${namespace} ${name}; kubectl logs -n ${namespace} deployment/${name}`,
  };
  if (ready >= wanted) return [];
  const message = `${ready} of ${wanted} replicas are ready`;
  return [
    ready === 0
      ? fault('ProcessNotReady', message, where)
      : warning('ProcessNotReady', message, where),
  ];
};

export const processes: Check = {
  name: 'processes',
  run: ({ deployments }) =>
    when(deployments, (there) => {
      const missing = NEEDED.filter((c) => !there.some((d) => componentOf(d) === c)).map((c) =>
        fault('ProcessMissing', `there is no Deployment of the ${c}`, {
          subject: c,
          fix: 'helm install berth charts/berth --namespace berth-system --create-namespace -f values.yaml',
        }),
      );
      return orOk(
        [...missing, ...there.flatMap(readiness)],
        `ready: ${there.map((d) => d.metadata.name).join(', ')}`,
      );
    }),
};

/** A holder that did not renew for longer than its lease is nobody. */
export const leadership: Check = {
  name: 'leader',
  run: ({ leaderLease, nowMs, installation, apiServerAheadMs }) =>
    when(leaderLease, (lease) => {
      const { holderIdentity = '', renewTime, leaseDurationSeconds = 15 } = lease?.spec ?? {};
      const fix = `kubectl logs -n ${installation.operatorNamespace} deployment/berth-operator`;
      if (lease === undefined || holderIdentity === '' || renewTime === undefined)
        return [fault('OperatorNotLeading', 'no replica of the operator has ever led', { fix })];
      const now = nowMs + (apiServerAheadMs.known ? apiServerAheadMs.value : 0);
      const age = now - Date.parse(renewTime);
      if (age > leaseDurationSeconds * 1_000)
        return [
          fault(
            'OperatorNotLeading',
            `${holderIdentity} led until ${formatDuration(age)} ago, and nobody since`,
            { fix },
          ),
        ];
      return [ok(`${holderIdentity} leads`)];
    }),
};

/** `Ready` repeats the first of the others. */
export const conditions: Check = {
  name: 'conditions',
  run: ({ provider }) =>
    when(provider, (object) => {
      if (object?.status?.conditions === undefined)
        return [notChecked('the operator has written no status yet')];
      if (object.spec.bidding.paused)
        return [
          warning('BiddingPaused', 'spec.bidding.paused is set: nothing is bid on', {
            fix: 'berth provider uncordon --all',
          }),
        ];
      return orOk(
        object.status.conditions
          .filter((c) => c.status === 'False' && c.type !== 'Ready')
          .map((c) =>
            warning('ConditionFalse', `${c.type} is False: ${c.reason}: ${printable(c.message)}`, {
              fix: `docs/reasons.md explains ${c.reason}`,
            }),
          ),
        'no condition of the ComputeProvider is False',
      );
    }),
};
