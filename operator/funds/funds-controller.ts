/**
 * Money in: computes what each live lease earned and how long its escrow lasts, withdraws what is due in one transaction,
 * and finds the lease that spoils a batch by halving it.
 */
import type { ChainReader, TxLane, TxOutcome } from '../../chain/ports.js';
import { formatDeploymentId, formatLeaseId } from '../../market/ids.js';
import { truncate } from '../../market/money.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { Deployment, Lease } from '../../market/records.js';
import { leaseNamespace } from '../../manifests/names.js';
import { RetrySchedule } from '../bidding/retry-schedule.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import type { FundsBook } from './funds-book.js';
import { earnedAt, fundsOf, runOutHeight } from './run-out.js';
import { planWithdrawals } from './withdrawal-plan.js';
import type { LeaseFunds, PlannedWithdrawal, WithdrawalPolicy } from './withdrawal-plan.js';

export interface FundsControllerDeps {
  readonly reader: ChainReader;
  readonly lane: Pick<TxLane, 'submit'>;
  readonly view: ChainView;
  readonly provider: string;
  readonly book: FundsBook;
  readonly metrics: OperatorMetrics;
  readonly log: Logger;
  readonly policy: () => WithdrawalPolicy;
  /** Height of the last withdrawal that a ComputeLease's status remembers, for the time before this process. */
  readonly rememberedWithdrawal: (leaseName: string) => bigint | undefined;
  /** Told after each withdrawal, so that the lease's status shows it. */
  readonly onWithdrawn: (lease: Lease) => void;
}

export class FundsController {
  readonly #deps: FundsControllerDeps;
  readonly #retries = new RetrySchedule();

  constructor(deps: FundsControllerDeps) {
    this.#deps = deps;
  }

  /** One look at all money. Nothing on a stale view. @throws when the chain cannot be read */
  async run(signal: AbortSignal): Promise<void> {
    const { reader, view, provider, policy, book } = this.#deps;
    if (view.staleness() !== undefined) return;
    const leases = await reader.leasesOf(provider, LIVE_LEASE_STATES);
    const byLease = new Map(leases.map((l) => [formatLeaseId(l.id), l]));
    const funds = await this.#fundsOf(leases);
    book.retain(new Set(leases.map((l) => leaseNamespace(l.id))));
    this.#retries.retain((path) => byLease.has(path));
    const due = planWithdrawals(funds, view.height, policy()).filter(({ id }) =>
      this.#retries.isDue(formatLeaseId(id), view.height),
    );
    if (due.length > 0) await this.#withdraw(due, byLease, signal);
  }

  async #fundsOf(leases: readonly Lease[]): Promise<readonly LeaseFunds[]> {
    const deployments = new Map<string, { deployment: Deployment; leases: readonly Lease[] }>();
    const result: LeaseFunds[] = [];
    for (const lease of leases) {
      const key = formatDeploymentId(lease.id);
      let shared = deployments.get(key);
      if (shared === undefined) {
        const deployment = await this.#deps.reader.deployment(lease.id);
        if (deployment === undefined) continue;
        const all = await this.#deps.reader.leasesOfOwner(lease.id.owner, LIVE_LEASE_STATES);
        shared = { deployment, leases: all.filter((l) => formatDeploymentId(l.id) === key) };
        deployments.set(key, shared);
      }
      result.push(this.#account(lease, shared.deployment, shared.leases));
    }
    return result;
  }

  #account(lease: Lease, deployment: Deployment, sharing: readonly Lease[]): LeaseFunds {
    const { view, book, rememberedWithdrawal } = this.#deps;
    const name = leaseNamespace(lease.id);
    const { denom } = lease.price;
    const runOut = runOutHeight(deployment.escrow, sharing, denom);
    const earned = truncate(earnedAt(lease, deployment.escrow, sharing, view.height));
    const withdrawn = lease.payment?.withdrawn.amount ?? 0n;
    const blocksLeft =
      runOut === undefined ? undefined : runOut > view.height ? runOut - view.height : 0n;
    book.set(name, {
      earnedUact: earned.toString(),
      withdrawnUact: withdrawn.toString(),
      escrow: {
        balanceUact: truncate(fundsOf(deployment.escrow, denom)).toString(),
        ...(runOut === undefined ? {} : { runOutHeight: runOut.toString() }),
      },
      funded: blocksLeft === undefined || blocksLeft > 0n,
      blocksLeft,
    });
    const noted = book.lastWithdrawal(name);
    return {
      id: lease.id,
      lastWithdrawalHeight:
        noted === undefined
          ? (rememberedWithdrawal(name) ?? lease.createdAt)
          : BigInt(noted.height),
      runOutHeight: runOut,
      withdrawableUact: earned - withdrawn,
    };
  }

  /** Withdraws all in one transaction; a batch that fails is halved until the culprit stands alone. */
  async #withdraw(
    due: readonly PlannedWithdrawal[],
    leases: ReadonlyMap<string, Lease>,
    signal: AbortSignal,
  ): Promise<void> {
    const { lane, log, view } = this.#deps;
    const outcome = await lane.submit(
      due.map(({ id }) => ({ type: 'withdraw-lease', id })),
      { signal },
    );
    if (outcome.status === 'included' && outcome.code === 0) {
      for (const planned of due) this.#noteWithdrawal(planned, leases, outcome);
      return;
    }
    const detail =
      outcome.status === 'expired'
        ? 'it expired'
        : `${outcome.codespace}/${outcome.code} ${outcome.log}`;
    if (due.length === 1 || outcome.status === 'expired') {
      for (const { id } of due) this.#retries.failed(formatLeaseId(id), view.height);
      log.warn(
        { leases: due.map((d) => formatLeaseId(d.id)) },
        `WithdrawalFailed: ${detail}; tried again later`,
      );
      return;
    }
    const half = Math.ceil(due.length / 2);
    await this.#withdraw(due.slice(0, half), leases, signal);
    await this.#withdraw(due.slice(half), leases, signal);
  }

  #noteWithdrawal(
    { id, cause }: PlannedWithdrawal,
    leases: ReadonlyMap<string, Lease>,
    outcome: Extract<TxOutcome, { status: 'included' }>,
  ): void {
    const { book, metrics, log, onWithdrawn } = this.#deps;
    this.#retries.succeeded(formatLeaseId(id));
    const name = leaseNamespace(id);
    const lease = leases.get(formatLeaseId(id));
    const money = book.get(name);
    const amountUact =
      money === undefined ? 0n : BigInt(money.earnedUact) - BigInt(money.withdrawnUact);
    book.noteWithdrawal(name, { height: outcome.height.toString(), txHash: outcome.hash });
    metrics.withdrawn(Number(amountUact));
    log.info(
      { lease: name, cause, height: outcome.height.toString(), aboutUact: amountUact.toString() },
      'withdrawn',
    );
    if (lease !== undefined) onWithdrawn(lease);
  }
}
