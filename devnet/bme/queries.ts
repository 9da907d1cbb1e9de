/** The bme module's queries. */
import {
  LedgerRecordStatus,
  QueryLedgerRecordsRequest,
  QueryStatusResponse,
  QueryVaultStateResponse,
  type LedgerRecordFilters,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { UACT, writeCoin } from '../akash/coins.js';
import { formatDec } from '../akash/dec.js';
import { query } from '../akash/message.js';
import { resumeAfter, takePage, type Placed } from '../akash/page.js';
import { concatFields } from '../akash/proto-fields.js';
import { getBalance, getBalances, getSupply } from '../bank/keeper.js';
import type { Context, QueryHandler } from '../kernel/module.js';
import { counts } from './counters.js';
import { encodeId, ledgerEntries, type LedgerEntry, type Shelf } from './ledger.js';
import { encodeBmeParams, getBmeParams } from './params.js';
import { BME_ADDRESS, MintStatus, collateralRatio, getStatus } from './status.js';

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

/** Keyed by gRPC path. */
export const bmeQueries: Readonly<Record<string, QueryHandler>> = {
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
};
