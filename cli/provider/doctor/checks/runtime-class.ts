/** How GPU pods get at their driver. */
import { when } from '../check.js';
import type { Check } from '../check.js';
import { fault, ok, warning } from '../finding.js';
import type { Fix } from '../finding.js';

/** What NVIDIA's tools call class and handler. */
const NVIDIA = 'nvidia';

const creation = (name: string): Fix => ({
  text: `kubectl create -f - with a RuntimeClass "${name}" of handler "${name}"; the container runtime of GPU nodes must know the handler: nvidia-ctk runtime configure`,
  repair: {
    what: `create RuntimeClass ${name} (handler ${name})`,
    fieldManager: 'berth-doctor',
    object: {
      ...{ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name } },
      handler: name,
    } as NonNullable<Fix['repair']>['object'],
  },
});

export const runtimeClass: Check = {
  name: 'runtime class',
  run: ({ runtimeClasses, provider }) =>
    when(runtimeClasses, (there) => {
      const named = provider.known ? provider.value?.spec.runtimeClassName : undefined;
      const wanted = named ?? NVIDIA;
      if (there.includes(wanted)) return [ok(`RuntimeClass ${wanted} exists`)];
      const subject = `runtimeclass/${wanted}`;
      if (named === undefined)
        return [
          warning(
            'RuntimeClassMissing',
            `there is no RuntimeClass "${NVIDIA}": GPU pods run only where nvidia is the node's default runtime`,
            { subject, fix: creation(NVIDIA) },
          ),
        ];
      return [
        fault(
          'RuntimeClassMissing',
          `spec.runtimeClassName is "${named}", and there is no such RuntimeClass: every GPU pod would be refused`,
          { subject, fix: creation(named) },
        ),
      ];
    }),
};
