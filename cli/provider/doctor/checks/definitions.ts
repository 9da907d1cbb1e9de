/** Berth's kinds, and the object that everything starts from. */
import { GROUP, RESOURCES, VERSION } from '../../../../crds/constants.js';
import { DEFINITIONS } from '../../../../crds/kinds.js';
import { when } from '../check.js';
import type { Check } from '../check.js';
import { fieldsOf } from '../crd-fields.js';
import { fault, ok, orOk } from '../finding.js';
import type { Finding } from '../finding.js';

const UPGRADE = 'helm upgrade berth charts/berth --reuse-values';

export const crdsInstalled: Check = {
  name: 'definitions',
  run: ({ crds }) =>
    when(crds, (installed) =>
      orOk(
        DEFINITIONS.flatMap((definition): readonly Finding[] => {
          const name = `${RESOURCES[definition.kind]}.${GROUP}`;
          const subject = `crd/${name}`;
          const version = installed
            .find((c) => c.name === name)
            ?.versions.find((v) => v.name === VERSION);
          if (version === undefined)
            return [
              fault('CrdMissing', `${name} ${VERSION} is not served`, { subject, fix: UPGRADE }),
            ];
          const lacking = [...fieldsOf(definition.schema)].filter((f) => !version.fields.has(f));
          if (lacking.length === 0) return [];
          return [
            fault('CrdOutdated', `${name} lacks ${lacking.slice(0, 3).join(', ')}`, {
              ...{ subject, fix: UPGRADE },
            }),
          ];
        }),
        `${DEFINITIONS.length} kinds of ${GROUP}/${VERSION} are served`,
      ),
    ),
};

export const providerObject: Check = {
  name: 'provider object',
  run: ({ provider, providerName }) =>
    when(provider, (object) =>
      object === undefined
        ? [
            fault('ProviderObjectMissing', `there is no ComputeProvider "${providerName}"`, {
              fix: 'kubectl apply -f compute-provider.yaml   (docs/reference/kinds.md tells every field)',
            }),
          ]
        : [ok(`ComputeProvider ${object.metadata.name} is for ${object.spec.address}`)],
    ),
};
