import { describe, expect, it } from '@jest/globals';
import { TYPE_URLS } from '../../chain/tx/type-urls.js';
import type { Grantable } from '../../chain/ports.js';
import type { FeeAllowance, Grant } from '../../market/records.js';
import { biddingFault, expiryWarning, feeFunds, grantFault, neededToBid } from './grants-fault.js';
import type { SeenGrants } from './grants-fault.js';

const PROVIDER = 'akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63';
const HOT = 'akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh';
const NOW = Date.parse('2026-11-24T00:00:00Z');
const DAY = 86_400_000;

type Spec = Parameters<typeof biddingFault>[0];
const spec = (
  fees: 'provider' | 'grantee' = 'provider',
  more: { maxReclamationSeconds?: number; refill?: Spec['budgets']['refill'] } = {},
): Spec => ({
  address: PROVIDER,
  grantee: { address: HOT, fees, warnDays: 14 },
  bidding: {
    ...{ paused: false, deposit: '500000uakt', timeoutSeconds: 300 },
    ...(more.maxReclamationSeconds === undefined
      ? {}
      : { maxReclamationSeconds: more.maxReclamationSeconds }),
  },
  budgets: {
    ...{ reserveUakt: '1000', warnHours: 12 },
    ...(more.refill === undefined ? {} : { refill: more.refill }),
  },
});

const grant = (type: Grantable, changes: Partial<Grant> = {}): Grant => ({
  ...{ granter: PROVIDER, grantee: HOT, typeUrl: TYPE_URLS[type], unbounded: true },
  expiresAtMs: NOW + 90 * DAY,
  ...changes,
});
const rights = (['create-bid', 'close-bid', 'withdraw-lease'] as const).map((t) => grant(t));
const allowance: FeeAllowance = {
  ...{ granter: PROVIDER, grantee: HOT, leftUakt: 5_000_000n, period: undefined },
  expiresAtMs: NOW + 90 * DAY,
  onlyTypeUrls: ['/cosmos.authz.v1beta1.MsgExec'],
};
const all: SeenGrants = { grants: rights, allowance, balances: [] };
const daily = (left: bigint, resetsAtMs = NOW + 1): FeeAllowance => ({
  ...allowance,
  period: { seconds: 86_400, limitUakt: 1_000n, leftUakt: left, resetsAtMs },
});

describe('why a hot key makes no bid', () => {
  it.each<[string, Partial<SeenGrants>, string | undefined]>([
    ['it has every right, and its fees are paid', {}, undefined],
    ['a right is missing', { grants: rights.slice(1) }, 'GrantMissing'],
    [
      'a right is bounded in some way that we do not know',
      { grants: [grant('create-bid', { unbounded: false }), ...rights.slice(1)] },
      'GrantMissing',
    ],
    [
      'a right has ended at this very moment',
      { grants: [grant('create-bid', { expiresAtMs: NOW }), ...rights.slice(1)] },
      'GrantExpired',
    ],
    [
      'a right that never ends',
      { grants: [grant('create-bid', { expiresAtMs: undefined }), ...rights.slice(1)] },
      undefined,
    ],
    ['nobody pays its fees', { allowance: undefined }, 'FeeAllowanceMissing'],
    [
      'only other messages are paid for',
      { allowance: { ...allowance, onlyTypeUrls: ['/cosmos.bank.v1beta1.MsgSend'] } },
      'FeeAllowanceMissing',
    ],
    [
      'all messages are paid for',
      { allowance: { ...allowance, onlyTypeUrls: undefined } },
      undefined,
    ],
    [
      'the allowance has ended',
      { allowance: { ...allowance, expiresAtMs: NOW } },
      'FeeAllowanceExpired',
    ],
    [
      'it is down to the reserve',
      { allowance: { ...allowance, leftUakt: 1_000n } },
      'FeeAllowanceSpent',
    ],
    ['it is above the reserve', { allowance: { ...allowance, leftUakt: 1_001n } }, undefined],
    ['it has no limit', { allowance: { ...allowance, leftUakt: undefined } }, undefined],
    ['a tenth of the period is left', { allowance: daily(100n) }, 'FeeAllowanceSpent'],
    ['more than a tenth of the period is left', { allowance: daily(101n) }, undefined],
    ['the period is over', { allowance: daily(0n, NOW) }, undefined],
  ])('%s', (_, changes, want) => {
    expect(biddingFault(spec(), { ...all, ...changes }, NOW)?.code).toBe(want);
  });

  it.each([
    [1_000n, 'FeeAccountLow'],
    [1_001n, undefined],
  ])('it pays its own fees and has %s uakt', (amount, want) => {
    const seen = { ...all, allowance: undefined, balances: [{ denom: 'uakt', amount }] };
    expect(biddingFault(spec('grantee'), seen, NOW)?.code).toBe(want);
    expect(feeFunds(spec('grantee'), seen)).toBe(amount);
  });

  it('names the message, both accounts and the command that helps', () => {
    expect(biddingFault(spec(), { ...all, grants: [] }, NOW)?.message).toBe(
      `${PROVIDER} does not let ${HOT} send create-bid; \`berth provider keys grant\` gives it anew.`,
    );
  });
});

describe('what a provider cannot do without', () => {
  it('grows with what it sells and with what it does with its earnings', () => {
    expect(neededToBid(spec())).toEqual(['create-bid', 'close-bid', 'withdraw-lease']);
    const refill = { belowUakt: '1', toUakt: '2', keepUact: '0', maxUactPerDay: '3' };
    expect(neededToBid(spec('provider', { maxReclamationSeconds: 60, refill })).slice(3)).toEqual([
      'start-reclaim',
      'burn-act',
    ]);
  });

  it('is never a transfer, whatever was granted', () => {
    expect(grantFault(spec(), all, NOW, 'send')?.code).toBe('GrantMissing');
  });
});

describe('a warning', () => {
  it.each<[string, number, string | undefined]>([
    ['fifteen days before', 15, undefined],
    ['fourteen days before', 14, 'GrantsExpireSoon'],
  ])('%s', (_, days, want) => {
    const ends = { expiresAtMs: NOW + days * DAY };
    const soon = { ...all, grants: [grant('close-bid', ends), ...rights] };
    expect(expiryWarning(spec(), soon, NOW)?.code).toBe(want);
    const allowanceSoon = { ...all, allowance: { ...allowance, ...ends } };
    expect(expiryWarning(spec(), allowanceSoon, NOW)?.code).toBe(want);
  });

  it('is not for rights that bids do not need, nor for an allowance that nobody uses', () => {
    const ends = { expiresAtMs: NOW + DAY };
    const other = { ...all, grants: [grant('update-provider', ends), ...rights] };
    expect(expiryWarning(spec(), other, NOW)).toBeUndefined();
    const unused = { ...all, allowance: { ...allowance, ...ends } };
    expect(expiryWarning(spec('grantee'), unused, NOW)).toBeUndefined();
  });
});
