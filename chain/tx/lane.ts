/** The `TxLane` port: signs and broadcasts for one key. */
import { backoffMs } from '../clock.js';
import { ChainUnavailableError, isChainUnavailable } from '../ports.js';
import type {
  ChainMessage,
  ChargedTx,
  SignedTx,
  Signer,
  SubmitOptions,
  TxLane,
  TxOutcome,
} from '../ports.js';
import { readHead } from '../rpc/comet.js';
import type { SeenHead } from '../rpc/head-tracker.js';
import { AccountState } from './account-state.js';
import { broadcastTx } from './broadcast.js';
import { feesOf } from './fees-of.js';
import { GRANTEE_TABLE, TABLE } from './gas.js';
import { InclusionWatcher } from './inclusion.js';
import type { Included } from './inclusion.js';
import { withDefaults } from './lane-options.js';
import type { LaneDeps, LaneOptions } from './lane-options.js';
import { Lessons } from './lessons.js';
import { nextAttempt } from './next-attempt.js';
import { NonceSource } from './nonce.js';
import { PriorityGate } from './priority-gate.js';
import { priorityOf } from './priority.js';
import { SDK } from './sdk-codes.js';
import { SequenceLine } from './sequence-line.js';
import { SignedHereTxs } from './signed-here.js';
import type { SignedHere } from './signed-here.js';
import { TxMaker } from './tx-maker.js';

/** A head this old still gives a deadline well inside the chain's window. */
const HEAD_MAX_AGE_MS = 5_000;
/** Broadcasts under way at once. A node checks them one after the other: many withdrawals would hold a bid up. */
const BROADCASTS = { close: 320, bid: 256, withdraw: 2 } as const;

/** What is answered for an ordered transaction that cannot be sent any more because an earlier one never was. */
const LINE_BROKE = 'an earlier transaction of the line was not sent, so its sequence is given anew';

class ChainTxLane implements TxLane {
  readonly address: string;
  readonly #deps: LaneDeps;
  readonly #options: Required<LaneOptions>;
  readonly #maker: TxMaker;
  readonly #line: SequenceLine;
  readonly #inclusion: InclusionWatcher;
  readonly #gate = new PriorityGate(BROADCASTS);
  readonly #lessons: Lessons;
  readonly #signedHere = new SignedHereTxs();
  readonly #listeners: ((tx: ChargedTx) => void)[] = [];

