/** What a transaction does on the market, as far as tests count it. */
import {
  MsgCloseBid,
  MsgCloseLease,
  MsgCreateBid,
  MsgCreateLease,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { decodeTxRaw } from '@cosmjs/proto-signing';
import { toBidId } from '../../chain/decode/ids.js';
import type { BidId } from '../../market/ids.js';

/** One message; `id` names the bid or lease. */
export interface MarketAct {
  readonly kind: 'bid' | 'close-bid' | 'close-lease' | 'accept';
  readonly id: BidId;
}

const decoders: Readonly<Record<string, (value: Uint8Array) => MarketAct>> = {
  '/akash.market.v1beta5.MsgCreateBid': (value) => ({
    kind: 'bid',
    id: toBidId(MsgCreateBid.decode(value).id, 'id'),
  }),
  '/akash.market.v1beta5.MsgCloseBid': (value) => ({
    kind: 'close-bid',
    id: toBidId(MsgCloseBid.decode(value).id, 'id'),
  }),
  '/akash.market.v1beta5.MsgCloseLease': (value) => ({
    kind: 'close-lease',
    id: toBidId(MsgCloseLease.decode(value).id, 'id'),
  }),
  '/akash.market.v1beta5.MsgCreateLease': (value) => ({
    kind: 'accept',
    id: toBidId(MsgCreateLease.decode(value).bidId, 'bidId'),
  }),
};

/** The market messages of a transaction, in order; others are left out. @throws when the bytes are no transaction */
export const marketActs = (tx: Uint8Array): readonly MarketAct[] =>
  decodeTxRaw(tx).body.messages.flatMap(({ typeUrl, value }) => {
    const decode = decoders[typeUrl];
    return decode === undefined ? [] : [decode(value)];
  });
