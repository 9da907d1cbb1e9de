/** The bme module: swaps between uakt and uact, executed at the end of an epoch's last block. */
import {
  LedgerRecordStatus,
  MsgBurnACT,
  MsgBurnMint,
  MsgMintACT,
  QueryLedgerRecordsRequest,
  QueryStatusResponse,
  QueryVaultStateResponse,
  type LedgerRecordFilters,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { isAddress } from '../akash/address.js';
import { UACT, UAKT, readCoin, writeCoin } from '../akash/coins.js';
import { formatDec } from '../akash/dec.js';
import { message, query, type Decoder } from '../akash/message.js';
import { resumeAfter, takePage, type Placed } from '../akash/page.js';
import { concatFields } from '../akash/proto-fields.js';
import { refusal, wrapped } from '../akash/registered-error.js';
import { endow, getBalance, getBalances, getSupply } from '../bank/keeper.js';
import { sdkError } from '../kernel/errors.js';
import type { Context, MessageHandler, Module } from '../kernel/module.js';
import { counts, getCount, setCount } from './counters.js';
import { BME_ERRORS as E } from './errors.js';
import { executeBurns, executeMints, requestSwap } from './execute.js';
import { encodeId, ledgerEntries, type LedgerEntry, type Shelf } from './ledger.js';
import { encodeBmeParams, getBmeParams, parseBmeGenesis, putBmeParams } from './params.js';
import { BME_ADDRESS, MintStatus, collateralRatio, getStatus, updateStatus } from './status.js';

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

const STATUS_FIELDS: Readonly<Record<Shelf, readonly [status: number, field: number]>> = {
  pending: [LedgerRecordStatus.ledger_record_status_pending, 3],
  executed: [LedgerRecordStatus.ledger_record_status_executed, 4],
  canceled: [3, 5],
};

/** `QueryLedgerRecordEntry { id = 1, status = 2, pending = 3 | executed = 4 | canceled = 5 }` */
const ledgerAnswer = ({ id, shelf, record }: LedgerEntry): Uint8Array => {
  const [status, field] = STATUS_FIELDS[shelf];
  return new BinaryWriter()
    .uint32(10)
    .bytes(encodeId(id))
    .uint32(16)
    .int32(status)
    .uint32((field << 3) | 2)
    .bytes(record)
    .finish();
};

const walkLedger = function* (
  context: Context,
  filters: LedgerRecordFilters | undefined,
  after: string | undefined,
): Iterable<Placed<Uint8Array>> {
  const { source = '', denom = '', toDenom = '', status = '' } = filters ?? {};
  for (const entry of ledgerEntries(context, after)) {
    const { id, shelf, place } = entry;
    if (source !== '' && source !== id.source) continue;
    if (denom !== '' && denom !== id.denom) continue;
    if (toDenom !== '' && toDenom !== id.toDenom) continue;
    if (status !== '' && status !== `ledger_record_status_${shelf}`) continue;
    yield { place, entry: ledgerAnswer(entry) };
  }
};

const bps = (value: number): string => formatDec((BigInt(value) * 10n ** 18n) / 10_000n);

const statusAnswer = (context: Context): Uint8Array => {
  const { status } = getStatus(context);
  const params = getBmeParams(context);
  return QueryStatusResponse.encode(
    QueryStatusResponse.fromPartial({
      status,
      collateralRatio: formatDec(collateralRatio(context) ?? 0n),
      warnThreshold: bps(params.warnBps),
      haltThreshold: bps(params.haltBps),
      mintsAllowed: status < MintStatus.mint_status_halt_cr,
      refundsAllowed: status < MintStatus.mint_status_halt_oracle,
    }),
  ).finish();
};

const vaultAnswer = (context: Context): Uint8Array => {
  const outside = getSupply(context, UACT) - getBalance(context, BME_ADDRESS, UACT);
  const own = getBalances(context, BME_ADDRESS).filter(({ denom }) => denom !== UACT);
  const balances = [{ denom: UACT, amount: outside }, ...own];
  return QueryVaultStateResponse.encode({
    vaultState: {
      balances: balances.map(writeCoin),
      totalBurned: counts(context, 'burned').map(writeCoin),
      totalMinted: counts(context, 'minted').map(writeCoin),
      remintCredits: counts(context, 'remint').map(writeCoin),
    },
  }).finish();
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
  queries: {
    '/akash.bme.v1.Query/Params': (context) =>
      concatFields([[1, encodeBmeParams(getBmeParams(context))]]),
    '/akash.bme.v1.Query/Status': statusAnswer,
    '/akash.bme.v1.Query/VaultState': vaultAnswer,
    '/akash.bme.v1.Query/LedgerRecords': query(
      QueryLedgerRecordsRequest,
      (context, { filters, pagination }) => {
        const page = takePage(walkLedger(context, filters, resumeAfter(pagination)), pagination);
        return concatFields([
          ...page.entries.map((entry) => [1, entry] as const),
          [2, page.response],
        ]);
      },
    ),
  },
  initGenesis: (context, state) => {
    const { params, vaultUakt } = parseBmeGenesis(state);
    putBmeParams(context, params);
    setCount(context, 'epoch', 'burn', BigInt(params.minEpochBlocks));
    if (vaultUakt > 0n) endow(context, BME_ADDRESS, [{ denom: UAKT, amount: vaultUakt }]);
  },
  endBlock,
};
