/** What being emptied means for a node: the marks it bears, and who is still on it. Pure. */
import { DRAIN_ANNOTATION } from '../../../bidengine/kube-facts.js';
import type { ComputeLease } from '../../../crds/generated/types.js';
import type { Node, Pod } from '../../../kube/core-objects.js';

/** Who set the marks, so that taking them away touches nothing of others'. */
export const DRAIN_MANAGER = 'berth-drain';

export interface Drain {
  /** RFC 3339. */
  readonly since: string;
  readonly until: string;
  readonly reason: string;
}

/** What the node says; `undefined` when it is not being emptied, or its annotation is not ours to read. */
export const drainOf = ({ metadata }: Node): Drain | undefined => {
  const text = metadata.annotations?.[DRAIN_ANNOTATION];
  if (text === undefined) return undefined;
  try {
    const { since, until, reason } = JSON.parse(text) as Partial<Drain>;
    return typeof since === 'string' && typeof until === 'string'
      ? { since, until, reason: reason ?? '' }
      : undefined;
  } catch {
    return undefined;
  }
};

/** A drain under way keeps its beginning, and its end unless another window is asked for. */
export const plannedDrain = (
  before: Drain | undefined,
  asked: { readonly windowMs: number | undefined; readonly reason: string | undefined },
  nowMs: number,
  defaultWindowMs: number,
): Drain => {
  const since = before?.since ?? new Date(nowMs).toISOString();
  const until =
    before !== undefined && asked.windowMs === undefined
      ? before.until
      : new Date(Date.parse(since) + (asked.windowMs ?? defaultWindowMs)).toISOString();
  return { since, until, reason: asked.reason ?? before?.reason ?? '' };
};

/** A lease that still has something on the node, and its pods there. */
export interface LeaseOnNode {
  readonly lease: ComputeLease;
  readonly pods: readonly Pod[];
}

const isOver = ({ status }: Pod): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** By pods that run there; a lease whose pods do not exist yet counts where it was placed. */
export const leasesOn = (
  node: string,
  leases: readonly ComputeLease[],
  pods: readonly Pod[],
): readonly LeaseOnNode[] =>
  leases.flatMap((lease) => {
    const own = pods.filter(
      (p) =>
        p.metadata.namespace === lease.spec.namespace &&
        !isOver(p) &&
        p.spec.nodeName !== undefined,
    );
    const here = own.filter((p) => p.spec.nodeName === node);
    const planned = own.length === 0 && lease.spec.placement.some((p) => p.node === node);
    return here.length > 0 || planned ? [{ lease, pods: here }] : [];
  });
