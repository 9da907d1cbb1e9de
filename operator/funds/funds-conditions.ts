/** How a lease's money is told to its tenant: two conditions of the ComputeLease, the second a warning in time. */
import type { Observation } from '../../crds/conditions.js';
import type { LeaseMoney } from './funds-book.js';

const TOP_UP = 'deposit more into the deployment to keep it running';

/** `Funded`: whether the next block is paid. `FundsLow`: whether it soon will not be; a deposit clears it. */
export const fundsConditions = (money: LeaseMoney | undefined): readonly Observation[] => {
  if (money === undefined) {
    const notRead = {
      status: 'Unknown',
      reason: 'NotRead',
      message: 'The escrow account has not been read yet.',
    } as const;
    return [
      { type: 'Funded', ...notRead },
      { type: 'FundsLow', ...notRead },
    ];
  }
  const until =
    money.runOutHeight === undefined
      ? 'Nothing is drawn from the escrow account'
      : `The escrow account pays up to block ${money.runOutHeight - 1n}`;
  switch (money.outlook) {
    case 'Empty': {
      const reason = 'EscrowEmpty';
      const message = `The escrow account cannot pay the next block; the lease ends when it is settled: ${TOP_UP}.`;
      return [
        { type: 'Funded', status: 'False', reason, message },
        { type: 'FundsLow', status: 'True', reason, message },
      ];
    }
    case 'RunningOut':
      return [
        { type: 'Funded', status: 'True', reason: 'EscrowPays', message: `${until}.` },
        {
          type: 'FundsLow',
          status: 'True',
          reason: 'EscrowRunningOut',
          message: `${until}: ${TOP_UP}.`,
        },
      ];
    case 'Lasts':
      return [
        { type: 'Funded', status: 'True', reason: 'EscrowPays', message: `${until}.` },
        { type: 'FundsLow', status: 'False', reason: 'EscrowLasts', message: `${until}.` },
      ];
  }
};
