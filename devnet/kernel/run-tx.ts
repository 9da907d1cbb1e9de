/** One transaction, in any of the four modes, as cosmos-sdk's `runTx`: checks, then messages, each on a branch of its own. */
import { TxMsgData } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { Decimal } from '../../market/money.js';
import { runAnte } from '../ante/ante.js';
import type { Mode } from '../ante/environment.js';
import { Branch } from './branch.js';
import { makeContext } from './context.js';
import { isAppError, sdkError } from './errors.js';
import { isOutOfGas, LimitedGasMeter, unlimitedGas } from './gas.js';
import { AppError, type BlockTime, type Event, type GasMeter, type Store } from './module.js';
import type { RoutedMessage, Router } from './router.js';
import { decodeTx, type AnyMessage, type Tx } from './tx/decode.js';

/** The state a transaction runs on, and the rules that are not in it. */
export interface RunEnvironment {
  readonly router: Router;
  readonly store: Store;
  readonly chainId: string;
  readonly height: bigint;
  readonly time: BlockTime;
  readonly minGasPriceUakt: Decimal;
  /** Read only for unordered transactions. */
  readonly unorderedEnabled: () => boolean;
}

/** What CheckTx, FinalizeBlock and Simulate answer from. */
export interface TxOutcome {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly data: Uint8Array;
  readonly responses: readonly AnyMessage[];
  readonly gasWanted: bigint;
  readonly gasUsed: bigint;
  readonly events: readonly Event[];
}

const NO_BYTES = new Uint8Array();
/** A handler that fails with anything but a refusal is a bug; the real chain recovers from the panic with this code. */
const PANIC_CODE = 111222;

const toRefusal = (error: unknown): AppError =>
  isAppError(error)
    ? error
    : new AppError(
        'undefined',
        PANIC_CODE,
        `recovered: ${error instanceof Error ? error.message : String(error)}: panic`,
      );

const refused = (
  error: unknown,
  gasWanted: bigint,
  gasUsed: bigint,
  events: readonly Event[] = [],
): TxOutcome => {
  const { code, codespace, message } = toRefusal(error);
  return {
    code,
    codespace,
    log: message,
    data: NO_BYTES,
    responses: [],
    gasWanted,
    gasUsed,
    events,
  };
};

/** `/akash.market.v1beta5.MsgCreateBid` belongs to `market`. */
const moduleOf = (typeUrl: string): string => typeUrl.split('.')[1] ?? '';

const withIndex = (event: Event, index: number): Event => ({
  type: event.type,
  attributes: [...event.attributes, { key: 'msg_index', value: index.toString() }],
});

/** The event every message begins with; `module` is left out when the handler's own events name one. */
const messageEvent = (message: RoutedMessage, own: readonly Event[]): Event => {
  const named = own.some((event) => event.attributes.some(({ key }) => key === 'module'));
  return {
    type: 'message',
    attributes: [
      { key: 'action', value: message.typeUrl },
      { key: 'sender', value: message.signers[0] ?? '' },
      ...(named ? [] : [{ key: 'module', value: moduleOf(message.typeUrl) }]),
    ],
  };
};

const signersOf = (tx: Tx, messages: readonly RoutedMessage[]): readonly string[] => {
  const all = new Set(messages.flatMap((message) => message.signers));
  if (tx.fee.payer !== '') all.add(tx.fee.payer);
  return [...all];
};

const decodeAndValidate = (
  environment: RunEnvironment,
  bytes: Uint8Array,
): { readonly tx: Tx; readonly messages: readonly RoutedMessage[] } => {
  const tx = decodeTx(bytes);
  if (tx.messages.length === 0) {
    throw sdkError('invalidRequest', 'must contain at least one message');
  }
  const messages = tx.messages.map((message) => environment.router.route(message));
  for (const message of messages) message.validateBasic();
  return { tx, messages };
};

const indexed = (error: unknown, index: number): AppError => {
  const refusal = toRefusal(error);
  if (isOutOfGas(refusal) || refusal.code === PANIC_CODE) return refusal;
  return new AppError(
    refusal.codespace,
    refusal.code,
    `failed to execute message; message index: ${index}: ${refusal.message}`,
  );
};

const runMessages = (
  environment: RunEnvironment,
  store: Store,
  messages: readonly RoutedMessage[],
  gas: GasMeter,
): { readonly responses: readonly AnyMessage[]; readonly events: readonly Event[] } => {
  const responses: AnyMessage[] = [];
  const events: Event[] = [];
  for (const [index, message] of messages.entries()) {
    const own: Event[] = [];
    const context = makeContext({ ...environment, store, gas, emit: (event) => own.push(event) });
    try {
      const value = message.run(context);
      responses.push({ typeUrl: `${message.typeUrl}Response`, value });
    } catch (error) {
      throw indexed(error, index);
    }
    for (const event of [messageEvent(message, own), ...own]) events.push(withIndex(event, index));
  }
  return { responses, events };
};

/**
 * Runs a transaction. `check` and `recheck` stop after the checks and keep their writes in `environment.store`;
 * `finalize` keeps fee and sequence also when a message fails; `simulate` is for throw-away stores. Never throws for
 * what the transaction does.
 */
export const runTx = (environment: RunEnvironment, bytes: Uint8Array, mode: Mode): TxOutcome => {
  let tx: Tx;
  let messages: readonly RoutedMessage[];
  try {
    ({ tx, messages } = decodeAndValidate(environment, bytes));
  } catch (error) {
    return refused(error, 0n, 0n);
  }
  const gas = mode === 'simulate' ? unlimitedGas() : new LimitedGasMeter(tx.fee.gasLimit);
  const anteEvents: Event[] = [];
  const anteBranch = new Branch(environment.store);
  try {
    runAnte({
      context: makeContext({
        ...environment,
        store: anteBranch,
        gas,
        emit: (event) => anteEvents.push(event),
      }),
      tx,
      size: bytes.length,
      signers: signersOf(tx, messages),
      mode,
      minGasPriceUakt: environment.minGasPriceUakt,
      unorderedEnabled: !tx.unordered || environment.unorderedEnabled(),
    });
  } catch (error) {
    return refused(error, gas.limit, gas.used);
  }
  anteBranch.write();
  const accepted = { code: 0, codespace: '', log: '', gasWanted: gas.limit };
  if (mode === 'check' || mode === 'recheck') {
    return { ...accepted, data: NO_BYTES, responses: [], gasUsed: gas.used, events: anteEvents };
  }
  const messageBranch = new Branch(environment.store);
  try {
    const { responses, events } = runMessages(environment, messageBranch, messages, gas);
    messageBranch.write();
    const data = TxMsgData.encode(TxMsgData.fromPartial({ msgResponses: [...responses] })).finish();
    return { ...accepted, data, responses, gasUsed: gas.used, events: [...anteEvents, ...events] };
  } catch (error) {
    return refused(error, gas.limit, gas.used, anteEvents);
  }
};
