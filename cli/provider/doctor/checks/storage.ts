/** Persistent storage that the provider offers. */
import type { ComputeProvider } from '../../../../crds/generated/types.js';
import { when } from '../check.js';
import type { Check } from '../check.js';
import { fault, ok, orOk, warning } from '../finding.js';
import type { Finding } from '../finding.js';

/** Classes of `capabilities/storage/N/class` whose `…/persistent` is `true`. */
export const offeredClasses = ({ spec }: ComputeProvider): readonly string[] => {
  const value = new Map(spec.attributes.map((a) => [a.key, a.value]));
  return spec.attributes.flatMap(({ key, value: name }) => {
    const n = /^capabilities\/storage\/(\d+)\/class$/.exec(key)?.[1];
    const isPersistent = value.get(`capabilities/storage/${n ?? ''}/persistent`) === 'true';
    return n !== undefined && isPersistent ? [name] : [];
  });
};

export const storage: Check = {
  name: 'storage',
  run: ({ storageClasses, provider }) =>
    when(storageClasses, (there) =>
      when(provider, (object) => {
        const offered = object === undefined ? [] : offeredClasses(object);
        const findings = offered.flatMap((name): readonly Finding[] => {
          const subject = `storageclass/${name}`;
          const found = there.find((c) => c.name === name);
          if (found === undefined)
            return [
              fault(
                'StorageClassMissing',
                `the provider offers class "${name}", and the cluster has ${there.map((c) => c.name).join(', ') || 'none'}`,
                {
                  subject,
                  fix: `Create StorageClass ${name}, or take capabilities/storage/… of ${name} out of spec.attributes of the ComputeProvider.`,
                },
              ),
            ];
          return found.availableBytes === 0n
            ? [
                warning('StorageClassFull', `class "${name}" has no free space`, {
                  ...{ subject, fix: 'Add disks, or remove volumes that nobody uses.' },
                }),
              ]
            : [];
        });
        const lacksDefault =
          there.length > 0 && !there.some((c) => c.isDefault)
            ? [
                warning('DefaultStorageClassMissing', 'no storage class is the default one', {
                  fix: `kubectl annotate storageclass ${there[0]?.name ?? 'NAME'} storageclass.kubernetes.io/is-default-class=true`,
                }),
              ]
            : [];
        if (offered.length === 0)
          return [...lacksDefault, ok('the provider offers no persistent storage')];
        return [
          ...orOk(findings, `the classes offered exist: ${offered.join(', ')}`),
          ...lacksDefault,
        ];
      }),
    ),
};
