/** From messages to a signed transaction: deadline, gas, fee and signature, with nothing read from the chain that is known already. */
import type { ChainMessage, SignedTx, Signer, SubmitOptions } from '../ports.js';
import type { SeenHead } from '../rpc/head-tracker.js';
import type { AccountState } from './account-state.js';
import { encodeExec } from './exec.js';
import type { GasBook } from './gas-book.js';
import type { SizedMessage } from './gas.js';
import type { GasPrice } from './gas-price.js';
import type { GranteeMode } from './lane-options.js';
import { encodeMessage } from './messages.js';
import type { NonceSource } from './nonce.js';
import { priorityOf } from './priority.js';
import type { TxPriority } from './priority.js';
import { signTx, txHash } from './sign.js';
import { SignQueue } from './sign-queue.js';

/** What the lane remembers of a transaction that it signed. */
export interface MadeTx {
  readonly tx: SignedTx;
  readonly sizes: readonly SizedMessage[];
  readonly priority: TxPriority;
  readonly gasLimit: bigint;
}

export interface TxMakerDeps {
  readonly signer: Signer;
  readonly account: AccountState;
  readonly nonces: NonceSource;
  readonly grantee: GranteeMode | undefined;
  readonly gas: GasBook;
  readonly price: GasPrice;
  readonly chainId: () => Promise<string>;
  readonly head: (signal: AbortSignal | undefined) => Promise<SeenHead>;
}

export const sizesOf = (messages: readonly ChainMessage[]): readonly SizedMessage[] =>
  messages.map((m) => ({ type: m.type, bytes: encodeMessage(m).value.length }));

export class TxMaker {
  readonly #deps: TxMakerDeps;
  readonly #queue: SignQueue;

  constructor(deps: TxMakerDeps) {
    this.#deps = deps;
    this.#queue = new SignQueue(deps.signer);
  }

  /** @param sequence of an ordered transaction; without it the transaction is unordered. @throws ChainUnavailableError; AccountMissingError */
  async make(
    messages: readonly ChainMessage[],
    options: SubmitOptions,
    sequence?: bigint,
  ): Promise<MadeTx> {
    const { signer, account, gas, price, grantee } = this.#deps;
    const plain = messages.map(encodeMessage);
    const encoded = grantee === undefined ? plain : [encodeExec(signer.address, plain)];
    const sizes = sizesOf(messages);
    const gasLimit = options.gas ?? gas.limitFor(sizes);
    const priority = priorityOf(messages);
    const [timeoutNs, chainId, accountNumber] = await Promise.all([
      sequence === undefined ? this.#timeout(options) : undefined,
      this.#deps.chainId(),
      account.accountNumber(),
    ]);
    const bytes = await signTx(
      {
        publicKey: signer.publicKey,
        sign: (signBytes) => this.#queue.sign(signBytes, priority),
      },
      {
        body: { messages: encoded, timeoutNs },
        chainId,
        accountNumber,
        sequence: sequence ?? 0n,
        gasLimit,
        fee: [price.fee(gasLimit)],
        feeGranter: grantee?.granterPays === true ? grantee.granter : undefined,
      },
    );
    return { tx: { bytes, hash: txHash(bytes), timeoutNs }, sizes, priority, gasLimit };
  }

  async #timeout(options: SubmitOptions): Promise<bigint> {
    if (options.timeoutNs !== undefined) return options.timeoutNs;
    const head = await this.#deps.head(options.signal);
    return this.#deps.nonces.next(head.timeMs, options.lifetimeMs);
  }
}
