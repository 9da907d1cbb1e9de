/** `abci_query`: gRPC method paths with protobuf bytes, at the latest or a kept past height. */
import {
  SimulateRequest,
  SimulateResponse,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import Long from 'long';
import { freeContext } from './context.js';
import { isAppError, queryInvalid, queryUnknown, sdkError } from './errors.js';
import type { AppError } from './module.js';
import { type BlockTime, type Store } from './module.js';
import type { Router } from './router.js';
import type { TxOutcome } from './run-tx.js';
import { abciEvents } from './abci-events.js';

/** Path of the one query that runs a transaction. */
export const SIMULATE_PATH = '/cosmos.tx.v1beta1.Service/Simulate';

export interface QueryAnswer {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly value: Uint8Array;
  /** The height that was answered from. */
  readonly height: bigint;
}

/** Committed state to answer from. */
export interface QuerySource {
  readonly router: Router;
  readonly chainId: string;
  /** Latest committed height; 0 before the first block. */
  readonly height: bigint;
  at(height: bigint): { readonly store: Store; readonly time: BlockTime } | undefined;
  simulate(tx: Uint8Array): TxOutcome;
}

const PRUNED =
  'version mismatch on immutable IAVL tree; version does not exist. Version has either been pruned, or is for a future block height';

/** The codec would take a bigint above 2^63 for a negative number. */
const unsigned = (value: bigint): Long => Long.fromString(value.toString(), true);

const simulate = (source: QuerySource, request: Uint8Array): Uint8Array => {
  const { txBytes } = SimulateRequest.decode(request);
  if (txBytes.length === 0) throw queryInvalid('empty txBytes is not allowed');
  const outcome = source.simulate(txBytes);
  if (outcome.code !== 0) {
    throw queryUnknown(`${outcome.log} with gas used: '${outcome.gasUsed}'`);
  }
  return SimulateResponse.encode(
    SimulateResponse.fromPartial({
      gasInfo: { gasWanted: unsigned(outcome.gasWanted), gasUsed: unsigned(outcome.gasUsed) },
      result: {
        data: outcome.data,
        log: outcome.log,
        events: abciEvents(outcome.events),
        msgResponses: [...outcome.responses],
      },
    }),
  ).finish();
};

const answer = (
  source: QuerySource,
  path: string,
  request: Uint8Array,
  asked: bigint,
): QueryAnswer => {
  const query = path === SIMULATE_PATH ? undefined : source.router.query(path);
  if (query === undefined && path !== SIMULATE_PATH) {
    throw sdkError('unknownRequest', 'unknown query path');
  }
  if (asked < 0n)
    throw sdkError('invalidRequest', 'cannot query with height < 0; please provide a valid height');
  if (source.height === 0n) {
    throw sdkError('invalidHeight', 'akash is not ready; please wait for first block');
  }
  if (asked > source.height) {
    throw sdkError(
      'invalidHeight',
      'cannot query with height in the future; please provide a valid height',
    );
  }
  const height = asked === 0n ? source.height : asked;
  if (query === undefined) {
    return { code: 0, codespace: '', log: '', value: simulate(source, request), height };
  }
  const state = source.at(height);
  if (state === undefined) {
    throw sdkError(
      'notFound',
      `failed to load state at height ${height}; ${PRUNED} (latest height: ${source.height})`,
    );
  }
  const context = freeContext({ ...state, chainId: source.chainId, height, emit: () => undefined });
  return { code: 0, codespace: '', log: '', value: query(context, request), height };
};

/** Answers, with refusals as codes. A handler that fails otherwise answers sdk/6 with its words. */
export const answerQuery = (
  source: QuerySource,
  path: string,
  request: Uint8Array,
  height: bigint,
): QueryAnswer => {
  try {
    return answer(source, path, request, height);
  } catch (error) {
    const refusal: AppError = isAppError(error)
      ? error
      : queryUnknown(error instanceof Error ? error.message : String(error));
    const { code, codespace, message: log } = refusal;
    return { code, codespace, log, value: new Uint8Array(), height };
  }
};
