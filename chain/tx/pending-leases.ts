/** Searches the endpoints' mempools for leases that are on their way. */
import { fromBase64 } from '@cosmjs/encoding';
import { MsgCreateLease } from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { decodeTxRaw } from '@cosmjs/proto-signing';
import type { RpcClient } from '@cosmjs/tendermint-rpc';
import { MsgExec } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { formatLeaseId } from '../../market/ids.js';
import type { LeaseId } from '../../market/ids.js';
import { toBidId } from '../decode/ids.js';
import { isRpcAnswerError } from '../errors.js';
import { isChainUnavailable } from '../ports.js';
import type { MempoolReader } from '../ports.js';

/** The most that CometBFT lists (rpc/core/env.go); it has no second page. */
const MOST_LISTED = 100;
const CREATE_LEASE = '/akash.market.v1beta5.MsgCreateLease';
const EXEC = '/cosmos.authz.v1beta1.MsgExec';

interface Message {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

const leasesIn = (messages: readonly Message[]): readonly LeaseId[] =>
  messages.flatMap(({ typeUrl, value }) => {
    if (typeUrl === EXEC) return leasesIn(MsgExec.decode(value).msgs);
    return typeUrl === CREATE_LEASE ? [toBidId(MsgCreateLease.decode(value).bidId, 'bidId')] : [];
  });

/** Leases that an encoded transaction asks for, also through a grant; none for bytes that are no transaction. */
export const leasesOfTx = (bytes: Uint8Array): readonly LeaseId[] => {
  try {
    return leasesIn(decodeTxRaw(bytes).body.messages);
  } catch {
    // A chain would not execute it either.
    return [];
  }
};

interface Listed {
  readonly txs: readonly string[];
  readonly total: number;
}

const readListed = (result: unknown): Listed | undefined => {
  const { txs, total } = (typeof result === 'object' && result !== null ? result : {}) as {
    readonly txs?: unknown;
    readonly total?: unknown;
  };
  if (!(txs === null || txs === undefined || Array.isArray(txs))) return undefined;
  const count = Number(total);
  if (!Number.isSafeInteger(count)) return undefined;
  return { txs: (txs ?? []).filter((tx): tx is string => typeof tx === 'string'), total: count };
};

const list = async (rpc: RpcClient): Promise<Listed | undefined> => {
  try {
    const answer = await rpc.execute({
      jsonrpc: '2.0',
      id: 0,
      method: 'unconfirmed_txs',
      params: { limit: String(MOST_LISTED) },
    });
    return readListed(answer.result as unknown);
  } catch (error) {
    if (isChainUnavailable(error) || isRpcAnswerError(error)) return undefined;
    throw error;
  }
};

/** @param targets every endpoint worth asking, each alone */
export const mempoolsOf = (targets: () => readonly RpcClient[]): MempoolReader => ({
  pendingLeases: async () => {
    const asked = targets();
    const listed = await Promise.all(asked.map(list));
    const ids = listed.flatMap((l) => (l?.txs ?? []).flatMap((tx) => leasesOfTx(fromBase64(tx))));
    return {
      ids: [...new Map(ids.map((id) => [formatLeaseId(id), id])).values()],
      complete: asked.length > 0 && listed.every((l) => l !== undefined && l.total <= l.txs.length),
    };
  },
});
