/** Events on our objects through the shared recorder. */
import type { EventRecorder } from '../../kube/event-recorder.js';
import type { OperatorEvents } from '../events.js';

export const eventsThrough = (recorder: Pick<EventRecorder, 'record'>): OperatorEvents => ({
  record: ({ apiVersion, kind, metadata }, event) => {
    const { name, namespace, uid } = metadata;
    recorder.record({
      ...event,
      regarding: {
        ...{ apiVersion, kind, name },
        ...(namespace === undefined ? {} : { namespace }),
        ...(uid === undefined ? {} : { uid }),
      },
    });
  },
});