  constructor(deps: LaneDeps, signer: Signer, options: LaneOptions) {
    this.address = options.grantee?.granter ?? signer.address;
    this.#deps = deps;
    this.#options = withDefaults(options);
    const { timeoutSeconds, pollMs, gasPrice, grantee } = this.#options;
    const { comet, heads, clock, reader, chainId } = deps;
    const account = new AccountState(reader, signer.address);
    this.#line = new SequenceLine(account);
    this.#lessons = new Lessons(gasPrice, clock, grantee === undefined ? TABLE : GRANTEE_TABLE);
    const { gas, price } = this.#lessons;
    this.#inclusion = new InclusionWatcher({ comet, heads, pollMs });
    this.#maker = new TxMaker({
      ...{ signer, account, chainId, gas, price, grantee },
      nonces: new NonceSource(timeoutSeconds, () => clock.random()),
      head: (signal) => this.#head(signal),
    });
  }

  async sign(messages: readonly ChainMessage[], options: SubmitOptions = {}): Promise<SignedTx> {
    const signed = await this.#sign(messages, options);
    this.#signedHere.add(signed);
    return signed.made.tx;
  }

  discard(tx: SignedTx): void {
    this.#signedHere.take(tx.hash)?.place?.leave();
  }

  onCharged(listener: (tx: ChargedTx) => void): void {
    this.#listeners.push(listener);
  }

  broadcast(tx: SignedTx, signal?: AbortSignal, onPending?: () => void): Promise<TxOutcome> {
    return this.#send(tx, this.#signedHere.take(tx.hash), signal, onPending);
  }

  async submit(messages: readonly ChainMessage[], given: SubmitOptions = {}): Promise<TxOutcome> {
    let options = given;
    for (let attempt = 1; ; attempt += 1) {
      const signed = await this.#sign(messages, options);
      const { made } = signed;
      const outcome = await this.#send(made.tx, signed, options.signal);
      if (attempt >= this.#options.attempts) return outcome;
      const { unorderedRefused, price, gas } = this.#lessons;
      const paid = feesOf(made.tx.bytes)[0]?.amount ?? 0n;
      const feeRaised = price.fee(made.gasLimit).amount > paid;
      const { table } = gas;
      const next = nextAttempt(options, { made, outcome, unorderedRefused, feeRaised, table });
      if (next === undefined) return outcome;
      options = next;
    }
  }

  async #sign(messages: readonly ChainMessage[], options: SubmitOptions): Promise<SignedHere> {
    const ordered = this.#lessons.unorderedRefused || options.mode === 'ordered';
    if (!ordered) return { made: await this.#maker.make(messages, options), place: undefined };
    const place = await this.#line.take(priorityOf(messages), this.#end(options.signal));
    try {
      return { made: await this.#maker.make(messages, options, place.sequence), place };
    } catch (error) {
      place.leave();
      throw error;
    }
  }

  async #send(
    tx: SignedTx,
    here: SignedHere | undefined,
    signal: AbortSignal | undefined,
    onPending: () => void = () => undefined,
  ): Promise<TxOutcome> {
    const end = this.#end(signal);
    try {
      const since = await this.#headPatiently(end);
      if (here?.place !== undefined && !(await here.place.turn(end))) {
        const { hash } = tx;
        if (end.aborted) throw new ChainUnavailableError(`${hash} was not sent: aborted`);
        const code = SDK.wrongSequence;
        return { status: 'rejected', hash, code, codespace: 'sdk', log: LINE_BROKE };
      }
      const outcome = await broadcastTx(
        {
          ...{ send: this.#deps.send, gate: this.#gate, inclusion: this.#inclusion },
          ...{ clock: this.#deps.clock, resendMs: this.#options.resendMs },
          pollMs: this.#options.pollMs,
        },
        {
          ...{ tx, since, signal: end, place: here?.place, onPending },
          priority: here?.made.priority ?? 'bid',
          fresh: here !== undefined,
        },
      );
      this.#lessons.learn(tx, here?.made, outcome);
      if (outcome.status === 'included') this.#tell(tx, outcome);
      return outcome;
    } finally {
      here?.place?.leave();
    }
  }

  #tell({ hash, bytes }: SignedTx, { height, code }: Included): void {
    const charged = { hash, height, code, fee: feesOf(bytes) };
    for (const listener of this.#listeners) listener(charged);
  }

  #end(signal: AbortSignal | undefined): AbortSignal {
    const { closed } = this.#deps;
    return signal === undefined ? closed : AbortSignal.any([signal, closed]);
  }

  /** The head, waited for as long as the chain does not answer. @throws ChainUnavailableError when aborted */
  async #headPatiently(signal: AbortSignal): Promise<SeenHead> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.#head(signal);
      } catch (error) {
        if (!isChainUnavailable(error) || signal.aborted) throw error;
        await this.#deps.clock.sleep(
          backoffMs(failures, 100, 2_000, () => this.#deps.clock.random()),
          signal,
        );
      }
    }
  }

  async #head(signal: AbortSignal | undefined): Promise<SeenHead> {
    if (signal?.aborted === true) throw new ChainUnavailableError('aborted');
    const seen = this.#deps.heads.fresh(HEAD_MAX_AGE_MS);
    if (seen !== undefined) return seen;
    const head = await readHead(this.#deps.rpc);
    this.#deps.heads.note(head);
    return head;
  }
}

/** A lane for `signer`. @throws RangeError when an option is out of range */
export const createTxLane = (deps: LaneDeps, signer: Signer, options: LaneOptions): TxLane =>
  new ChainTxLane(deps, signer, options);
