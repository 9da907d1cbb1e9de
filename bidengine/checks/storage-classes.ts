import { isPersistent, storageClassOf } from '../../market/resources.js';
import { reason } from '../reasons.js';
import type { Check } from './check.js';

/** A persistent volume needs a class that the cluster really has. */
export const storageClasses: Check = {
  name: 'the cluster has the storage classes',
  run: ({ order, snapshot }) => {
    for (const unit of order.spec.units) {
      for (const volume of unit.resources.storage) {
        if (!isPersistent(volume)) continue;
        const className = storageClassOf(volume);
        if (snapshot.storage.some((s) => s.name === className)) continue;
        const known = snapshot.storage.map((s) => s.name).join(', ');
        return reason(
          'StorageClassUnavailable',
          `volume "${volume.name}" of unit ${unit.resources.id} asks for class ${className}; the cluster has ${known === '' ? 'none' : known}`,
          'order.spec.units.storage',
        );
      }
    }
    return undefined;
  },
};
