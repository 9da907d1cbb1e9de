/**
 * Sends planned withdrawals: many in one transaction, one deployment never twice at once. A batch that fails is taken apart
 * until the lease that spoils it stands alone: by halves where there is time, into single ones where leases run unpaid.
 */
import type { TxLane, TxOutcome } from '../../chain/ports.js';
import { formatDeploymentId, formatLeaseId } from '../../market/ids.js';
import { RetrySchedule } from '../bidding/retry-schedule.js';
import type { Logger } from '../logger.js';
import type { PlannedWithdrawal } from './withdrawal-plan.js';

export type Included = Extract<TxOutcome, { status: 'included' }>;

export interface WithdrawerDeps {
  readonly lane: Pick<TxLane, 'submit'>;
  readonly log: Logger;
  readonly height: () => bigint;
  /** Told of each withdrawal in a block. */
  readonly onWithdrawn: (planned: PlannedWithdrawal, outcome: Included) => void;
}

/** Withdrawals in one transaction; more would hold up a block's other business. */
const BATCH = 50;
/** Gas of a withdrawal that ends its deployment: 272,171 was measured with one lease (real-node.md); a third more, in two parts. */
const CLOSING_GAS = 240_000n;
const CLOSING_GAS_PER_LEASE = 120_000n;

const closingGas = (batch: readonly PlannedWithdrawal[]): bigint =>
  batch.reduce((sum, p) => sum + CLOSING_GAS + CLOSING_GAS_PER_LEASE * BigInt(p.sharing), 0n);

export class Withdrawer {
  readonly #deps: WithdrawerDeps;
  readonly #retries = new RetrySchedule();
  readonly #busy = new Set<string>();
  readonly #flights = new Set<Promise<void>>();

  constructor(deps: WithdrawerDeps) {
    this.#deps = deps;
  }

  /** Of `planned`, what may be sent now: nothing of a deployment under way, nothing that was refused a moment ago. */
  sendable(planned: readonly PlannedWithdrawal[]): readonly PlannedWithdrawal[] {
    const height = this.#deps.height();
    return planned.filter(
      ({ id }) =>
        !this.#busy.has(formatDeploymentId(id)) && this.#retries.isDue(formatLeaseId(id), height),
    );
  }

  /** Sends without waiting for the blocks; urgent ones and periodic ones never share a transaction. */
  send(planned: readonly PlannedWithdrawal[], signal: AbortSignal): void {
    const urgent = planned.filter((p) => p.cause === 'RanOut');
    const others = planned.filter((p) => p.cause !== 'RanOut');
    for (const group of [urgent, others])
      for (let i = 0; i < group.length; i += BATCH) this.#start(group.slice(i, i + BATCH), signal);
  }

  /** Forgets refusals of leases that have ended. */
  retain(live: ReadonlySet<string>): void {
    this.#retries.retain((path) => live.has(path));
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.all([...this.#flights]);
  }

  #start(batch: readonly PlannedWithdrawal[], signal: AbortSignal): void {
    const keys = batch.map(({ id }) => formatDeploymentId(id));
    for (const key of keys) this.#busy.add(key);
    const flight = this.#withdraw(batch, signal).finally(() => {
      for (const key of keys) this.#busy.delete(key);
      this.#flights.delete(flight);
    });
    this.#flights.add(flight);
  }

  /** Never rejects. */
  async #withdraw(batch: readonly PlannedWithdrawal[], signal: AbortSignal): Promise<void> {
    const { lane, log } = this.#deps;
    const urgent = batch[0]?.cause === 'RanOut';
    let outcome: TxOutcome;
    try {
      outcome = await lane.submit(
        batch.map(({ id }) => ({ type: 'withdraw-lease', id })),
        { signal, ...(urgent ? { gas: closingGas(batch) } : {}) },
      );
    } catch (err) {
      // Unknown: the next look at the chain tells what came of it.
      log.warn({ err, leases: batch.length }, 'the outcome of a withdrawal is unknown for now');
      return;
    }
    if (outcome.status === 'included' && outcome.code === 0) {
      for (const planned of batch) this.#withdrawn(planned, outcome);
      return;
    }
    if (outcome.status === 'expired' || batch.length === 1) {
      this.#failed(batch, outcome);
      return;
    }
    const size = urgent ? 1 : Math.ceil(batch.length / 2);
    const parts = Array.from({ length: Math.ceil(batch.length / size) }, (_, i) =>
      batch.slice(i * size, (i + 1) * size),
    );
    await Promise.all(parts.map((part) => this.#withdraw(part, signal)));
  }

  #withdrawn(planned: PlannedWithdrawal, outcome: Included): void {
    const path = formatLeaseId(planned.id);
    // A lease that lives on although its account was empty is not touched in every block: each touch costs a fee.
    if (planned.cause === 'RanOut') this.#retries.failed(path, outcome.height);
    else this.#retries.succeeded(path);
    this.#deps.onWithdrawn(planned, outcome);
  }

  #failed(batch: readonly PlannedWithdrawal[], outcome: TxOutcome): void {
    const { height, log } = this.#deps;
    const detail =
      outcome.status === 'expired'
        ? 'it expired'
        : `${outcome.codespace}/${outcome.code} ${outcome.log}`;
    for (const { id } of batch) this.#retries.failed(formatLeaseId(id), height());
    log.warn(
      { leases: batch.map(({ id }) => formatLeaseId(id)) },
      `WithdrawalFailed: ${detail}; tried again later`,
    );
  }
}
