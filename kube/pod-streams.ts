/** What flows out of a pod: the log of a container. The port is `PodStreams`; the API server asks the kubelet. */
import { readText } from './body.js';
import type { KubeTarget } from './errors.js';
import { statusError } from './status-error.js';
import type { KubeTransport } from './transport.js';

/** One container of a pod. */
export interface ContainerRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface LogOptions {
  /** Go on with what is written from now until the container ends. */
  readonly follow: boolean;
  /** Only so many of the last lines; default all that the kubelet kept. */
  readonly tailLines?: number | undefined;
  /** RFC 3339; only lines of this time or later. */
  readonly sinceTime?: string | undefined;
  readonly signal: AbortSignal;
}

export interface PodStreams {
  /**
   * The log as bytes, every line preceded by its time (RFC 3339 with nanoseconds) and a blank.
   * @throws KubeError when there is no such pod, or no container of it that was started; the signal's reason when aborted
   */
  log(ref: ContainerRef, options: LogOptions): AsyncIterable<Uint8Array>;
}

/** A container may be silent for as long as it likes; a dead connection is found by TCP's own probes. */
const NO_TIMEOUT = 0;

/** Over the API server. */
export class HttpPodStreams implements PodStreams {
  readonly #transport: KubeTransport;

  constructor(transport: KubeTransport) {
    this.#transport = transport;
  }

  async *log(ref: ContainerRef, options: LogOptions): AsyncGenerator<Uint8Array> {
    const { namespace, pod, container } = ref;
    const query = new URLSearchParams({ container, timestamps: 'true' });
    if (options.follow) query.set('follow', 'true');
    if (options.tailLines !== undefined) query.set('tailLines', String(options.tailLines));
    if (options.sinceTime !== undefined) query.set('sinceTime', options.sinceTime);
    const target: KubeTarget = { verb: 'get', resource: 'pods/log', namespace, name: pod };
    const { status, body } = await this.#transport.send({
      method: 'GET',
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log?${query.toString()}`,
      target,
      idleTimeoutMs: NO_TIMEOUT,
      signal: options.signal,
    });
    if (status !== 200) throw statusError(target, status, await readText(body));
    yield* body;
  }
}
