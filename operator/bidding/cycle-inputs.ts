/** What one bidding cycle reads beside the order book, gathered at one moment. */
import type { BudgetState } from '../../bidengine/budget.js';
import type { ExchangeRates } from '../../bidengine/exchange.js';
import type { BidRules } from '../../bidengine/bid-rules.js';
import type { PricingPolicy } from '../../bidengine/pricing-policy.js';
import type { InventorySnapshot, Reservation } from '../../bidengine/snapshot.js';
import type { PricingStrategy } from '../../bidengine/strategy.js';
import type { Coin } from '../../market/money.js';
import type { DeploymentId } from '../../market/ids.js';
import type { EscrowAccount } from '../../market/records.js';
import type { ProviderFacts } from '../chain-view/chain-sync.js';

export interface CycleInputs {
  readonly address: string;
  readonly facts: ProviderFacts & { readonly record: NonNullable<ProviderFacts['record']> };
  readonly policies: readonly PricingPolicy[];
  readonly rules: BidRules;
  /** Unix milliseconds. */
  readonly nowMs: number;
  readonly exchange: ExchangeRates;
  /** Who names the price, where it is not the price books. */
  readonly strategy?: PricingStrategy | undefined;
  readonly blockedHostnames: readonly string[];
  /** Absent for no limit. */
  readonly maxPendingPercentPerOwner: number | undefined;
  /** What was spent and locked before this cycle, against what may be. */
  readonly budget: BudgetState;
  /** The deployment's escrow account, `undefined` while it is not known. */
  readonly escrowOf: (id: DeploymentId) => EscrowAccount | undefined;
  /** Nodes and pods as they are now, less the reservations that no pod shows yet. */
  readonly inventory: (reservations: readonly Reservation[]) => InventorySnapshot;
}

/** What one bid locks, once the chain's facts are read. */
export const depositOf = (
  facts: ProviderFacts | undefined,
  { depositDenoms: [denom] }: BidRules,
): Coin | undefined =>
  denom === undefined ? undefined : facts?.params.bidMinDeposits.find((d) => d.denom === denom);

/** The deposit of one bid: the smallest that the chain takes in the coin that is used first. */
export const bidDeposit = ({ facts, rules }: Pick<CycleInputs, 'facts' | 'rules'>): bigint =>
  facts.params.bidMinDeposits.find((d) => d.denom === rules.depositDenoms[0])?.amount ?? 0n;
