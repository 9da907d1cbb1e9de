/** Broadcasts the same bytes until they are in a block, refused for good, or past their deadline by block time. */
import { backoffMs } from '../clock.js';
import type { ChainClock } from '../clock.js';
import { ChainUnavailableError } from '../ports.js';
import type { SignedTx, TxOutcome } from '../ports.js';
import type { SeenHead } from '../rpc/head-tracker.js';
import type { InclusionWatcher, Watch } from './inclusion.js';
import { isPast } from './nonce.js';
import type { PriorityGate } from './priority-gate.js';
import type { TxPriority } from './priority.js';
import { SDK } from './sdk-codes.js';
import type { SendResult } from './send.js';
import { expectedSequence } from './sequence-line.js';
import type { Place } from './sequence-line.js';

export interface BroadcastDeps {
  /** Hands the bytes to the mempools; never rejects. */
  readonly send: (bytes: Uint8Array) => Promise<SendResult>;
  /** How many may be handed over at once, by urgency. */
  readonly gate: PriorityGate;
  readonly inclusion: InclusionWatcher;
  readonly clock: ChainClock;
  /** A mempool can lose a transaction: it is sent again this often, milliseconds. */
  readonly resendMs: number;
  /** Longest time between two looks for inclusion, milliseconds. */
  readonly pollMs: number;
}

export interface BroadcastPlan {
  readonly tx: SignedTx;
  readonly priority: TxPriority;
  /** A head from before the bytes could first have been sent. */
  readonly since: SeenHead;
  /** Never sent before: a refusal of the first attempt is final. */
  readonly fresh: boolean;
  /** Of an ordered transaction that was signed here; it is its turn. */
  readonly place: Place | undefined;
  readonly signal: AbortSignal;
  /** Called when a mempool takes the bytes, each time. */
  readonly onPending: () => void;
}

/** Blocks to wait before a refusal counts that a second copy of an included transaction would meet as well. */
const DOUBT_BLOCKS = 2n;
const RETRY_BASE_MS = 100;
const RETRY_MAX_MS = 2_000;

type Refused = Extract<SendResult, { readonly kind: 'refused' }>;

interface Progress {
  readonly watch: Watch;
  attempts: number;
  failures: number;
  /** Monotonic time of the next attempt. */
  sendAt: number;
  /** Ends the present pause. */
  nudge: AbortController;
  /** A refusal that may only mean "already included", and the height from which it is believed. */
  doubt: { readonly refusal: Refused; readonly believeAt: bigint } | undefined;
}

const refusedOutcome = (hash: string, { code, codespace, log }: Refused): TxOutcome =>
  codespace === 'sdk' && code === SDK.txTimeout
    ? { status: 'expired', hash }
    : { status: 'rejected', hash, code, codespace, log };

const lookUp = async (deps: BroadcastDeps, hash: string): Promise<TxOutcome | undefined> => {
  const found = await deps.inclusion.lookUp(hash);
  return typeof found === 'string' ? undefined : found;
};

const sendOnce = async (deps: BroadcastDeps, plan: BroadcastPlan): Promise<SendResult> => {
  const leave = await deps.gate.enter(plan.priority, plan.signal);
  try {
    const result = await deps.send(plan.tx.bytes);
    const isSequence =
      result.kind === 'refused' && result.codespace === 'sdk' && result.code === SDK.wrongSequence;
    if (!isSequence || plan.place === undefined) return result;
    const verdict = plan.place.mismatch(expectedSequence(result.log));
    return verdict === 'later' ? { kind: 'try-later', why: result.log } : result;
  } finally {
    leave();
  }
};

const attempt = async (
  deps: BroadcastDeps,
  plan: BroadcastPlan,
  progress: Progress,
): Promise<TxOutcome | undefined> => {
  const first = progress.attempts === 0;
  progress.attempts += 1;
  const result = await sendOnce(deps, plan);
  const now = deps.clock.now();
  if (result.kind === 'try-later') {
    progress.sendAt =
      now + backoffMs(progress.failures, RETRY_BASE_MS, RETRY_MAX_MS, () => deps.clock.random());
    progress.failures += 1;
    return undefined;
  }
  progress.sendAt = now + deps.resendMs;
  progress.failures = 0;
  if (result.kind === 'pending') {
    plan.onPending();
    plan.place?.sent(() => {
      progress.sendAt = deps.clock.now();
      progress.nudge.abort();
    });
    // Bytes of an earlier process may have been included before anything was watched.
    return first && result.again ? lookUp(deps, plan.tx.hash) : undefined;
  }
  if (first && plan.fresh && !result.doubtful) return refusedOutcome(plan.tx.hash, result);
  const believeAt = progress.watch.scanned.height + DOUBT_BLOCKS;
  progress.doubt = { refusal: result, believeAt };
  return lookUp(deps, plan.tx.hash);
};

const conclude = async (
  deps: BroadcastDeps,
  plan: BroadcastPlan,
  { watch, doubt }: Progress,
): Promise<TxOutcome | undefined> => {
  if (watch.included !== undefined) return watch.included;
  const past = plan.tx.timeoutNs !== undefined && isPast(plan.tx.timeoutNs, watch.scanned.timeMs);
  const believed = doubt !== undefined && watch.scanned.height >= doubt.believeAt;
  if (!past && !believed) return undefined;
  const found = await deps.inclusion.lookUp(plan.tx.hash);
  if (typeof found !== 'string') return found;
  if (watch.blind && found === 'unknown') return undefined;
  if (past) return { status: 'expired', hash: plan.tx.hash };
  return doubt === undefined ? undefined : refusedOutcome(plan.tx.hash, doubt.refusal);
};

/** Until the next attempt, when that is close, or else until the chain may have moved. */
const pause = async (
  deps: BroadcastDeps,
  plan: BroadcastPlan,
  progress: Progress,
): Promise<void> => {
  const untilSend = progress.sendAt - deps.clock.now();
  if (progress.doubt === undefined && untilSend < deps.pollMs) {
    await deps.clock.sleep(Math.max(0, untilSend), plan.signal);
    return;
  }
  if (progress.nudge.signal.aborted) progress.nudge = new AbortController();
  const end =
    plan.place === undefined ? plan.signal : AbortSignal.any([plan.signal, progress.nudge.signal]);
  await deps.inclusion.look(end);
};

/** @throws ChainUnavailableError only when aborted */
export const broadcastTx = async (deps: BroadcastDeps, plan: BroadcastPlan): Promise<TxOutcome> => {
  const watch = deps.inclusion.watch(plan.tx.hash, plan.since);
  const progress: Progress = {
    watch,
    attempts: 0,
    failures: 0,
    sendAt: -Infinity,
    nudge: new AbortController(),
    doubt: undefined,
  };
  try {
    for (;;) {
      if (plan.signal.aborted) {
        throw new ChainUnavailableError(`gave up on transaction ${plan.tx.hash}: aborted`);
      }
      if (deps.clock.now() >= progress.sendAt && progress.doubt === undefined) {
        const outcome = await attempt(deps, plan, progress);
        if (outcome !== undefined) return outcome;
      }
      const outcome = await conclude(deps, plan, progress);
      if (outcome !== undefined) return outcome;
      await pause(deps, plan, progress);
    }
  } finally {
    deps.inclusion.stop(watch);
  }
};
