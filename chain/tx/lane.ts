/** The `TxLane` port: signs and broadcasts for one key. */
import type { Comet38Client, RpcClient } from '@cosmjs/tendermint-rpc';
import type { DecCoin } from '../../market/money.js';
import { backoffMs } from '../clock.js';
import type { ChainClock } from '../clock.js';
import { ChainUnavailableError, isChainUnavailable } from '../ports.js';
import type {
  ChainMessage,
  ChainReader,
  SignedTx,
  Signer,
  SubmitOptions,
  TxLane,
  TxOutcome,
} from '../ports.js';
import { readHead } from '../rpc/comet.js';
import type { HeadTracker, SeenHead } from '../rpc/head-tracker.js';
import { broadcastTx } from './broadcast.js';
import { feeFor, GasBook, raisedGas } from './gas.js';
import type { SizedMessage } from './gas.js';
import { UnsentTxs } from './unsent.js';
import { InclusionWatcher } from './inclusion.js';
import { encodeMessage } from './messages.js';
import { NonceSource } from './nonce.js';
import { AccountState, Serial } from './ordered.js';
import { signTx, txHash } from './sign.js';

/** How a lane pays and how patient it is. */
export interface LaneOptions {
  /** Per unit of gas, for example 0.025 uakt. */
  readonly gasPrice: DecCoin;
  /** How long an unordered transaction may wait, by block time; default 60, at most 590. */
  readonly timeoutSeconds?: number;
  /** Longest time between two looks for inclusion, milliseconds; default 500. */
  readonly pollMs?: number;
  /** How often a transaction that is not in a block is sent again, milliseconds; default 6000. */
  readonly resendMs?: number;
  /** Signings of one `submit`, the first included; default 4. */
  readonly attempts?: number;
}

/** What a lane works with. */
export interface LaneDeps {
  readonly rpc: RpcClient;
  readonly comet: Comet38Client;
  readonly reader: Pick<ChainReader, 'account'>;
  readonly heads: HeadTracker;
  readonly clock: ChainClock;
  /** The chain to sign for. @throws ChainUnavailableError */
  readonly chainId: () => Promise<string>;
  /** Ends every wait of the lane, as if each had been aborted. */
  readonly closed: AbortSignal;
}

/** A head this old still gives a deadline well inside the chain's window. */
const HEAD_MAX_AGE_MS = 5_000;

const SDK_OUT_OF_GAS = 11;
const SDK_WRONG_SEQUENCE = 32;
/** What a chain says that has unordered transactions switched off. */
const SDK_NOT_SUPPORTED = 37;
/** What a chain says that does not know the fields of an unordered transaction (or of a malformed message). */
const SDK_TX_DECODE = 2;

const isSdk = (outcome: TxOutcome, codes: readonly number[]): boolean =>
  outcome.status !== 'expired' && outcome.codespace === 'sdk' && codes.includes(outcome.code);

type Mode = 'unordered' | 'ordered';

class ChainTxLane implements TxLane {
  readonly address: string;
  readonly #deps: LaneDeps;
  readonly #signer: Signer;
  readonly #options: Required<LaneOptions>;
  readonly #nonces: NonceSource;
  readonly #account: AccountState;
  readonly #inclusion: InclusionWatcher;
  readonly #serial = new Serial();
  readonly #gas = new GasBook();
  readonly #unsent = new UnsentTxs();
  #unorderedRefused = false;
  #unorderedWorks = false;

