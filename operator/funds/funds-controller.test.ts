import { describe, expect, it } from '@jest/globals';
import type { ChainMessage, ChainReader, TxOutcome } from '../../chain/ports.js';
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

const RIVAL = 'akash1cau5nruy5c67ty35eguujlgg2y6cphzfajqxyl';
const uact = (amount: string) => ({ denom: 'uact', amount: new Decimal(amount) });
const aLease = (dseq: bigint, provider = PROVIDER): Lease => ({
  id: bidIdOf(anOrderId(dseq), provider),
  ...{ state: 'active', price: uact('10'), createdAt: 1n, closedOn: 0n, reason: '' },
  payment: {
    ...{ state: 'open', rate: uact('10'), balance: uact('0'), unsettled: uact('0') },
    withdrawn: { denom: 'uact', amount: 0n },
  },
});

/** Leases settled at height 1, at 10 uact a block each, on accounts of 100,000 uact unless told otherwise. */
const setup = (leases: readonly Lease[] = [1n, 2n, 3n].map((n) => aLease(n))) => {
  let live = leases;
  const funds = new Map<bigint, string>();
  const reads: string[] = [];
  const sent: (readonly bigint[])[] = [];
  const changed: bigint[] = [];
  const view = new ChainView(systemClock, 60_000, 1000);
  view.observe({ height: 1000n, timeMs: 0 });
  const book = new FundsBook();
  const metrics = createMetrics();
  const of = (states: readonly string[]) => live.filter((l) => states.includes(l.state));
  const controller = new FundsController({
    reader: {
      leasesOf: (provider, states) =>
        Promise.resolve(of(states).filter((l) => l.id.provider === provider)),
      leasesOfOwner: (_owner, states) => Promise.resolve(of(states)),
      deployment: (id) => {
        reads.push(id.dseq.toString());
        return Promise.resolve({
          id,
          escrow: { settledAt: 1n, funds: [uact(funds.get(id.dseq) ?? '100000')] },
        }) as unknown as ReturnType<ChainReader['deployment']>;
      },
    },
    lane: {
      submit: (messages: readonly ChainMessage[]) => {
        sent.push(messages.flatMap((m) => (m.type === 'withdraw-lease' ? [m.id.dseq] : [])));
        const outcome: TxOutcome = {
          ...{ status: 'included', hash: 'A', height: view.height + 1n, code: 0, codespace: '' },
          ...{ log: '', gasUsed: 1n, gasWanted: 1n },
        };
        return Promise.resolve(outcome);
      },
    },
    ...{ view, provider: PROVIDER, book, metrics, log: createLogger('silent') },
    terms: () => ({
      ...{ warnBlocks: 100n, minWithdrawUact: 1n, uaktUsdWhileHalted: undefined },
      rhythm: {
        feeUact: new Decimal('3000'),
        ...{ capitalPercentPerYear: 15, blockTimeMs: 1000, maxBlocks: 500n },
      },
    }),
    marginBlocks: () => 5n,
    rememberedWithdrawal: () => undefined,
    onChanged: ({ dseq }) => changed.push(dseq),
  });
  const look = async (): Promise<void> => {
    controller.withdrawDue(new AbortController().signal);
    await controller.settled();
  };
  return {
    ...{ controller, book, sent, reads, changed, funds, look, metrics },
    at: (height: bigint) => view.observe({ height, timeMs: Number(height) * 1000 }),
    leases: (now: readonly Lease[]) => {
      live = now;
    },
    money: (dseq: bigint) => book.get(leaseNamespace(aLease(dseq).id)),
  };
};

describe('FundsController', () => {
  it('withdraws everything due in one transaction, once', async () => {
    const { controller, sent, look } = setup();
    await controller.refresh();
    await look();
    await look();
    expect(sent).toEqual([[1n, 2n, 3n]]);
  });

  it('reads again what is about to run dry, and spares what was topped up meanwhile', async () => {
    const { controller, sent, reads, funds, look, at, changed, money } = setup();
    funds.set(2n, '10500');
    await controller.refresh();
    expect(money(2n)?.outlook).toBe('RunningOut');
    await look();
    expect(sent.splice(0)).toEqual([[1n, 2n, 3n]]);
    reads.length = 0;
    funds.set(2n, '90000');
    at(1051n);
    await look();
    expect(reads).toEqual(['2']);
    expect(sent).toEqual([]);
    expect(money(2n)?.outlook).toBe('Lasts');
    expect(changed.filter((dseq) => dseq === 2n).length).toBeGreaterThan(1);
  });

  it('ends a lease in the first block that its account cannot pay', async () => {
    const { controller, sent, funds, look, at } = setup();
    funds.set(2n, '10500');
    await controller.refresh();
    await look();
    sent.length = 0;
    // 10,500 uact at 10 a block, settled at 1, pay up to block 1051: five blocks before the next one earnings come in.
    at(1046n);
    await look();
    expect(sent.splice(0)).toEqual([[2n]]);
    at(1050n);
    await look();
    expect(sent).toEqual([]);
    at(1051n);
    await look();
    expect(sent).toEqual([[2n]]);
  });

  it("counts what other providers' leases draw, and withdraws only from ours", async () => {
    const shared = [aLease(2n), aLease(2n, RIVAL)];
    const { controller, sent, funds, look, at } = setup(shared);
    funds.set(2n, '21000');
    await controller.refresh();
    await look();
    sent.length = 0;
    at(1051n);
    await look();
    expect(sent).toEqual([[2n]]);
  });

  it('a lease that is being reclaimed is paid like any other', async () => {
    const { controller, sent, look, money } = setup([{ ...aLease(4n), state: 'reclaiming' }]);
    await controller.refresh();
    await look();
    expect(sent).toEqual([[4n]]);
    expect(money(4n)?.earnedUact).toBe('9990');
  });

  it('money of a lease that ended is forgotten', async () => {
    const { controller, leases, money } = setup();
    await controller.refresh();
    expect(money(2n)?.earnedUact).toBe('9990');
    leases([aLease(1n)]);
    await controller.refresh();
    expect(money(2n)).toBeUndefined();
  });

  it('one account that cannot be read does not hide the others', async () => {
    const { controller, funds, money } = setup();
    funds.set(2n, 'not a number');
    await expect(controller.refresh()).rejects.toThrow();
    expect(money(1n)?.earnedUact).toBe('9990');
    expect(money(2n)).toBeUndefined();
  });

  it('counts leases that run out, and what is missing', async () => {
    const { controller, funds, metrics } = setup();
    funds.set(2n, '500');
    await controller.refresh();
    const text = await metrics.registry.metrics();
    expect(text).toContain('berth_leases_running_out 1');
    expect(text).toContain('berth_earnings_missing_uact 9490');
  });
});
