/** The wallet against what one bid costs and what is kept back. */
import { bidRules } from '../../../../bidengine/bid-rules.js';
import type { ComputeProvider } from '../../../../crds/generated/types.js';
import type { Coin } from '../../../../market/money.js';
import type { MarketParams } from '../../../../market/records.js';
import { formatUakt } from '../words.js';
import { when } from '../check.js';
import type { Check } from '../check.js';
import { fault, notChecked, ok, warning } from '../finding.js';

/** Fewer bids than this is worth a word. */
const LOW_BIDS = 20n;
const USUAL_DEPOSIT = 500_000n;

interface Payable {
  /** Bids that can be open at once; `undefined` when they cost the account nothing. */
  readonly bids: bigint | undefined;
  readonly keptUakt: bigint;
  readonly lacks: string;
  /** Deposit and fee of one, for people. */
  readonly each: string;
}

const payable = (
  { spec }: ComputeProvider,
  held: (denom: string) => bigint,
  params: MarketParams | undefined,
  gasPrice: string,
): Payable => {
  const rules = bidRules(spec, gasPrice);
  const [denom = 'uakt'] = rules.depositDenoms;
  const deposit = params?.bidMinDeposits.find((d) => d.denom === denom)?.amount ?? USUAL_DEPOSIT;
  // With fees paid by a grantee of its own coins, the provider's account pays deposits alone.
  const paysFees = rules.feesElsewhere !== true;
  const keptUakt = paysFees ? rules.reserveUakt : 0n;
  const fee = paysFees ? rules.bidFeeUakt : 0n;
  const costs = [
    { denom: 'uakt', free: held('uakt') - keptUakt, each: fee + (denom === 'uakt' ? deposit : 0n) },
    { denom: 'uact', free: held('uact'), each: denom === 'uact' ? deposit : 0n },
  ].filter((c) => c.each > 0n);
  const [least] = costs
    .map((c) => ({ denom: c.denom, bids: c.free <= 0n ? 0n : c.free / c.each }))
    .toSorted((a, b) => (a.bids === b.bids ? 0 : a.bids < b.bids ? -1 : 1));
  return {
    ...{ bids: least?.bids, keptUakt, lacks: least?.denom ?? 'uakt' },
    each: `deposit ${deposit}${denom}, fee ${formatUakt(fee)}`,
  };
};

export const wallet: Check = {
  name: 'wallet',
  run: ({ balances, provider, marketParams, installation }) =>
    when(provider, (object) => {
      if (object === undefined) return [notChecked('there is no ComputeProvider')];
      return when(balances, (coins: readonly Coin[]) => {
        const held = (denom: string): bigint => coins.find((c) => c.denom === denom)?.amount ?? 0n;
        const params = marketParams.known ? marketParams.value : undefined;
        const { bids, keptUakt, lacks, each } = payable(
          ...([object, held, params, installation.gasPrice] as const),
        );
        const fix = `Send ${lacks} to ${object.spec.address}.`;
        const what = `${formatUakt(held('uakt'))}, of which ${formatUakt(keptUakt)} are kept back`;
        if (bids === 0n)
          return [fault('WalletEmpty', `${what}: not one bid (${each}) can be paid`, { fix })];
        const hours = object.status?.fees?.hoursLeft;
        if (hours !== undefined && hours <= object.spec.budgets.warnHours)
          return [
            warning('WalletLow', `${what}: at the recent pace it lasts ${hours} hours`, { fix }),
          ];
        if (bids !== undefined && bids < LOW_BIDS)
          return [warning('WalletLow', `${what}: it pays ${bids} bids at once`, { fix })];
        return [ok(`${what}; it pays ${bids ?? 'any number of'} bids at once (${each})`)];
      });
    }),
};
