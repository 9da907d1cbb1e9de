/** What a pod takes of its node, by the scheduler's own rule (Kubernetes resource helpers, PodRequests). */
import type { PodFacts, ResourceList } from './cluster-facts.js';
import { isQuantityFormatError, parseQuantity } from './kube-quantity.js';
import type { QuantityFormatError } from './kube-quantity.js';
import { add, NOTHING } from './quantities.js';
import type { Quantities } from './quantities.js';

/** The resource that holds whole NVIDIA GPUs. */
export const GPU_RESOURCE = 'nvidia.com/gpu';

/** Amounts of a resource list, rounded up as the scheduler does. @throws QuantityFormatError */
const requested = (list: ResourceList): Quantities => ({
  milliCpu: parseQuantity(list['cpu'] ?? '0', 3, 'up'),
  memoryBytes: parseQuantity(list['memory'] ?? '0', 0, 'up'),
  ephemeralBytes: parseQuantity(list['ephemeral-storage'] ?? '0', 0, 'up'),
  gpus: parseQuantity(list[GPU_RESOURCE] ?? '0', 0, 'up'),
  pods: 0n,
});

const largest = (a: Quantities, b: Quantities): Quantities => ({
  milliCpu: a.milliCpu > b.milliCpu ? a.milliCpu : b.milliCpu,
  memoryBytes: a.memoryBytes > b.memoryBytes ? a.memoryBytes : b.memoryBytes,
  ephemeralBytes: a.ephemeralBytes > b.ephemeralBytes ? a.ephemeralBytes : b.ephemeralBytes,
  gpus: a.gpus > b.gpus ? a.gpus : b.gpus,
  pods: 0n,
});

/**
 * Containers run together; init containers run before them one after the other, each beside the sidecars started so far.
 * The pod takes the larger of both, plus its overhead, and one pod.
 */
const compute = (pod: PodFacts): Quantities => {
  const running = pod.containers.reduce((sum, c) => add(sum, requested(c.requests)), NOTHING);
  let sidecars = NOTHING;
  let starting = NOTHING;
  for (const init of pod.initContainers) {
    const own = requested(init.requests);
    if (init.sidecar) {
      sidecars = add(sidecars, own);
      starting = largest(starting, sidecars);
    } else {
      starting = largest(starting, add(sidecars, own));
    }
  }
  const together = largest(add(running, sidecars), starting);
  const whole = pod.podRequests === undefined ? undefined : requested(pod.podRequests);
  const names = pod.podRequests ?? {};
  const chosen: Quantities = {
    ...together,
    ...(whole !== undefined && 'cpu' in names ? { milliCpu: whole.milliCpu } : {}),
    ...(whole !== undefined && 'memory' in names ? { memoryBytes: whole.memoryBytes } : {}),
  };
  return { ...add(chosen, requested(pod.overhead)), pods: 1n };
};

/** The effective request, or why it cannot be read. */
export type PodRequest = Quantities | QuantityFormatError;

const tryCompute = (pod: PodFacts): PodRequest => {
  try {
    return compute(pod);
  } catch (error) {
    if (isQuantityFormatError(error)) return error;
    throw error;
  }
};

/** Facts do not change, so a pod that is counted again is not read again. */
const known = new WeakMap<PodFacts, PodRequest>();

/** The effective request of a pod; a quantity that cannot be read comes back as the error that says which. */
export const tryEffectiveRequest = (pod: PodFacts): PodRequest => {
  let request = known.get(pod);
  if (request === undefined) known.set(pod, (request = tryCompute(pod)));
  return request;
};

/** A finished pod holds nothing, however long its object stays. */
export const isFinished = (pod: PodFacts): boolean =>
  pod.phase === 'Succeeded' || pod.phase === 'Failed';
