/** What the service accounts may do, as the API server's authorizer answers, and what holds them back. */
import { when } from '../check.js';
import type { Check } from '../check.js';
import { CHART_ADMISSION_POLICIES } from '../generated/chart-rights.js';
import { fault, orOk, warning } from '../finding.js';

const UPGRADE =
  'helm upgrade berth charts/berth --reuse-values   (it puts back roles and bindings)';
const SHOWN = 5;

export const rights: Check = {
  name: 'rights',
  run: ({ deniedRights }) =>
    when(deniedRights, (denied) => {
      const users = [...new Set(denied.map((d) => d.user))];
      return orOk(
        users.map((user) => {
          const lacking = denied.filter((d) => d.user === user).map((d) => d.right);
          const more = lacking.length > SHOWN ? ` and ${lacking.length - SHOWN} more` : '';
          return fault('RightMissing', `it may not ${lacking.slice(0, SHOWN).join(', ')}${more}`, {
            ...{ subject: user, fix: UPGRADE },
          });
        }),
        'operator and gateway have every right that they use',
      );
    }),
};

export const admissionPolicies: Check = {
  name: 'admission policies',
  run: ({ admissionPolicies: there }) =>
    when(there, (names) =>
      orOk(
        CHART_ADMISSION_POLICIES.filter(
          (suffix) => !names.some((n) => n.startsWith('berth') && n.endsWith(`-${suffix}`)),
        ).map((suffix) =>
          warning(
            'AdmissionPolicyMissing',
            `no bound ValidatingAdmissionPolicy …-${suffix}: RBAC alone does not hold the processes to lease namespaces`,
            {
              fix: 'helm upgrade berth charts/berth --reuse-values --set admissionPolicies.enabled=true',
            },
          ),
        ),
        `${CHART_ADMISSION_POLICIES.length} admission policies are bound`,
      ),
    ),
};
