/** Lists of pods, as recounts pass them around. */
import type { PodFacts } from './cluster-facts.js';

/** Each pod once, however often it was listed; the last listing counts. */
export const eachOnce = (pods: readonly PodFacts[]): readonly PodFacts[] => {
  const byUid = new Map<string, PodFacts>();
  for (const pod of pods) byUid.set(pod.uid, pod);
  return byUid.size === pods.length ? pods : [...byUid.values()];
};

/** Whether they hold the very same facts: what was worked out from the one then holds for the other. */
export const samePods = (a: readonly PodFacts[], b: readonly PodFacts[]): boolean =>
  a.length === b.length && a.every((pod, i) => pod === b[i]);
