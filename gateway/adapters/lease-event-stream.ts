/** The events of a lease's namespace as one stream: those that are kept, then those that come. */
import type { KubeEvent } from '../../kube/core-objects.js';
import { isKubeError } from '../../kube/errors.js';
import { EVENTS } from '../../kube/resources.js';
import type { EventFrame, StreamOptions } from '../streams.js';
import type { StreamAccess } from './lease-log-stream.js';

/** The server ends a watch after this time; then it is asked whether the lease is still there. */
const WATCH_SECONDS = 20;

const frameOf = (event: KubeEvent): EventFrame => ({
  type: event.type,
  reportingController: event.reportingController,
  reportingInstance: event.reportingInstance,
  reason: event.reason,
  note: event.note,
  object: {
    kind: event.regarding.kind,
    namespace: event.regarding.namespace ?? '',
    name: event.regarding.name,
  },
});

/** Events of older controllers have no time of their own kind. */
const timeOf = (event: KubeEvent): string =>
  event.series?.lastObservedTime ??
  event.deprecatedLastTimestamp ??
  event.eventTime ??
  event.metadata.creationTimestamp ??
  '';

/** The service whose object an event is about: events bear no labels, but every name begins with the service's. */
const serviceOf = (name: string, all: readonly string[]): string | undefined =>
  all
    .filter((service) => name === service || name.startsWith(`${service}-`))
    .toSorted((a, b) => b.length - a.length)[0];

/** @param serviceNames names of the lease's services now; empty when its workload is gone */
export const streamEvents = async function* (
  { api, ask, sleep, lookMs }: Omit<StreamAccess, 'pods'>,
  namespace: string,
  options: StreamOptions,
  serviceNames: () => Promise<readonly string[]>,
): AsyncGenerator<EventFrame> {
  const { services, follow, signal } = options;
  const told = new Map<string, string>();
  let names = await serviceNames();
  const isNews = (event: KubeEvent): boolean => {
    const { uid = event.metadata.name, resourceVersion = '' } = event.metadata;
    if (told.get(uid) === resourceVersion) return false;
    told.set(uid, resourceVersion);
    const service = serviceOf(event.regarding.name, names);
    return services === undefined || (service !== undefined && services.includes(service));
  };
  for (;;) {
    const { items, resourceVersion } = await ask(() => api.list(EVENTS, { namespace, signal }));
    const inOrder = items.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
    for (const event of inOrder) if (isNews(event)) yield frameOf(event);
    if (!follow) return;
    try {
      const watch = { namespace, resourceVersion, timeoutSeconds: WATCH_SECONDS, signal };
      for await (const change of api.watch(EVENTS, watch)) {
        const isMore = change.type === 'ADDED' || change.type === 'MODIFIED';
        if (isMore && isNews(change.object)) yield frameOf(change.object);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isKubeError(error)) throw error;
      await sleep(lookMs, signal); // an API server that does not answer fails the next listing
    }
    if (signal.aborted) return;
    names = await serviceNames();
    if (names.length === 0) return;
  }
};
