/** What a pod takes of its node, by the scheduler's own rule (Kubernetes resource helpers, PodRequests). */
import type { PodFacts, ResourceList } from './cluster-facts.js';
import { isQuantityFormatError, parseQuantity } from './kube-quantity.js';
import type { QuantityFormatError, Rounding } from './kube-quantity.js';
import { MIG_RESOURCE } from './mig.js';
import { add, most, NOTHING } from './quantities.js';
import type { Quantities } from './quantities.js';

/** The resource that holds whole NVIDIA GPUs. */
export const GPU_RESOURCE = 'nvidia.com/gpu';

/**
 * Amounts of a resource list; what a node has is rounded down, what a pod asks for up, as the scheduler does.
 * @throws QuantityFormatError
 */
export const amountsOf = (list: ResourceList, rounding: Rounding): Quantities => {
  const amount = (name: string, places: 0 | 3 = 0): bigint => {
    const text = list[name];
    return text === undefined ? 0n : parseQuantity(text, places, rounding);
  };
  const amounts = {
    milliCpu: amount('cpu', 3),
    memoryBytes: amount('memory'),
    ephemeralBytes: amount('ephemeral-storage'),
    gpus: amount(GPU_RESOURCE),
    pods: amount('pods'),
  };
  let slices: Record<string, bigint> | undefined;
  for (const name in list) {
    if (!name.startsWith(MIG_RESOURCE)) continue;
    slices ??= {};
    slices[name] = parseQuantity(list[name] ?? '0', 0, rounding);
  }
  return slices === undefined ? amounts : { ...amounts, slices };
};

const requested = (list: ResourceList): Quantities => amountsOf(list, 'up');

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
      starting = most(starting, sidecars);
    } else {
      starting = most(starting, add(sidecars, own));
    }
  }
  const together = most(add(running, sidecars), starting);
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

/** The same pod as one of a lease; what was read out of it is not read again. */
export const asLeasePod = (pod: PodFacts, leasePath: string): PodFacts => {
  const facts = { ...pod, leasePath };
  known.set(facts, tryEffectiveRequest(pod));
  return facts;
};

/** A finished pod holds nothing, however long its object stays. */
export const isFinished = (pod: PodFacts): boolean =>
  pod.phase === 'Succeeded' || pod.phase === 'Failed';
