/** `berth why ORDER`: what was decided of an order within the last day, on what, and who got it. */
import type { Reason } from '../../market/reasons.js';
import type { KeptEntry } from '../../history/segment-reader.js';
import { shortfallOf } from '../../history/lost.js';
import { refused } from '../failure.js';
import { exactCoin } from '../format/money.js';
import { describeEntries } from '../why/describe.js';
import { orderOf, readDecisions } from '../why/read-decisions.js';
import { recheck } from '../why/recheck.js';
import type { ClusterContext } from './inventory.js';

export interface WhyRequest {
  /** `owner/dseq/gseq/oseq`, or `dseq/gseq/oseq`, or `dseq` alone. */
  readonly order: string;
  readonly namespace: string;
  /** Decide again from the kept input. */
  readonly recheck: boolean;
}

/** Whether a path is the one asked for; the owner and the later parts may be left out. */
export const isOrder = (asked: string): ((path: string) => boolean) => {
  const parts = asked.split('/');
  return (path) => {
    if (parts.length === 4) return path === asked;
    const [, ...rest] = path.split('/');
    return rest.slice(0, parts.length).join('/') === asked;
  };
};

const json = (entry: KeptEntry, again: boolean): object => {
  const base = { type: entry.type, at: new Date(entry.atMs).toISOString(), order: orderOf(entry) };
  switch (entry.type) {
    case 'again':
      return { ...base, height: entry.height, times: entry.times };
    case 'taken': {
      const { id, height, price, ours } = entry;
      const short = ours === undefined ? undefined : shortfallOf(ours, price);
      return {
        ...{ ...base, provider: id.provider, height, winningPrice: exactCoin(price) },
        ...(ours === undefined ? {} : { ours: exactCoin(ours) }),
        ...(short?.kind === 'dearer' ? { needed: exactCoin(short.needed) } : {}),
      };
    }
    case 'decided': {
      const { decision, height, snapshotId } = entry;
      const reasons: readonly Reason[] = decision.type === 'skip' ? decision.reasons : [];
      const bid =
        decision.type === 'skip'
          ? {}
          : {
              price: exactCoin(decision.price),
              usdPerHour: decision.usdPerHour.toFixed(),
              policy: decision.policy,
              breakdown: decision.breakdown.map((t) => ({
                item: t.item,
                quantity: t.quantity.toFixed(),
                usdPerHour: t.usdPerHour.toFixed(),
              })),
            };
      return {
        ...{ ...base, height, result: decision.type, reasons, ...bid },
        ...(snapshotId === undefined ? {} : { snapshot: snapshotId }),
        ...(again ? { recheck: recheck(entry) } : {}),
      };
    }
  }
};

/** @throws CliFailure `NoSuchDecision`; KubeError */
export const why = async (ctx: ClusterContext, request: WhyRequest): Promise<void> => {
  const { order, namespace } = request;
  const { entries, unreadable, sinceMs } = await readDecisions(
    ctx.cluster,
    namespace,
    isOrder(order),
  );
  for (const fault of unreadable) ctx.terminal.say(`A segment cannot be read: ${fault}`);
  if (entries.length === 0) {
    throw refused('NoSuchDecision', `no decision on order ${order} is kept`, {
      field: 'ORDER',
      next:
        sinceMs === undefined
          ? `Namespace ${namespace} holds no decisions at all; --namespace names the operator's.`
          : `Decisions are kept since ${new Date(sinceMs).toISOString()}. Before that, or while the operator was down, there is none.`,
    });
  }
  const paths = [...new Set(entries.map(orderOf))];
  const text = paths.flatMap((path) => [
    `Order ${path}`,
    ...describeEntries(
      entries.filter((entry) => orderOf(entry) === path),
      request.recheck,
    ),
  ]);
  ctx.output.result(
    entries.map((entry) => json(entry, request.recheck)),
    text.join('\n'),
  );
};
