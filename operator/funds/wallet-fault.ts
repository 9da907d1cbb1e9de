/** Whether the wallet pays for bids, closes and withdrawals, and for how long. Pure. */
import type { ComputeProvider, FeeOutlook } from '../../crds/generated/types.js';
import type { Coin } from '../../market/money.js';
import type { Reason } from '../../market/reasons.js';

const FIELD = 'spec.budgets.reserveUakt';

/** How long the wallet lasts. @param uaktPerHour fees of late, `undefined` while unknown */
export const feeOutlook = (
  uakt: bigint,
  reserveUakt: bigint,
  uaktPerHour: bigint | undefined,
): FeeOutlook | undefined => {
  if (uaktPerHour === undefined) return undefined;
  const spare = uakt > reserveUakt ? uakt - reserveUakt : 0n;
  return {
    uaktPerHour: uaktPerHour.toString(),
    // Beyond a thousand years nobody needs to know.
    ...(uaktPerHour === 0n || spare / uaktPerHour > 8_760_000n
      ? {}
      : { hoursLeft: Number(spare / uaktPerHour) }),
  };
};

/** What is wrong with the wallet, or `undefined`. @param refill why it is not being refilled, when that is wanted */
export const walletFault = (
  { spec }: Pick<ComputeProvider, 'spec'>,
  balances: readonly Coin[] | undefined,
  outlook: FeeOutlook | undefined,
  refill: Reason | undefined,
): Reason | undefined => {
  if (balances === undefined) {
    return { code: 'WalletNotRead', message: 'The wallet has not been read yet.' };
  }
  const uakt = balances.find((b) => b.denom === 'uakt')?.amount ?? 0n;
  const reserve = BigInt(spec.budgets.reserveUakt);
  const more = refill === undefined ? '' : ` ${refill.message}`;
  // A hot key with coins of its own is looked after with its grants (operator/grants).
  const { grantee } = spec;
  const ownFees = grantee?.fees === 'grantee';
  if (!ownFees && uakt <= reserve) {
    return {
      code: 'WalletLow',
      message: `The wallet holds ${uakt}uakt, not more than the reserve of ${reserve}uakt that closes and withdrawals need; send uakt to ${spec.address}.${more}`,
      field: FIELD,
    };
  }
  const hours = outlook?.hoursLeft;
  if (hours === undefined || hours >= spec.budgets.warnHours) return undefined;
  return {
    code: 'FeesRunOutSoon',
    message: `At ${outlook?.uaktPerHour ?? '0'}uakt of fees an hour the wallet is down to its reserve in about ${hours} hours; send uakt to ${ownFees ? grantee.address : spec.address}.${more}`,
    field: FIELD,
  };
};
