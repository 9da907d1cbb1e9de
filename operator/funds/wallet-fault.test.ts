import { describe, expect, it } from '@jest/globals';
import type { ComputeProvider } from '../../crds/generated/types.js';
import { feeOutlook, walletFault } from './wallet-fault.js';

const provider = {
  spec: { address: 'akash1x', budgets: { reserveUakt: '1000', warnHours: 12 } },
} as unknown as ComputeProvider;
const uakt = (amount: bigint) => [{ denom: 'uakt', amount }];
const refill = { code: 'RefillHalted', message: 'No refill now.' };

describe('walletFault', () => {
  it.each<[string, bigint | undefined, bigint | undefined, string | undefined]>([
    ['not read yet', undefined, 5n, 'WalletNotRead'],
    ['down to the reserve', 1000n, 5n, 'WalletLow'],
    ['fees of unknown pace', 1001n, undefined, undefined],
    ['no fees at all', 1001n, 0n, undefined],
    ['eleven hours left', 1119n, 10n, 'FeesRunOutSoon'],
    ['twelve hours left', 1120n, 10n, undefined],
  ])('%s', (_name, amount, perHour, want) => {
    const outlook = feeOutlook(amount ?? 0n, 1000n, perHour);
    const balances = amount === undefined ? undefined : uakt(amount);
    expect(walletFault(provider, balances, outlook, undefined)?.code).toBe(want);
  });

  it('says the hours, where to send uakt, and why there is no refill', () => {
    const fault = walletFault(provider, uakt(1030n), feeOutlook(1030n, 1000n, 10n), refill);
    expect(fault?.message).toMatch(/about 3 hours; send uakt to akash1x\. No refill now\./);
  });
});
