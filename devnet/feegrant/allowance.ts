/**
 * The three kinds of fee allowance and what a fee takes from them (cosmos-sdk 0.53 x/feegrant: basic_fee.go, periodic_fee.go,
 * filtered_fee.go).
 */
import {
  AllowedMsgAllowance,
  BasicAllowance,
  PeriodicAllowance,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import type { Coin } from '../../market/money.js';
import { sdkError } from '../kernel/errors.js';
import { AppError } from '../kernel/module.js';
import type { AnyMessage } from '../kernel/tx/decode.js';

const BASIC = '/cosmos.feegrant.v1beta1.BasicAllowance';
const PERIODIC = '/cosmos.feegrant.v1beta1.PeriodicAllowance';
const ALLOWED_MSG = '/cosmos.feegrant.v1beta1.AllowedMsgAllowance';

/** What pays for a transaction. */
export interface FeeUse {
  readonly fee: readonly Coin[];
  /** Type URLs of the transaction's messages. */
  readonly typeUrls: readonly string[];
  /** Block time, Unix milliseconds with a fraction. */
  readonly nowMs: number;
  /** Charges the gas of looking through message types. */
  readonly consume: (gas: bigint, what: string) => void;
}

type WireCoins = readonly { readonly denom: string; readonly amount: string }[];

const GAS_PER_CHECK = 10n;

const limitExceeded = (which: string): AppError =>
  new AppError('feegrant', 2, `${which}: fee limit exceeded`);
const expiredError = (which: string): AppError =>
  new AppError('feegrant', 3, `${which}: fee allowance expired`);

/** `limit` less `fee` without zero amounts; `undefined` when it does not cover it. */
const minus = (limit: WireCoins, fee: readonly Coin[]): WireCoins | undefined => {
  const left = new Map(limit.map((coin) => [coin.denom, BigInt(coin.amount)]));
  for (const coin of fee) {
    const rest = (left.get(coin.denom) ?? 0n) - coin.amount;
    if (rest < 0n) return undefined;
    left.set(coin.denom, rest);
  }
  return Array.from(left, ([denom, amount]) => ({ denom, amount: amount.toString() })).filter(
    (c) => c.amount !== '0',
  );
};

const isExpired = (basic: BasicAllowance | undefined, nowMs: number): boolean =>
  basic?.expiration !== undefined && basic.expiration.getTime() < nowMs;

/** The allowance after the fee; `undefined` when nothing is left of it. */
type Left = AnyMessage | undefined;

const useBasic = (basic: BasicAllowance, { fee, nowMs }: FeeUse): Left => {
  if (isExpired(basic, nowMs)) throw expiredError('basic allowance');
  if (basic.spendLimit.length === 0) {
    return { typeUrl: BASIC, value: BasicAllowance.encode(basic).finish() };
  }
  const left = minus(basic.spendLimit, fee);
  if (left === undefined) throw limitExceeded('basic allowance');
  if (left.length === 0) return undefined;
  const spendLimit = left.map((c) => ({ ...c }));
  return { typeUrl: BASIC, value: BasicAllowance.encode({ ...basic, spendLimit }).finish() };
};

const asCoins = (coins: WireCoins): readonly Coin[] =>
  coins.map((c) => ({ denom: c.denom, amount: BigInt(c.amount) }));

/** A new period when the last one is over: what may be spent in it is never more than what is left altogether. */
const inPeriod = (periodic: PeriodicAllowance, nowMs: number): PeriodicAllowance => {
  const reset = periodic.periodReset?.getTime() ?? 0;
  if (nowMs < reset) return periodic;
  const total = periodic.basic?.spendLimit ?? [];
  const bounded =
    total.length > 0 && minus(total, asCoins(periodic.periodSpendLimit)) === undefined;
  const periodMs = Number(periodic.period?.seconds ?? 0) * 1000;
  const next = reset + periodMs;
  return {
    ...periodic,
    periodCanSpend: bounded ? total : periodic.periodSpendLimit,
    periodReset: new Date(nowMs > next ? nowMs + periodMs : next),
  };
};

const usePeriodic = (stored: PeriodicAllowance, { fee, nowMs }: FeeUse): Left => {
  if (isExpired(stored.basic, nowMs)) throw expiredError('absolute limit');
  const periodic = inPeriod(stored, nowMs);
  const periodLeft = minus(periodic.periodCanSpend, fee);
  if (periodLeft === undefined) throw limitExceeded('period limit');
  const spent = { ...periodic, periodCanSpend: periodLeft.map((c) => ({ ...c })) };
  const encode = (value: PeriodicAllowance): Left => ({
    typeUrl: PERIODIC,
    value: PeriodicAllowance.encode(value).finish(),
  });
  const { basic } = periodic;
  if (basic === undefined || basic.spendLimit.length === 0) return encode(spent);
  const left = minus(basic.spendLimit, fee);
  if (left === undefined) throw limitExceeded('absolute limit');
  if (left.length === 0) return undefined;
  return encode({ ...spent, basic: { ...basic, spendLimit: left.map((c) => ({ ...c })) } });
};

const useAllowedMsg = (filtered: AllowedMsgAllowance, use: FeeUse): Left => {
  for (const _ of [...filtered.allowedMessages, ...use.typeUrls]) {
    use.consume(GAS_PER_CHECK, 'check msg');
  }
  if (!use.typeUrls.every((url) => filtered.allowedMessages.includes(url))) {
    throw new AppError(
      'feegrant',
      7,
      'message does not exist in allowed messages: message not allowed',
    );
  }
  if (filtered.allowance === undefined) throw noAllowance();
  const left = takeFee(filtered.allowance, use);
  if (left === undefined) return undefined;
  return {
    typeUrl: ALLOWED_MSG,
    value: AllowedMsgAllowance.encode({ ...filtered, allowance: { ...left } }).finish(),
  };
};

const noAllowance = (): AppError =>
  new AppError('feegrant', 5, 'allowance should not be empty: no allowance');

/** @throws AppError feegrant/2 limit exceeded, feegrant/3 expired, feegrant/7 not for these messages, sdk/29 an unknown kind */
export const takeFee = ({ typeUrl, value }: AnyMessage, use: FeeUse): Left => {
  switch (typeUrl) {
    case BASIC:
      return useBasic(BasicAllowance.decode(value), use);
    case PERIODIC:
      return usePeriodic(PeriodicAllowance.decode(value), use);
    case ALLOWED_MSG:
      return useAllowedMsg(AllowedMsgAllowance.decode(value), use);
    default:
      throw sdkError('invalidType', `${typeUrl} is not an allowance this chain knows`);
  }
};

const checkCoins = (coins: WireCoins, what: string): void => {
  if (coins.some((c) => !/^[1-9]\d{0,76}$/.test(c.amount))) {
    throw sdkError('invalidCoins', `${what} must be positive`);
  }
};

const checkPeriodic = (periodic: PeriodicAllowance): void => {
  const total = periodic.basic?.spendLimit ?? [];
  checkCoins(total, 'spend limit');
  if (periodic.periodSpendLimit.length === 0) {
    throw sdkError('invalidCoins', 'spend limit must be positive');
  }
  checkCoins(periodic.periodSpendLimit, 'spend limit');
  const denoms = new Set(total.map((c) => c.denom));
  if (total.length > 0 && periodic.periodSpendLimit.some((c) => !denoms.has(c.denom))) {
    throw sdkError(
      'invalidCoins',
      'period spend limit has different currency than basic spend limit',
    );
  }
  if (Number(periodic.period?.seconds ?? 0) < 0) {
    throw new AppError('feegrant', 4, 'negative clock step: invalid duration');
  }
};

/** Checks an allowance as it is granted. @throws AppError sdk/10, sdk/29, feegrant/4, /5, /6 */
export const checkAllowance = (allowance: AnyMessage | undefined): void => {
  if (allowance === undefined) throw noAllowance();
  switch (allowance.typeUrl) {
    case BASIC:
      checkCoins(BasicAllowance.decode(allowance.value).spendLimit, 'spend limit');
      return;
    case PERIODIC:
      checkPeriodic(PeriodicAllowance.decode(allowance.value));
      return;
    case ALLOWED_MSG: {
      const filtered = AllowedMsgAllowance.decode(allowance.value);
      if (filtered.allowedMessages.length === 0) {
        throw new AppError(
          'feegrant',
          6,
          "allowed messages shouldn't be empty: allowed messages are empty",
        );
      }
      checkAllowance(filtered.allowance);
      return;
    }
    default:
      throw sdkError('invalidType', `${allowance.typeUrl} is not an allowance this chain knows`);
  }
};

/** When it ends, Unix milliseconds; `undefined` for never. */
export const expiryOf = ({ typeUrl, value }: AnyMessage): number | undefined => {
  if (typeUrl === PERIODIC) return PeriodicAllowance.decode(value).basic?.expiration?.getTime();
  if (typeUrl === ALLOWED_MSG) {
    const inner = AllowedMsgAllowance.decode(value).allowance;
    return inner === undefined ? undefined : expiryOf(inner);
  }
  return BasicAllowance.decode(value).expiration?.getTime();
};
