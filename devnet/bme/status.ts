/** Whether minting is allowed: the collateral ratio, its thresholds, and the epochs at which requests are executed. */
import { MintStatus } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { UACT, UAKT } from '../akash/coins.js';
import {
  ONE,
  divide,
  formatDec,
  fromWhole,
  multiply,
  truncateToWhole,
  type Dec,
} from '../akash/dec.js';
import { getBalance, getSupply } from '../bank/keeper.js';
import { moduleAddress } from '../bank/module-address.js';
import type { Context } from '../kernel/module.js';
import { getPrice } from '../oracle/keeper.js';
import { getCount } from './counters.js';
import { getBmeParams, type BmeParams } from './params.js';

export { MintStatus };

/** The account that holds the uakt behind the uact. */
export const BME_ADDRESS = moduleAddress('bme');

const KEY = 'bme/status';
const text = { encode: new TextEncoder(), decode: new TextDecoder() };

/** The status and, in blocks, the distance to the next mint epoch. */
export interface Status {
  readonly status: MintStatus;
  readonly previous: MintStatus;
  readonly epochBlocks: number;
}

const isMintStatus = (value: number | undefined): value is MintStatus =>
  value !== undefined && value in MintStatus;

/** The status in force; a chain starts halted and recovers in its first block when it is backed. */
export const getStatus = (context: Context): Status => {
  const bytes = context.store.get(KEY);
  const halted = MintStatus.mint_status_halt_cr;
  if (bytes === undefined) return { status: halted, previous: halted, epochBlocks: 0 };
  const [status, previous, epochBlocks] = text.decode.decode(bytes).split('/').map(Number);
  return {
    status: isMintStatus(status) ? status : halted,
    previous: isMintStatus(previous) ? previous : halted,
    epochBlocks: epochBlocks ?? 0,
  };
};

const putStatus = (context: Context, { status, previous, epochBlocks }: Status): void => {
  context.store.set(KEY, text.encode.encode(`${status}/${previous}/${epochBlocks}`));
};

/** uakt that back the outstanding uact, in USD, per uact; `undefined` without a price. */
export const collateralRatio = (context: Context): Dec | undefined => {
  const price = getPrice(context, UAKT);
  if (price === undefined || price === 0n) return undefined;
  const backing = getBalance(context, BME_ADDRESS, UAKT) - getCount(context, 'pending', UAKT);
  const value = multiply(fromWhole(backing), divide(price, ONE));
  const outstanding = getSupply(context, UACT);
  return outstanding > 0n ? divide(value, fromWhole(outstanding)) : value;
};

const MAX_EPOCH_BLOCKS = 14_400;

/** Blocks to the next epoch: longer by a tenth for every ten basis points below the warning threshold. */
const epochBlocks = (params: BmeParams, ratioBps: bigint): number => {
  const steps = (BigInt(params.warnBps) - ratioBps) / 10n;
  let blocks = fromWhole(BigInt(params.minEpochBlocks));
  for (let step = 0n; step < steps && blocks < fromWhole(14_400n); step += 1n) {
    blocks = multiply(blocks, (ONE * 11n) / 10n);
  }
  return Math.min(Number(truncateToWhole(blocks)), MAX_EPOCH_BLOCKS);
};

const next = (params: BmeParams, ratio: Dec | undefined, now: Status): Status => {
  const { mint_status_halt_cr: haltCr, mint_status_halt_oracle: haltOracle } = MintStatus;
  if (ratio === undefined) return now.status === haltCr ? now : { ...now, status: haltOracle };
  const ratioBps = truncateToWhole(ratio * 10_000n);
  if (ratioBps <= BigInt(params.haltBps)) return { ...now, status: haltCr };
  const healthy = ratioBps > BigInt(params.warnBps);
  return {
    ...now,
    status: healthy ? MintStatus.mint_status_healthy : MintStatus.mint_status_warning,
    epochBlocks: epochBlocks(params, ratioBps),
  };
};

/** Brings the status up to date and says so when it changed. */
export const updateStatus = (
  context: Context,
): { readonly status: Status; readonly changed: boolean } => {
  const now = getStatus(context);
  const ratio = collateralRatio(context);
  const then = next(getBmeParams(context), ratio, now);
  if (then.status === now.status && then.epochBlocks === now.epochBlocks) {
    return { status: now, changed: false };
  }
  const status = { ...then, previous: now.status };
  putStatus(context, status);
  context.emitTyped('akash.bme.v1.EventMintStatusChange', {
    previous_status: MintStatus[status.previous],
    new_status: MintStatus[status.status],
    collateral_ratio: formatDec(ratio ?? 0n),
  });
  return { status, changed: true };
};
