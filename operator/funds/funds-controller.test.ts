import { describe, expect, it } from '@jest/globals';
import type { ChainReader, TxOutcome } from '../../chain/ports.js';
import { leaseNamespace } from '../../manifests/names.js';
import { bidIdOf } from '../../market/ids.js';
import { Decimal } from '../../market/money.js';
import type { Lease } from '../../market/records.js';
import { ChainView } from '../chain-view/chain-view.js';
import { systemClock } from '../clock.js';
import { createLogger } from '../logger.js';
import { createMetrics } from '../metrics.js';
import { anOrderId } from '../testing/an-intent.js';
import { PROVIDER } from '../testing/world.js';
import { FundsBook } from './funds-book.js';
import { FundsController } from './funds-controller.js';

const uact = (amount: string) => ({ denom: 'uact', amount: new Decimal(amount) });
const aLease = (dseq: bigint): Lease => ({
  id: bidIdOf(anOrderId(dseq), PROVIDER),
  ...{ state: 'active', price: uact('10'), createdAt: 1n, closedOn: 0n, reason: '' },
  payment: {
    ...{ state: 'open', rate: uact('10'), balance: uact('0'), unsettled: uact('0') },
    withdrawn: { denom: 'uact', amount: 0n },
  },
});

/** Four leases, all due; transactions that hold the lease of `bad` fail in their block. */
const setup = (bad: bigint | undefined) => {
  let leases = [1n, 2n, 3n, 4n].map(aLease);
  const batches: (readonly bigint[])[] = [];
  const view = new ChainView(systemClock, 60_000, 1000);
  view.observe({ height: 1000n, timeMs: 0 });
  const book = new FundsBook();
  const withdrawn: bigint[] = [];
  const controller = new FundsController({
    reader: {
      leasesOf: () => Promise.resolve(leases),
      leasesOfOwner: () => Promise.resolve(leases),
      deployment: (id: Lease['id']) =>
        Promise.resolve({ id, escrow: { settledAt: 1n, funds: [uact('100000')] } }),
    } as unknown as ChainReader,
    lane: {
      submit: (messages) => {
        const dseqs = messages.flatMap((m) => (m.type === 'withdraw-lease' ? [m.id.dseq] : []));
        batches.push(dseqs);
        const failed = bad !== undefined && dseqs.includes(bad);
        const outcome: TxOutcome = {
          ...{ status: 'included', hash: 'A', height: 1000n, code: failed ? 7 : 0 },
          ...{ codespace: 'market', log: '', gasUsed: 1n, gasWanted: 1n },
        };
        return Promise.resolve(outcome);
      },
    },
    ...{ view, provider: PROVIDER, book, metrics: createMetrics(), log: createLogger('silent') },
    policy: () => ({ periodBlocks: 100n, runOutMarginBlocks: 5n, minWithdrawUact: 1n }),
    rememberedWithdrawal: () => undefined,
    onWithdrawn: (lease) => withdrawn.push(lease.id.dseq),
  });
  return {
    ...{ controller, batches, withdrawn, view, book },
    end: (dseq: bigint): void => {
      leases = leases.filter((l) => l.id.dseq !== dseq);
    },
    run: () => controller.run(new AbortController().signal),
  };
};

describe('FundsController', () => {
  it('withdraws everything due in one transaction, once', async () => {
    const { batches, withdrawn, run } = setup(undefined);
    await run();
    await run();
    expect(batches).toEqual([[1n, 2n, 3n, 4n]]);
    expect(withdrawn).toEqual([1n, 2n, 3n, 4n]);
  });

  it('one lease that spoils the batch is found by halving, and the others are paid', async () => {
    const { batches, withdrawn, run } = setup(3n);
    await run();
    expect(batches).toEqual([[1n, 2n, 3n, 4n], [1n, 2n], [3n, 4n], [3n], [4n]]);
    expect(withdrawn).toEqual([1n, 2n, 4n]);
  });

  it('the culprit is tried again ever more rarely, since each try costs a fee', async () => {
    const { batches, view, run } = setup(3n);
    await run();
    batches.length = 0;
    for (let h = 1001n; h < 1020n; h += 1n) {
      view.observe({ height: h, timeMs: 0 });
      await run();
    }
    expect(batches).toEqual([[3n], [3n], [3n], [3n]]);
  });

  it('money of a lease that ended is forgotten', async () => {
    const { book, end, run } = setup(undefined);
    await run();
    const name = leaseNamespace(aLease(2n).id);
    expect(book.get(name)?.earnedUact).toBe('9990');
    end(2n);
    await run();
    expect(book.get(name)).toBeUndefined();
  });
});
