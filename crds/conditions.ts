/** Conditions of a status, after the Kubernetes API conventions. */
import type { Condition } from './generated/types.js';

/** What a controller observed, before it is dated. */
export interface Observation {
  readonly type: string;
  readonly status: Condition['status'];
  /** Stable CamelCase code. */
  readonly reason: string;
  /** One sentence for people. */
  readonly message: string;
}

/** The condition of a type, if there is one. */
export const findCondition = (
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined => conditions?.find((c) => c.type === type);

/** Whether a condition is present and `True`. */
export const isTrue = (conditions: readonly Condition[] | undefined, type: string): boolean =>
  findCondition(conditions, type)?.status === 'True';

/**
 * The list with `observation` in place of the condition of its type, or appended. `lastTransitionTime` moves to `nowIso`
 * only when the status differs from the present one; the positions of other conditions stay.
 */
export const setCondition = (
  conditions: readonly Condition[] | undefined,
  observation: Observation,
  observedGeneration: number,
  nowIso: string,
): readonly Condition[] => {
  const present = conditions ?? [];
  const old = findCondition(present, observation.type);
  const next: Condition = {
    type: observation.type,
    status: observation.status,
    observedGeneration,
    lastTransitionTime: old?.status === observation.status ? old.lastTransitionTime : nowIso,
    reason: observation.reason,
    message: observation.message,
  };
  return old === undefined ? [...present, next] : present.map((c) => (c === old ? next : c));
};
