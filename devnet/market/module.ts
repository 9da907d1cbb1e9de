/** The market module: its messages and queries. */
import {
  MsgCloseBid,
  MsgCloseLease,
  MsgCreateBid,
  MsgCreateLease,
  MsgWithdrawLease,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta5';
import { validateBidId } from '../akash/address.js';
import { decodeMessage, message } from '../akash/message.js';
import type { EscrowKeeper } from '../escrow/keeper.js';
import type { DepositGrants } from '../escrow/ports.js';
import type { MessageHandler, Module } from '../kernel/module.js';
import { createBid, validateCreateBid, type CreateBid } from './create-bid.js';
import { describeCloseBid, describeCreateBid, describeWithdrawLease } from './describe.js';
import { MarketHandlers } from './handlers.js';
import type { MarketKeeper } from './keeper.js';
import { initMarketParams } from './params.js';
import { marketQueries } from './queries.js';
import { checkProviderReason } from './reasons.js';
import { MsgLeaseStartReclaim, windowOfMessage } from './wire.js';

const validateProviderMessage = ({ id, reason }: Pick<MsgCloseBid, 'id' | 'reason'>): void => {
  validateBidId(id);
  checkProviderReason(reason);
};

/** Genesis state: `{ params: { order_max_bids, bid_min_deposits, min_reclamation_window, max_reclamation_window } }`. */
export const createMarketModule = (
  market: MarketKeeper,
  escrow: EscrowKeeper,
  grants: DepositGrants,
): Module => {
  const handlers = new MarketHandlers(market, escrow);
  const createBidHandler: MessageHandler<CreateBid> = {
    decode: (bytes) => ({
      ...decodeMessage(MsgCreateBid, bytes),
      window: windowOfMessage(bytes),
    }),
    signers: ({ id }) => [id?.provider ?? ''],
    validateBasic: validateCreateBid,
    describe: describeCreateBid,
    run: (context, created) => {
      createBid(context, created, market, escrow, grants);
      return new Uint8Array();
    },
  };
  return {
    name: 'market',
    messages: {
      '/akash.market.v1beta5.MsgCreateBid': createBidHandler,
      '/akash.market.v1beta5.MsgCloseBid': message({
        codec: MsgCloseBid,
        signer: ({ id }) => id?.provider ?? '',
        validate: validateProviderMessage,
        describe: describeCloseBid,
        run: (context, closed) => {
          handlers.closeBid(context, closed);
          return undefined;
        },
      }),
      '/akash.market.v1beta5.MsgCreateLease': message({
        codec: MsgCreateLease,
        signer: ({ bidId }) => bidId?.owner ?? '',
        validate: ({ bidId }) => validateBidId(bidId),
        run: (context, created) => {
          handlers.createLease(context, created);
          return undefined;
        },
      }),
      '/akash.market.v1beta5.MsgCloseLease': message({
        codec: MsgCloseLease,
        signer: ({ id }) => id?.owner ?? '',
        validate: ({ id }) => validateBidId(id),
        run: (context, closed) => {
          handlers.closeLease(context, closed);
          return undefined;
        },
      }),
      '/akash.market.v1beta5.MsgWithdrawLease': message({
        codec: MsgWithdrawLease,
        signer: ({ id }) => id?.provider ?? '',
        validate: ({ id }) => validateBidId(id),
        describe: describeWithdrawLease,
        run: (context, withdrawn) => {
          handlers.withdrawLease(context, withdrawn);
          return undefined;
        },
      }),
      '/akash.market.v1beta5.MsgLeaseStartReclaim': message({
        codec: MsgLeaseStartReclaim,
        signer: ({ id }) => id?.provider ?? '',
        validate: validateProviderMessage,
        run: (context, started) => {
          handlers.startReclaim(context, started);
          return undefined;
        },
      }),
    },
    queries: marketQueries,
    initGenesis: initMarketParams,
  };
};
