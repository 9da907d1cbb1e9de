/**
 * The log of a lease's containers as one stream. Level-triggered: every few moments it looks which containers there are and
 * takes up those it does not read yet, so that new pods and restarted containers are followed, and a connection that broke
 * goes on after the last line that was told.
 */
import { AKASH_LABELS } from '../../crds/constants.js';
import type { KubeApi } from '../../kube/api.js';
import type { Pod } from '../../kube/core-objects.js';
import { isKubeInvalid, isKubeNotFound } from '../../kube/errors.js';
import { logLines } from '../../kube/log-lines.js';
import type { ContainerRef, PodStreams } from '../../kube/pod-streams.js';
import { PODS } from '../../kube/resources.js';
import { Channel } from '../channel.js';
import type { Sleep } from '../deadline.js';
import { UpstreamUnavailableError } from '../problem.js';
import type { LogFrame, LogStreamOptions } from '../streams.js';
import type { Ask } from './asking.js';

export interface StreamAccess {
  readonly api: KubeApi;
  readonly pods: PodStreams;
  readonly ask: Ask;
  readonly sleep: Sleep;
  /** Milliseconds between two looks at which containers there are. */
  readonly lookMs: number;
}

/** Lines that may wait for a slow client, of all containers together. */
const CAPACITY = 256;

/** One run of a container; started again it is another. */
interface ContainerRun extends ContainerRef {
  readonly id: string;
  readonly isRunning: boolean;
}

const runsOf = (pods: readonly Pod[], namespace: string): readonly ContainerRun[] =>
  pods
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .flatMap((pod) =>
      (pod.status?.containerStatuses ?? []).flatMap(({ name, containerID, state }) =>
        containerID === undefined || containerID === ''
          ? [] // not started yet
          : [
              {
                ...{ namespace, pod: pod.metadata.name, container: name },
                id: `${pod.metadata.uid ?? ''}/${containerID}`,
                isRunning: state?.running !== undefined,
              },
            ],
      ),
    );

/** What is known of reading one run. */
interface Reading {
  isOpen: boolean;
  /** Time of the last line that was told. */
  lastAt: string | undefined;
}

/** @param isOver asked while following when there is no pod: whether there will be none again */
export const streamLogs = async function* (
  access: StreamAccess,
  namespace: string,
  options: LogStreamOptions,
  isOver: () => Promise<boolean>,
): AsyncGenerator<LogFrame> {
  const { follow, services, tailLines } = options;
  const left = new AbortController();
  const signal = AbortSignal.any([options.signal, left.signal]);
  const channel = new Channel<LogFrame>(CAPACITY);
  const readings = new Map<string, Reading>();

  const read = async (run: ContainerRun, reading: Reading): Promise<void> => {
    const since = reading.lastAt;
    const bytes = access.pods.log(run, {
      ...{ follow, signal, sinceTime: since },
      tailLines: since === undefined ? tailLines : undefined,
    });
    for await (const { at, text } of logLines(bytes)) {
      if (since !== undefined && at <= since) continue;
      reading.lastAt = at;
      if (!(await channel.push({ name: run.pod, message: text }))) return;
    }
  };
  /** A pod that went in the meantime is nothing wrong; neither is, while following, what the next look tries again. */
  const readQuietly = async (run: ContainerRun, reading: Reading): Promise<void> => {
    reading.isOpen = true;
    try {
      await read(run, reading);
    } catch (error) {
      if (follow || signal.aborted || isKubeNotFound(error) || isKubeInvalid(error)) return;
      throw new UpstreamUnavailableError('cluster', { cause: error });
    } finally {
      reading.isOpen = false;
    }
  };
  const look = async (): Promise<readonly Promise<void>[] | 'over'> => {
    const { items } = await access.ask(() => api.list(PODS, { namespace, signal }));
    const chosen = items.filter((pod) => {
      const service = pod.metadata.labels?.[AKASH_LABELS.manifestService] ?? '';
      return services === undefined || services.includes(service);
    });
    if (follow && items.length === 0 && (await isOver())) return 'over';
    return runsOf(chosen, namespace).flatMap((run) => {
      const known = readings.get(run.id);
      if (known !== undefined && (known.isOpen || !run.isRunning)) return [];
      const reading = known ?? { isOpen: false, lastAt: undefined };
      readings.set(run.id, reading);
      return [readQuietly(run, reading)];
    });
  };
  const { api } = access;
  const work = async (): Promise<void> => {
    const begun: Promise<void>[] = [];
    while (!signal.aborted) {
      const found = await look();
      if (found === 'over') break;
      begun.push(...(follow ? [] : found));
      if (!follow) break;
      await access.sleep(access.lookMs, signal);
    }
    await Promise.all(begun);
  };
  work().then(
    () => {
      channel.end();
    },
    (error: unknown) => {
      channel.end(signal.aborted ? undefined : (error as Error));
    },
  );
  try {
    yield* channel.read();
  } finally {
    left.abort();
  }
};
