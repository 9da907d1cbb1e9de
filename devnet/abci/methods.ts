/** The sixteen ABCI methods over the application; snapshots are not offered, vote extensions not used. */
import {
  CheckTxType,
  RequestCheckTx,
  RequestEcho,
  RequestPrepareProposal,
  RequestQuery,
  ResponseApplySnapshotChunk,
  ResponseApplySnapshotChunk_Result,
  ResponseCheckTx,
  ResponseCommit,
  ResponseEcho,
  ResponseExtendVote,
  ResponseFinalizeBlock,
  ResponseFlush,
  ResponseInfo,
  ResponseInitChain,
  ResponseListSnapshots,
  ResponseLoadSnapshotChunk,
  ResponseOfferSnapshot,
  ResponseOfferSnapshot_Result,
  ResponsePrepareProposal,
  ResponseProcessProposal,
  ResponseProcessProposal_ProposalStatus,
  ResponseQuery,
  ResponseVerifyVoteExtension,
  ResponseVerifyVoteExtension_VerifyStatus,
} from '@akashnetwork/chain-sdk/private-types/tendermint.abci';
import type { Application } from '../kernel/application.js';
import { abciEvents } from '../kernel/abci-events.js';
import type { TxOutcome } from '../kernel/run-tx.js';
import { decodeFinalizeBlock, decodeInitChain } from './requests.js';

/** One method: request bytes in, response bytes out. @throws on bytes that are no request, and on faults of ours */
export type AbciMethod = (request: Uint8Array) => Uint8Array;

/** Where a fault may be injected: right after a block was executed and before anything of it is stored. */
export interface FaultPoints {
  readonly beforeCommit?: (height: bigint) => void;
}

/** What `Info` calls this software. */
const SOFTWARE = { data: 'akash', version: 'berth-devnet' };
/** Bytes that protobuf adds to each transaction in a block at most, so that a proposal never outgrows its limit. */
const TX_OVERHEAD_BYTES = 8;

const result = (outcome: TxOutcome) => ({
  code: outcome.code,
  codespace: outcome.codespace,
  log: outcome.log,
  data: outcome.data,
  gasWanted: outcome.gasWanted,
  gasUsed: outcome.gasUsed,
  events: abciEvents(outcome.events),
});

/** Transactions in mempool order up to the limit. */
const fit = (txs: readonly Uint8Array[], maxBytes: number): Uint8Array[] => {
  let left = maxBytes;
  const chosen: Uint8Array[] = [];
  for (const tx of txs) {
    left -= tx.length + TX_OVERHEAD_BYTES;
    if (left < 0) break;
    chosen.push(tx);
  }
  return chosen;
};

const blockMethods = (
  app: Application,
  faults: FaultPoints,
): Readonly<Record<string, AbciMethod>> => {
  let finalized = 0n;
  return {
    InitChain: (bytes) => {
      const { request, time } = decodeInitChain(bytes);
      const { chainId, consensusParams, appStateBytes: appState } = request;
      const appHash = app.initChain({ chainId, time, consensusParams, appState });
      return ResponseInitChain.encode(ResponseInitChain.fromPartial({ appHash })).finish();
    },
    PrepareProposal: (bytes) => {
      const { txs, maxTxBytes } = RequestPrepareProposal.decode(bytes);
      return ResponsePrepareProposal.encode({ txs: fit(txs, maxTxBytes.toNumber()) }).finish();
    },
    ProcessProposal: () =>
      ResponseProcessProposal.encode({
        status: ResponseProcessProposal_ProposalStatus.ACCEPT,
      }).finish(),
    FinalizeBlock: (bytes) => {
      const { request, time } = decodeFinalizeBlock(bytes);
      const height = BigInt(request.height.toString());
      const block = app.finalizeBlock({ height, time, txs: request.txs });
      finalized = height;
      return ResponseFinalizeBlock.encode(
        ResponseFinalizeBlock.fromPartial({
          events: abciEvents(block.events),
          txResults: block.txs.map(result),
          consensusParamUpdates: block.consensusParams,
          appHash: block.appHash,
        }),
      ).finish();
    },
    Commit: () => {
      faults.beforeCommit?.(finalized);
      app.commit();
      return ResponseCommit.encode(ResponseCommit.fromPartial({})).finish();
    },
  };
};

const clientMethods = (app: Application): Readonly<Record<string, AbciMethod>> => ({
  Echo: (bytes) => ResponseEcho.encode({ message: RequestEcho.decode(bytes).message }).finish(),
  Flush: () => ResponseFlush.encode({}).finish(),
  Info: () => {
    const head = app.head();
    return ResponseInfo.encode(
      ResponseInfo.fromPartial({
        ...SOFTWARE,
        lastBlockHeight: head?.height ?? 0n,
        lastBlockAppHash: head?.appHash ?? new Uint8Array(),
      }),
    ).finish();
  },
  CheckTx: (bytes) => {
    const { tx, type } = RequestCheckTx.decode(bytes);
    const outcome = app.checkTx(tx, type === CheckTxType.RECHECK ? 'recheck' : 'check');
    return ResponseCheckTx.encode(ResponseCheckTx.fromPartial(result(outcome))).finish();
  },
  Query: (bytes) => {
    const { path, data, height } = RequestQuery.decode(bytes);
    const answer = app.query(path, data, BigInt(height.toString()));
    return ResponseQuery.encode(ResponseQuery.fromPartial(answer)).finish();
  },
});

const unusedMethods: Readonly<Record<string, AbciMethod>> = {
  ListSnapshots: () => ResponseListSnapshots.encode({ snapshots: [] }).finish(),
  OfferSnapshot: () =>
    ResponseOfferSnapshot.encode({ result: ResponseOfferSnapshot_Result.REJECT }).finish(),
  LoadSnapshotChunk: () => ResponseLoadSnapshotChunk.encode({ chunk: new Uint8Array() }).finish(),
  ApplySnapshotChunk: () =>
    ResponseApplySnapshotChunk.encode({
      result: ResponseApplySnapshotChunk_Result.ABORT,
      refetchChunks: [],
      rejectSenders: [],
    }).finish(),
  ExtendVote: () => ResponseExtendVote.encode({ voteExtension: new Uint8Array() }).finish(),
  VerifyVoteExtension: () =>
    ResponseVerifyVoteExtension.encode({
      status: ResponseVerifyVoteExtension_VerifyStatus.ACCEPT,
    }).finish(),
};

/** Every method of `tendermint.abci.ABCI`, by name. */
export const abciMethods = (
  app: Application,
  faults: FaultPoints = {},
): Readonly<Record<string, AbciMethod>> => ({
  ...clientMethods(app),
  ...blockMethods(app, faults),
  ...unusedMethods,
});
