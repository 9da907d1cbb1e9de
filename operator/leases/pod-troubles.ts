/** What went wrong with the pods of a service, in the words of kubelet, scheduler and device plugin. */
import type { ContainerState, Pod } from '../../kube/core-objects.js';

/** Longest text of a pod's trouble, in characters. */
const LONGEST = 300;

/** The first thing that keeps a pod of the service from being ready. */
export const troubleOf = (pods: readonly Pod[]): string | undefined => {
  for (const pod of pods) {
    const waiting = pod.status?.containerStatuses?.find(
      (c) => c.state?.waiting?.reason !== undefined,
    )?.state?.waiting;
    if (waiting?.reason !== undefined && waiting.reason !== 'ContainerCreating') {
      const why = waiting.message === undefined ? '' : `: ${waiting.message}`;
      return `${waiting.reason}${why}`.slice(0, LONGEST);
    }
    const unscheduled = pod.status?.conditions?.find(
      (c) => c.type === 'PodScheduled' && c.status === 'False',
    );
    if (unscheduled !== undefined) {
      const { reason = 'Unschedulable', message = '' } = unscheduled;
      return `${reason}: ${message}`.slice(0, LONGEST);
    }
  }
  return undefined;
};

interface Ending {
  /** RFC 3339; empty when nobody says. */
  readonly at: string;
  readonly what: string;
}

const endingOf = (state: ContainerState | undefined): readonly Ending[] => {
  if (state?.terminated === undefined) return [];
  const { reason = 'Error', exitCode, finishedAt = '' } = state.terminated;
  return [{ at: finishedAt, what: `${reason}, exit status ${exitCode}` }];
};

/** Endings of containers that were started again: what they run now does not tell. */
const restarts = ({ status }: Pod): readonly Ending[] =>
  (status?.containerStatuses ?? []).flatMap((container) => endingOf(container.lastState));

/**
 * The end of a pod, an eviction for example; another one is in its place. A kubelet forgets its reason when the containers
 * ended well in the grace they were given; then there is only how they did.
 */
const end = ({ status }: Pod): readonly Ending[] => {
  if (status?.phase !== 'Failed' && status?.phase !== 'Succeeded') return [];
  if (status.reason === undefined) {
    return (status.containerStatuses ?? []).flatMap((container) => endingOf(container.state));
  }
  const why = status.message === undefined ? '' : `: ${status.message.trim()}`;
  const ready = status.conditions?.find((c) => c.type === 'Ready');
  return [{ at: ready?.lastTransitionTime ?? '', what: `${status.reason}${why}` }];
};

/** How a container or pod of the service ended last; undefined when none ever did. */
export const lastEndingOf = (pods: readonly Pod[]): string | undefined => {
  const endings = pods.flatMap((pod) => [...restarts(pod), ...end(pod)]);
  const [last] = endings.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  if (last === undefined) return undefined;
  const what = last.what.slice(0, LONGEST);
  return last.at === '' ? what : `${what}, at ${last.at}`;
};

/** Devices under running containers that the device plugin calls ill, each once and sorted. Not knowing is not ill. */
export const illDevicesOf = (pods: readonly Pod[]): readonly string[] => {
  const devices = pods
    .filter((pod) => pod.status?.phase === 'Running')
    .flatMap((pod) => pod.status?.containerStatuses ?? [])
    .flatMap((container) => container.allocatedResourcesStatus ?? [])
    .flatMap((resource) => resource.resources ?? [])
    .filter((device) => device.health === 'Unhealthy')
    .map((device) => device.resourceID);
  return [...new Set(devices)].toSorted();
};
