/** ABCI requests whose block time the SDK's codec would round to milliseconds: the exact time is read beside it. */
import {
  RequestFinalizeBlock,
  RequestInitChain,
} from '@akashnetwork/chain-sdk/private-types/tendermint.abci';
import type { BlockTime } from '../kernel/module.js';
import { readTimestamp } from '../kernel/time.js';
import { readFields } from '../kernel/wire.js';

/** A decoded request and its exact time. */
export interface Timed<T> {
  readonly request: T;
  readonly time: BlockTime;
}

const EPOCH: BlockTime = { seconds: 0n, nanos: 0 };

const timeOf = (bytes: Uint8Array | undefined): BlockTime =>
  bytes === undefined ? EPOCH : readTimestamp(bytes);

/** `tendermint.abci.RequestFinalizeBlock`, time in field 6. @throws WireError */
export const decodeFinalizeBlock = (bytes: Uint8Array): Timed<RequestFinalizeBlock> => {
  const fields = readFields(bytes, 'tendermint.abci.RequestFinalizeBlock', {
    ...{ 1: 'bytes', 2: 'bytes', 3: 'bytes', 4: 'bytes' },
    ...{ 5: 'varint', 6: 'bytes', 7: 'bytes', 8: 'bytes' },
  });
  return { request: RequestFinalizeBlock.decode(bytes), time: timeOf(fields.bytes(6)) };
};

/** `tendermint.abci.RequestInitChain`, time in field 1. @throws WireError */
export const decodeInitChain = (bytes: Uint8Array): Timed<RequestInitChain> => {
  const fields = readFields(bytes, 'tendermint.abci.RequestInitChain', {
    ...{ 1: 'bytes', 2: 'bytes', 3: 'bytes', 4: 'bytes', 5: 'bytes', 6: 'varint' },
  });
  return { request: RequestInitChain.decode(bytes), time: timeOf(fields.bytes(1)) };
};
