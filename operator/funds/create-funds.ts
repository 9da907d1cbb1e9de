/** Puts the funds controller together with the provider's policy. */
import type { ChainReader, TxLane } from '../../chain/ports.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import type { LeaseId } from '../../market/ids.js';
import type { KubeApi } from '../../kube/api.js';
import { COMPUTE_LEASES } from '../../kube/resources.js';
import { blocksFor } from '../bidding/bid-timeout.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import type { FundsBook } from './funds-book.js';
import { FundsController } from './funds-controller.js';

export interface FundsDeps {
  readonly api: KubeApi;
  readonly reader: ChainReader;
  readonly lane: Pick<TxLane, 'submit'>;
  readonly view: ChainView;
  readonly metrics: OperatorMetrics;
  readonly log: Logger;
  readonly provider: () => ComputeProvider;
  readonly book: FundsBook;
  readonly onWithdrawn: (id: LeaseId) => void;
}

/** Blocks before the escrow runs dry at which a last withdrawal is made. */
const RUN_OUT_MARGIN_BLOCKS = 5n;

export interface Funds {
  run(signal: AbortSignal): Promise<void>;
}

export const createFunds = (deps: FundsDeps): Funds => {
  const { api, reader, lane, view, metrics, log, provider, book } = deps;
  const remembered = new Map<string, bigint>();
  const controller = new FundsController({
    ...{ reader, lane, view, metrics, log, book, provider: provider().spec.address },
    policy: () => {
      const { withdrawalPeriodSeconds, minWithdrawUact } = provider().spec.leases;
      return {
        periodBlocks: blocksFor(withdrawalPeriodSeconds, view.blockTimeMs),
        runOutMarginBlocks: RUN_OUT_MARGIN_BLOCKS,
        minWithdrawUact: BigInt(minWithdrawUact),
      };
    },
    rememberedWithdrawal: (name) => remembered.get(name),
    onWithdrawn: ({ id }) => deps.onWithdrawn(id),
  });
  let recalled = false;
  return {
    run: async (signal) => {
      if (!recalled) {
        // Withdrawals made before this process began, so that a restart does not withdraw everything at once.
        for (const { metadata, status } of (await api.list(COMPUTE_LEASES)).items) {
          const height = status?.lastWithdrawal?.height;
          if (height !== undefined) remembered.set(metadata.name, BigInt(height));
        }
        recalled = true;
      }
      await controller.run(signal);
    },
  };
};
