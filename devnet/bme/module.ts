/** The bme module: swaps between uakt and uact, executed at the end of an epoch's last block. */
import {
  MsgBurnACT,
  MsgBurnMint,
  MsgMintACT,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { isAddress } from '../akash/address.js';
import { UACT, UAKT, readCoin } from '../akash/coins.js';
import { message, type Decoder } from '../akash/message.js';
import { concatFields } from '../akash/proto-fields.js';
import { refusal, wrapped } from '../akash/registered-error.js';
import { endow } from '../bank/keeper.js';
import { sdkError } from '../kernel/errors.js';
import type { Context, MessageHandler, Module } from '../kernel/module.js';
import { getCount, setCount } from './counters.js';
import { BME_ERRORS as E } from './errors.js';
import { executeBurns, executeMints } from './execute.js';
import { encodeId } from './ledger.js';
import { getBmeParams, parseBmeGenesis, putBmeParams } from './params.js';
import { bmeQueries } from './queries.js';
import { requestSwap } from './request.js';
import { BME_ADDRESS, MintStatus, updateStatus } from './status.js';

type Swap = MsgMintACT;

const validate = ({ owner, to, coinsToBurn }: Swap): void => {
  if (!isAddress(owner)) throw sdkError('invalidAddress', 'invalid owner address');
  if (!isAddress(to)) throw sdkError('invalidAddress', 'invalid to address');
  if (owner !== to) throw wrapped(E.unauthorized, 'owner and to addresses must match');
  if (readCoin(coinsToBurn).amount === 0n) throw wrapped(E.invalidAmount, 'amount must not be 0');
};

/** A swap's message; the response is `{ LedgerRecordID id = 1 }`. */
const swap = <M extends Swap>(
  codec: Decoder<M>,
  toDenom: (swapped: M) => string,
): MessageHandler<M> =>
  message({
    codec,
    signer: ({ owner }) => owner,
    validate,
    run: (context, swapped) => {
      const burn = readCoin(swapped.coinsToBurn);
      const id = requestSwap(context, swapped.owner, swapped.to, burn, toDenom(swapped));
      return concatFields([[1, encodeId(id)]]);
    },
  });

/** Burns have an epoch of a fixed length, mints one that stretches when the backing is thin. */
const endBlock = (context: Context): void => {
  const { height } = context;
  const { minEpochBlocks } = getBmeParams(context);
  if (getCount(context, 'epoch', 'burn') === height) {
    executeBurns(context);
    setCount(context, 'epoch', 'burn', height + BigInt(minEpochBlocks));
  }
  const { status, changed } = updateStatus(context);
  const allowed = status.status <= MintStatus.mint_status_warning;
  const recovered = changed && status.previous >= MintStatus.mint_status_halt_cr;
  const next = height + BigInt(status.epochBlocks);
  if (allowed && recovered) {
    setCount(context, 'epoch', 'mint', next);
  } else if (allowed && getCount(context, 'epoch', 'mint') === height) {
    setCount(context, 'epoch', 'mint', next);
    executeMints(context);
    updateStatus(context);
  }
};

/** Genesis state: `{ params, vault_uakt }`, see `params.ts`. */
export const bmeModule: Module = {
  name: 'bme',
  messages: {
    '/akash.bme.v1.MsgMintACT': swap(MsgMintACT, () => UACT),
    '/akash.bme.v1.MsgBurnACT': swap(MsgBurnACT, () => UAKT),
    '/akash.bme.v1.MsgBurnMint': swap(MsgBurnMint, ({ denomToMint }) => {
      if (denomToMint === '') throw refusal(E.invalidDenom, 'invalid denom to mint');
      return denomToMint;
    }),
  },
  queries: bmeQueries,
  initGenesis: (context, state) => {
    const { params, vaultUakt } = parseBmeGenesis(state);
    putBmeParams(context, params);
    setCount(context, 'epoch', 'burn', BigInt(params.minEpochBlocks));
    if (vaultUakt > 0n) endow(context, BME_ADDRESS, [{ denom: UAKT, amount: vaultUakt }]);
  },
  endBlock,
};
