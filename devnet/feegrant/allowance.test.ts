import { describe, expect, it } from '@jest/globals';
import {
  AllowedMsgAllowance,
  BasicAllowance,
  PeriodicAllowance,
} from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import Long from 'long';
import { isAppError } from '../kernel/errors.js';
import type { AnyMessage } from '../kernel/tx/decode.js';
import { checkAllowance, takeFee } from './allowance.js';

const EXEC = '/cosmos.authz.v1beta1.MsgExec';
const SEND = '/cosmos.bank.v1beta1.MsgSend';
const HOUR_MS = 3_600_000;
const NOW_MS = 1_795_424_451_420;

const coins = (amount: number): { denom: string; amount: string }[] => [
  { denom: 'uakt', amount: String(amount) },
];

const hourly = (total: number, perHour: number, endsMs?: number): AnyMessage => ({
  typeUrl: '/cosmos.feegrant.v1beta1.PeriodicAllowance',
  value: PeriodicAllowance.encode({
    basic: {
      spendLimit: total === 0 ? [] : coins(total),
      expiration: endsMs === undefined ? undefined : new Date(endsMs),
    },
    period: { seconds: Long.fromNumber(3600), nanos: 0 },
    periodSpendLimit: coins(perHour),
    periodCanSpend: [],
    periodReset: new Date(0),
  }).finish(),
});

const onlyExec = (inner: AnyMessage | undefined, allowedMessages = [EXEC]): AnyMessage => ({
  typeUrl: '/cosmos.feegrant.v1beta1.AllowedMsgAllowance',
  value: AllowedMsgAllowance.encode({
    allowance: inner === undefined ? undefined : { ...inner },
    allowedMessages,
  }).finish(),
});

const basic = (limit: number): AnyMessage => ({
  typeUrl: '/cosmos.feegrant.v1beta1.BasicAllowance',
  value: BasicAllowance.encode({ spendLimit: coins(limit), expiration: undefined }).finish(),
});

const take = (
  allowance: AnyMessage,
  fee: number,
  { nowMs = NOW_MS, typeUrls = [EXEC] } = {},
): AnyMessage | undefined =>
  takeFee(allowance, {
    ...{ nowMs, typeUrls, consume: () => undefined },
    fee: [{ denom: 'uakt', amount: BigInt(fee) }],
  });

const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isAppError(error)) return `${error.codespace}/${error.code} ${error.message}`;
    throw error;
  }
  return 'taken';
};

const must = (left: AnyMessage | undefined): AnyMessage => {
  if (left === undefined) throw new Error('nothing is left');
  return left;
};

describe('a periodic allowance', () => {
  it('gives the period anew, and no more in it than its limit', () => {
    const first = must(take(hourly(1_000, 300), 300));
    expect(refusal(() => take(first, 1))).toBe('feegrant/2 period limit: fee limit exceeded');
    expect(refusal(() => take(first, 1, { nowMs: NOW_MS + HOUR_MS - 1 }))).toContain('period');
    expect(take(first, 300, { nowMs: NOW_MS + HOUR_MS })).toBeDefined();
  });

  it('ends with its whole limit, which bounds the last period', () => {
    let left = must(take(hourly(500, 300), 300));
    expect(refusal(() => take(left, 201, { nowMs: NOW_MS + HOUR_MS }))).toContain('period limit');
    left = must(take(left, 100, { nowMs: NOW_MS + HOUR_MS }));
    expect(take(left, 100, { nowMs: NOW_MS + HOUR_MS })).toBeUndefined();
  });

  it('ends at its time', () => {
    expect(refusal(() => take(hourly(500, 300, NOW_MS - 1), 1))).toBe(
      'feegrant/3 absolute limit: fee allowance expired',
    );
  });
});

describe('an allowance for some messages', () => {
  it('pays for those, and keeps what is left', () => {
    const left = must(take(onlyExec(basic(500)), 200));
    expect(refusal(() => take(left, 301))).toBe('feegrant/2 basic allowance: fee limit exceeded');
    expect(take(left, 300)).toBeUndefined();
  });

  it('pays for nothing else, also beside those', () => {
    const log = 'feegrant/7 message does not exist in allowed messages: message not allowed';
    expect(refusal(() => take(onlyExec(basic(500)), 1, { typeUrls: [SEND] }))).toBe(log);
    expect(refusal(() => take(onlyExec(basic(500)), 1, { typeUrls: [EXEC, SEND] }))).toBe(log);
  });
});

describe('what may be granted', () => {
  it.each([
    ['a positive limit', basic(1), 'taken'],
    ['no limit of 0', basic(0), 'sdk/10'],
    ['a period within the limit’s coins', hourly(500, 300), 'taken'],
    ['a period without any limit above it', hourly(0, 300), 'taken'],
    ['no period of nothing', hourly(500, 0), 'sdk/10'],
    ['messages by name', onlyExec(basic(1)), 'taken'],
    ['no list of no messages', onlyExec(basic(1), []), 'feegrant/6'],
    ['nothing inside', onlyExec(undefined), 'feegrant/5'],
    ['another kind', { typeUrl: '/no.such.Allowance', value: new Uint8Array() }, 'sdk/29'],
  ])('%s', (_, allowance, want) => {
    expect(refusal(() => checkAllowance(allowance)).split(' ')[0]).toBe(want);
  });
});
