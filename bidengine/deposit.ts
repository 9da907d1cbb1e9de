/** Which coin a bid's deposit is paid in, and whether the wallet can pay for a bid at all. */
import type { Coin } from '../market/money.js';
import { formatCoin } from '../market/money.js';
import type { Reason } from '../market/reasons.js';
import type { DecideInput, Funds } from './input.js';
import { reason } from './reasons.js';

export type DepositChoice =
  { readonly ok: true; readonly deposit: Coin } | { readonly ok: false; readonly reason: Reason };

const free = (funds: Funds): bigint => funds.spendable - funds.committed;

/**
 * The first of the operator's denominations that pays the least deposit, once fee and reserve are kept aside in uakt.
 * What earlier bids in flight will take is already taken off.
 */
export const chooseDeposit = ({ wallet, chain, rules }: DecideInput): DepositChoice => {
  const setAside = rules.feesElsewhere === true ? 0n : rules.bidFeeUakt + rules.reserveUakt;
  const left = { uakt: free(wallet.uakt) - setAside, uact: free(wallet.uact) };
  const lacking: string[] = [];
  if (left.uakt < 0n) {
    lacking.push(
      `${formatCoin({ denom: 'uakt', amount: rules.bidFeeUakt })} for the fee and ${formatCoin({ denom: 'uakt', amount: rules.reserveUakt })} in reserve, has ${free(wallet.uakt)}uakt free`,
    );
  } else {
    for (const denom of rules.depositDenoms) {
      const deposit = chain.marketParams.bidMinDeposits.find((d) => d.denom === denom);
      if (deposit === undefined) lacking.push(`a ${denom} deposit, which the chain does not take`);
      else if (left[denom] >= deposit.amount) return { ok: true, deposit };
      else lacking.push(`${formatCoin(deposit)} for the deposit, has ${left[denom]}${denom} free`);
    }
    if (rules.depositDenoms.length === 0) lacking.push('a deposit, but no denomination is allowed');
  }
  return {
    ok: false,
    reason: reason('InsufficientFunds', `the wallet needs ${lacking.join('; or ')}`, 'wallet'),
  };
};