  constructor(deps: LaneDeps, signer: Signer, options: LaneOptions) {
    this.address = signer.address;
    this.#deps = deps;
    this.#signer = signer;
    this.#options = { timeoutSeconds: 60, pollMs: 500, resendMs: 6_000, attempts: 4, ...options };
    this.#nonces = new NonceSource(this.#options.timeoutSeconds, () => deps.clock.random());
    this.#account = new AccountState(deps.reader, signer.address);
    this.#inclusion = new InclusionWatcher({
      comet: deps.comet,
      heads: deps.heads,
      pollMs: this.#options.pollMs,
    });
  }

  async sign(messages: readonly ChainMessage[], options: SubmitOptions = {}): Promise<SignedTx> {
    const mode = this.#mode(options);
    const encoded = messages.map(encodeMessage);
    const sizes = sized(messages, encoded);
    const gasLimit = options.gas ?? this.#gas.limitFor(sizes);
    const timeoutNs = mode === 'ordered' ? undefined : await this.#timeout(options);
    const [chainId, accountNumber] = await Promise.all([
      this.#deps.chainId(),
      this.#account.accountNumber(),
    ]);
    const bytes = await signTx(this.#signer, {
      body: { messages: encoded, timeoutNs },
      chainId,
      accountNumber,
      sequence: mode === 'ordered' ? await this.#account.takeSequence() : 0n,
      gasLimit,
      fee: [feeFor(gasLimit, this.#options.gasPrice)],
    });
    const hash = txHash(bytes);
    this.#unsent.add(hash, sizes);
    return { bytes, hash, timeoutNs };
  }

  async broadcast(tx: SignedTx, signal?: AbortSignal): Promise<TxOutcome> {
    const send = (): Promise<TxOutcome> => this.#send(tx, signal);
    return tx.timeoutNs === undefined ? this.#serial.run(send) : send();
  }

  async submit(messages: readonly ChainMessage[], options: SubmitOptions = {}): Promise<TxOutcome> {
    const run = (): Promise<TxOutcome> => this.#submit(messages, options);
    return this.#mode(options) === 'ordered' ? this.#serial.run(run) : run();
  }

  async #submit(messages: readonly ChainMessage[], given: SubmitOptions): Promise<TxOutcome> {
    let options = given;
    for (let attempt = 1; ; attempt += 1) {
      const tx = await this.sign(messages, options);
      const outcome = await this.#send(tx, options.signal);
      if (attempt >= this.#options.attempts) return outcome;
      const ordered = tx.timeoutNs === undefined;
      const next = this.#retry(messages, options, outcome, ordered);
      if (next === undefined) return outcome;
      if (!ordered && next.mode === 'ordered') {
        return this.#serial.run(() => this.#submit(messages, next));
      }
      options = next;
    }
  }

  /** The options of another attempt, or `undefined` when this outcome is the answer. */
  #retry(
    messages: readonly ChainMessage[],
    options: SubmitOptions,
    outcome: TxOutcome,
    ordered: boolean,
  ): SubmitOptions | undefined {
    if (isSdk(outcome, [SDK_OUT_OF_GAS])) {
      const sizes = sized(messages, messages.map(encodeMessage));
      const wanted = outcome.status === 'included' ? outcome.gasWanted : options.gas;
      const gas = raisedGas(wanted ?? this.#gas.limitFor(sizes), sizes);
      // The failed one is in a block and its nonce is used, unless CheckTx refused it.
      const { timeoutNs, ...rest } = options;
      const keep = outcome.status === 'rejected' && timeoutNs !== undefined;
      return { ...rest, gas, ...(keep ? { timeoutNs } : {}) };
    }
    if (outcome.status !== 'rejected') return undefined;
    if (ordered && isSdk(outcome, [SDK_WRONG_SEQUENCE])) return options;
    if (!ordered && this.#unorderedRefused) {
      const { timeoutNs: _, ...rest } = options;
      return { ...rest, mode: 'ordered' };
    }
    return undefined;
  }

  async #send(tx: SignedTx, signal: AbortSignal | undefined): Promise<TxOutcome> {
    const sizes = this.#unsent.take(tx.hash);
    const { closed } = this.#deps;
    const end = signal === undefined ? closed : AbortSignal.any([signal, closed]);
    const since = await this.#headPatiently(end);
    const outcome = await broadcastTx(
      {
        comet: this.#deps.comet,
        inclusion: this.#inclusion,
        clock: this.#deps.clock,
        resendMs: this.#options.resendMs,
      },
      { tx, since, fresh: sizes !== undefined, signal: end },
    );
    this.#learn(tx, sizes ?? [], outcome);
    return outcome;
  }

  /** What an outcome tells about the account and the chain. */
  #learn(tx: SignedTx, sizes: readonly SizedMessage[], outcome: TxOutcome): void {
    if (outcome.status === 'included' && isSdk(outcome, [SDK_OUT_OF_GAS])) {
      this.#gas.wasNotEnough(sizes, outcome.gasWanted);
    }
    const refused = outcome.status === 'rejected';
    if (tx.timeoutNs === undefined) {
      if (refused) this.#account.forgetSequence();
    } else if (!refused) {
      this.#unorderedWorks ||= outcome.status === 'included';
    } else if (isSdk(outcome, [SDK_NOT_SUPPORTED])) {
      this.#unorderedRefused = true;
    } else if (isSdk(outcome, [SDK_TX_DECODE]) && !this.#unorderedWorks) {
      this.#unorderedRefused = true;
    }
  }

  #mode(options: SubmitOptions): Mode {
    return this.#unorderedRefused ? 'ordered' : (options.mode ?? 'unordered');
  }

  async #timeout(options: SubmitOptions): Promise<bigint> {
    if (options.timeoutNs !== undefined) return options.timeoutNs;
    const head = await this.#head(options.signal);
    return this.#nonces.next(head.timeMs);
  }

  /** The head, waited for as long as the chain does not answer. @throws ChainUnavailableError when aborted */
  async #headPatiently(signal: AbortSignal | undefined): Promise<SeenHead> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.#head(signal);
      } catch (error) {
        if (!isChainUnavailable(error) || signal?.aborted === true) throw error;
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

const sized = (
  messages: readonly ChainMessage[],
  encoded: readonly { readonly value: Uint8Array }[],
): readonly SizedMessage[] =>
  messages.map((m, i) => ({ type: m.type, bytes: encoded[i]?.value.length ?? 0 }));

/** A lane for `signer`. @throws RangeError when an option is out of range */
export const createTxLane = (deps: LaneDeps, signer: Signer, options: LaneOptions): TxLane =>
  new ChainTxLane(deps, signer, options);
