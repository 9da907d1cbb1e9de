/**
 * Signs a batch. What is signed is counted first and written down first: a signature that left without being counted could be
 * asked for again for ever.
 */
import type { Signer } from '../../chain/ports.js';
import { isReasonError } from '../../market/reasons.js';
import type { Reason } from '../../market/reasons.js';
import { judge } from '../policy/judge.js';
import { addSpend, NOTHING_SPENT } from '../policy/signing-policy.js';
import type { SigningPolicy, Spend } from '../policy/signing-policy.js';
import { limitFault, spentUp, withSpend } from '../policy/spending.js';
import { refuse } from '../reasons.js';
import type { SignerState } from '../state/signer-state.js';
import { isStateMoved } from '../state/state-store.js';
import type { StateStore, StoredState } from '../state/state-store.js';
import type { Leadership } from './leadership.js';
import { Recent } from './recent.js';

export interface SignBatch {
  /** The caller's leadership, as its Lease object counts it. */
  readonly token: number;
  /** Encoded SignDocs. */
  readonly signBytes: readonly Uint8Array[];
}

export type SignAnswer =
  | { readonly signature: Uint8Array }
  /** This one is refused; others of the batch may be signed. */
  | { readonly refused: Reason };

export interface SignBatchDeps {
  readonly signer: Signer;
  readonly policy: SigningPolicy;
  readonly store: StateStore;
  /** The Lease object that the operators compete for, as it is now. @throws KubeUnavailableError */
  readonly latestLeadership: () => Promise<Leadership>;
  /** Wall clock, Unix milliseconds. */
  readonly now: () => number;
  /** Told when the counters were lost, so that everything counts as spent for a day. */
  readonly onLost: () => void;
}

/** Writes of one batch that another process of ours may get in the way of: one is enough to meet a rollout. */
const ATTEMPTS = 3;

interface Judged {
  readonly answers: readonly (Reason | undefined)[];
  readonly spend: Spend;
}

/** One at a time: each batch sees what the one before it has spent. */
export class BatchSigner {
  readonly #deps: SignBatchDeps;
  readonly #recent = new Recent();
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: SignBatchDeps) {
    this.#deps = deps;
  }

  /** One answer per request, in order. Never throws on what a caller asks. */
  async sign(batch: SignBatch): Promise<readonly SignAnswer[]> {
    const turn = this.#last.then(() => this.#sign(batch));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #sign(batch: SignBatch): Promise<readonly SignAnswer[]> {
    const { signBytes } = batch;
    const counted = await this.#countPatiently(batch);
    if ('code' in counted) return signBytes.map(() => ({ refused: counted }));
    const wanted = signBytes.filter((_, i) => counted.answers[i] === undefined);
    for (const bytes of wanted) this.#recent.add(bytes);
    const signed = wanted.length === 0 ? [] : await this.#deps.signer.signBatch(wanted);
    let next = 0;
    return counted.answers.map((refused): SignAnswer => {
      if (refused !== undefined) return { refused };
      const signature = signed[next];
      next += 1;
      if (signature === undefined) throw new Error('the key gave fewer signatures than asked for');
      return isReasonError(signature) ? { refused: signature.reason } : { signature };
    });
  }

  /** Counts the batch, anew where another process of ours wrote in between; or why nothing of it is signed. */
  async #countPatiently(batch: SignBatch): Promise<Judged | Reason> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#count(batch);
      } catch (error) {
        if (isStateMoved(error) && attempt < ATTEMPTS) continue;
        const why = error instanceof Error ? error.message : String(error);
        return refuse('SignCountersUnavailable', `The counters could not be kept: ${why}.`);
      }
    }
  }

  async #count({ token, signBytes }: SignBatch): Promise<Judged | Reason> {
    const stored = await this.#deps.store.load();
    const state = this.#stateOf(stored);
    const leadership = await this.#leadershipOf(state, token);
    if ('code' in leadership) return leadership;
    const judged = this.#judge(state, signBytes);
    await this.#write(stored, state, { token, lease: leadership.lease }, judged.spend);
    return judged;
  }

  #stateOf({ found }: StoredState): SignerState {
    if (found === 'new') return { token: 0, spent: [] };
    if (found !== 'lost') return found;
    this.#deps.onLost();
    return { token: 0, spent: spentUp(this.#deps.policy, this.#deps.now()) };
  }

  /** Which Lease the caller leads by, or why it is not believed. The Lease is read only when something is new. */
  async #leadershipOf(
    state: SignerState,
    token: number,
  ): Promise<{ readonly lease: string } | Reason> {
    if (token === state.token && state.lease !== undefined) return { lease: state.lease };
    const { lease, changes } = await this.#deps.latestLeadership();
    // A Lease that was made anew counts from zero again: what was served under the one before says nothing about it.
    const isAnother = state.lease !== undefined && state.lease !== lease;
    if (token < state.token && !isAnother) {
      return refuse(
        'SignTokenOld',
        `The caller's leadership is number ${token}; number ${state.token} has been served since.`,
      );
    }
    if (token > changes) {
      return refuse('SignTokenUnknown', `Nobody has led under number ${token} yet.`);
    }
    return { lease };
  }

  /** Writes when there is something to remember: a batch of refusals and repetitions costs no write. */
  async #write(
    stored: StoredState,
    before: SignerState,
    { token, lease }: { readonly token: number; readonly lease: string },
    more: Spend,
  ): Promise<void> {
    const known =
      typeof stored.found === 'object' && token === before.token && lease === before.lease;
    if (known && more.transactions === 0n) return;
    await stored.save({ token, lease, spent: withSpend(before.spent, this.#deps.now(), more) });
  }

  #judge(state: SignerState, all: readonly Uint8Array[]): Judged {
    const { policy, now } = this.#deps;
    let spend = NOTHING_SPENT;
    const answers = all.map((bytes) => {
      const verdict = judge(policy, bytes);
      if (!verdict.allowed) return verdict.reason;
      // The same bytes again give the same signature and no second effect on chain.
      if (this.#recent.has(bytes)) return undefined;
      const more = addSpend(spend, verdict.spend);
      const fault = limitFault(policy, state.spent, now(), more);
      if (fault === undefined) spend = more;
      return fault;
    });
    return { answers, spend };
  }
}
