/** The oracle's message, which the published SDK does not have. */
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { AnyMessage } from '../../akash/testing/memory-chain.js';

/** What an entry may say other than the usual pair. */
export interface Pair {
  readonly denom: string;
  readonly baseDenom: string;
}

/** `MsgAddPriceEntry` of `price`, USD for one AKT in 1e-18, as of `seconds`. */
export const priceEntry = (
  signer: string,
  price: bigint,
  seconds: bigint,
  { denom, baseDenom }: Pair = { denom: 'akt', baseDenom: 'usd' },
): AnyMessage => {
  const id = new BinaryWriter().uint32(10).string(denom).uint32(18).string(baseDenom).finish();
  const value = new BinaryWriter()
    .uint32(10)
    .string(signer)
    .uint32(18)
    .bytes(id)
    .uint32(26)
    .string(price.toString())
    .uint32(34)
    .bytes(new BinaryWriter().uint32(8).int64(seconds).finish())
    .finish();
  return { typeUrl: '/akash.oracle.v2.MsgAddPriceEntry', value };
};
