import { describe, expect, it } from '@jest/globals';
import { budgetFault, NO_LIMITS } from './budget.js';
import type { Budget, BudgetLimits } from './budget.js';

const budget = (limits: Partial<BudgetLimits>, more: Partial<Budget> = {}): Budget => ({
  limits: { ...NO_LIMITS, ...limits },
  hour: { feesUakt: 100n, deposits: 1_000n },
  day: { feesUakt: 500n, deposits: 5_000n },
  depositsAtRisk: 3_000n,
  underway: { feesUakt: 10n, deposits: 100n },
  next: { feesUakt: 1n, deposits: 10n },
  ...more,
});

describe('the spending guard', () => {
  it.each<[string, Budget, string | undefined]>([
    ['no limit, no fault', budget({}), undefined],
    ['fees of the hour, just within', budget({ feesPerHourUakt: 111n }), undefined],
    ['fees of the hour, one over', budget({ feesPerHourUakt: 110n }), 'FeesPerHourReached'],
    ['fees of the day, just within', budget({ feesPerDayUakt: 511n }), undefined],
    ['fees of the day, one over', budget({ feesPerDayUakt: 510n }), 'FeesPerDayReached'],
    [
      'deposits of the hour, one over',
      budget({ depositsPerHour: 1_109n }),
      'DepositsPerHourReached',
    ],
    ['deposits of the day, one over', budget({ depositsPerDay: 5_109n }), 'DepositsPerDayReached'],
    ['deposits at risk, just within', budget({ depositsAtRisk: 3_110n }), undefined],
    ['deposits at risk, one over', budget({ depositsAtRisk: 3_109n }), 'DepositsAtRiskReached'],
    ['a budget of nothing stops everything', budget({ feesPerDayUakt: 0n }), 'FeesPerDayReached'],
    [
      'bids on their way count before they are in a block',
      budget({ depositsAtRisk: 3_110n }, { underway: { feesUakt: 10n, deposits: 101n } }),
      'DepositsAtRiskReached',
    ],
  ])('%s', (_name, given, want) => {
    expect(budgetFault(given)?.code).toBe(want);
  });

  it('says the figures and the field', () => {
    expect(budgetFault(budget({ feesPerHourUakt: 110n }))).toEqual({
      code: 'FeesPerHourReached',
      message:
        'the fees of the last hour are 100 and this bid, with those on their way, would add 11; the budget is 110',
      field: 'spec.budgets.feesUaktPerHour',
    });
  });
});
