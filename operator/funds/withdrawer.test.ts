import { describe, expect, it } from '@jest/globals';
import type { TxOutcome } from '../../chain/ports.js';
import { bidIdOf } from '../../market/ids.js';
import { createLogger } from '../logger.js';
import { anOrderId } from '../testing/an-intent.js';
import { PROVIDER } from '../testing/world.js';
import type { PlannedWithdrawal, WithdrawalCause } from './withdrawal-plan.js';
import { Withdrawer } from './withdrawer.js';

const planned = (dseq: bigint, cause: WithdrawalCause = 'Periodic'): PlannedWithdrawal => ({
  ...{ id: bidIdOf(anOrderId(dseq), PROVIDER), sharing: 1, cause },
});

/** Transactions that hold the lease of `bad` fail in their block; `hold` keeps all of them waiting. */
const setup = (bad?: bigint) => {
  const batches: (readonly bigint[])[] = [];
  const withdrawn: bigint[] = [];
  let height = 1000n;
  let release: () => void = () => undefined;
  let gate = Promise.resolve();
  let end: TxOutcome | undefined;
  const withdrawer = new Withdrawer({
    lane: {
      submit: async (messages) => {
        const dseqs = messages.flatMap((m) => (m.type === 'withdraw-lease' ? [m.id.dseq] : []));
        batches.push(dseqs);
        await gate;
        const failed = bad !== undefined && dseqs.includes(bad);
        return (
          end ?? {
            ...{ status: 'included', hash: 'A', height, code: failed ? 7 : 0 },
            ...{ codespace: 'market', log: '', gasUsed: 1n, gasWanted: 1n },
          }
        );
      },
    },
    log: createLogger('silent'),
    height: () => height,
    onWithdrawn: ({ id }) => withdrawn.push(id.dseq),
  });
  const signal = new AbortController().signal;
  return {
    ...{ batches, withdrawn, withdrawer },
    send: (list: readonly PlannedWithdrawal[]) => {
      const sendable = withdrawer.sendable(list);
      withdrawer.send(sendable, signal);
      return sendable.map((p) => p.id.dseq);
    },
    at: (h: bigint): void => {
      height = h;
    },
    endWith: (outcome: TxOutcome): void => {
      end = outcome;
    },
    hold: (): void => {
      gate = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => release(),
  };
};
const range = (n: number): readonly bigint[] => Array.from({ length: n }, (_, i) => BigInt(i + 1));

describe('Withdrawer', () => {
  it('puts everything into one transaction, up to its size', async () => {
    const { batches, withdrawn, withdrawer, send } = setup();
    send(range(60).map((n) => planned(n)));
    await withdrawer.settled();
    expect(batches.map((b) => b.length)).toEqual([50, 10]);
    expect(withdrawn).toHaveLength(60);
  });

  it('one lease that spoils a batch is found by halving, and the others are paid', async () => {
    const { batches, withdrawn, withdrawer, send } = setup(3n);
    send(range(4).map((n) => planned(n)));
    await withdrawer.settled();
    expect(batches).toEqual([[1n, 2n, 3n, 4n], [1n, 2n], [3n, 4n], [3n], [4n]]);
    expect(withdrawn).toEqual([1n, 2n, 4n]);
  });

  it('where leases run unpaid, the second try is already one by one', async () => {
    const { batches, withdrawn, withdrawer, send } = setup(3n);
    send(range(4).map((n) => planned(n, 'RanOut')));
    await withdrawer.settled();
    expect(batches).toEqual([[1n, 2n, 3n, 4n], [1n], [2n], [3n], [4n]]);
    expect(withdrawn).toEqual([1n, 2n, 4n]);
  });

  it('never has two withdrawals of one deployment under way', async () => {
    const { hold, release, withdrawer, send } = setup();
    hold();
    expect(send([planned(1n)])).toEqual([1n]);
    expect(send([planned(1n), planned(2n)])).toEqual([2n]);
    release();
    await withdrawer.settled();
    expect(send([planned(1n)])).toEqual([1n]);
    await withdrawer.settled();
  });

  it.each<[string, bigint | undefined, WithdrawalCause]>([
    ['a lease that the chain refuses', 3n, 'Periodic'],
    ['one that lives on although its account was empty', undefined, 'RanOut'],
  ])('%s is tried again ever more rarely, since each try costs a fee', async (_n, bad, cause) => {
    const { batches, at, withdrawer, send } = setup(bad);
    for (let h = 1000n; h < 1020n; h += 1n) {
      at(h);
      send([planned(3n, cause)]);
      await withdrawer.settled();
    }
    expect(batches).toHaveLength(5);
  });

  it('a batch that expired is not taken apart: nothing is wrong with any of it', async () => {
    const { batches, withdrawer, send, endWith } = setup();
    endWith({ status: 'expired', hash: 'A' });
    send(range(4).map((n) => planned(n)));
    await withdrawer.settled();
    expect(batches).toHaveLength(1);
  });
});
