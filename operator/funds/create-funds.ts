/** Puts the funds controller together with the provider's policy and the chain's price. */
import { valueRate } from '../../bidengine/exchange.js';
import type { ExchangeRates } from '../../bidengine/exchange.js';
import type { ChainReader, TxLane } from '../../chain/ports.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import type { LeaseId } from '../../market/ids.js';
import type { Decimal } from '../../market/money.js';
import type { Exchange } from '../../market/records.js';
import type { KubeApi } from '../../kube/api.js';
import { COMPUTE_LEASES } from '../../kube/resources.js';
import { blocksFor } from '../bidding/bid-timeout.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import type { FundsBook } from './funds-book.js';
import { FundsController } from './funds-controller.js';
import { withdrawalFeeUact } from './withdrawal-rhythm.js';

export interface FundsDeps {
  readonly api: KubeApi;
  readonly reader: ChainReader;
  readonly lane: Pick<TxLane, 'submit'>;
  readonly view: ChainView;
  readonly metrics: OperatorMetrics;
  readonly log: Logger;
  readonly provider: () => ComputeProvider;
  readonly book: FundsBook;
  /** uakt per unit of gas. */
  readonly gasPrice: Decimal;
  /** What coins are worth now, for the worth of a withdrawal's fee. */
  readonly exchange: () => ExchangeRates;
  readonly onChanged: (id: LeaseId) => void;
}

export interface Funds {
  /** Reads and counts everything; on a rhythm. */
  refresh(): Promise<void>;
  /** Sends what is due for the next block; with every block. */
  withdrawDue(signal: AbortSignal): void;
  /** Resolves when no withdrawal is under way any more. */
  settled(): Promise<void>;
}

export const createFunds = (deps: FundsDeps): Funds => {
  const { api, reader, view, provider } = deps;
  const remembered = new Map<string, bigint>();
  let exchange: Exchange | undefined;
  const controller = new FundsController({
    ...deps,
    ...{ provider: provider().spec.address, marginBlocks: () => margin(provider()) },
    terms: () => {
      const { leases } = provider().spec;
      const blocks = (seconds: number): bigint => blocksFor(seconds, view.blockTimeMs);
      return {
        warnBlocks: blocks(leases.fundsWarningSeconds),
        minWithdrawUact: BigInt(leases.minWithdrawUact),
        rhythm: {
          feeUact: withdrawalFeeUact(deps.gasPrice, valueRate(deps.exchange(), 'akt')),
          capitalPercentPerYear: leases.capitalPercentPerYear,
          blockTimeMs: view.blockTimeMs,
          maxBlocks: blocks(leases.withdrawalPeriodSeconds),
        },
        // What the chain itself reckons with, however old: not our valuation.
        uaktUsdWhileHalted: exchange?.mintsHalted === true ? exchange.aktUsd : undefined,
      };
    },
    rememberedWithdrawal: (name) => remembered.get(name),
  });
  let recalled = false;
  /** Withdrawals made before this process began, so that a restart does not withdraw everything at once. */
  const recall = async (): Promise<void> => {
    for (const { metadata, status } of (await api.list(COMPUTE_LEASES)).items) {
      const height = status?.lastWithdrawal?.height;
      if (height !== undefined) remembered.set(metadata.name, BigInt(height));
    }
    recalled = true;
  };
  return {
    refresh: async () => {
      if (!recalled) await recall();
      try {
        exchange = await reader.exchange();
      } finally {
        // Without a price the rhythm goes by the last one.
        await controller.refresh();
      }
    },
    withdrawDue: (signal) => controller.withdrawDue(signal),
    settled: () => controller.settled(),
  };
};

const margin = ({ spec }: ComputeProvider): bigint => BigInt(spec.leases.runOutMarginBlocks);
