/** The turns of a bid's or lease's life, as Kubernetes Events on our objects. */
import type { KubeObject } from '../crds/object.js';

export interface OperatorEvents {
  /** Never throws: an Event that cannot be written is no reason to fail a reconcile. */
  record(
    about: KubeObject,
    event: {
      readonly type: 'Normal' | 'Warning';
      readonly reason: string;
      readonly action: string;
      readonly note: string;
    },
  ): void;
}
