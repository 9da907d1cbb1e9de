/**
 * Money in. `refresh` reads every escrow account and counts; `withdrawDue` looks at the heights alone, with every block, reads
 * again what is about to run dry (the tenant may have topped it up), and sends what is due.
 */
import type { ChainReader, TxLane } from '../../chain/ports.js';
import { formatDeploymentId, formatLeaseId } from '../../market/ids.js';
import type { LeaseId } from '../../market/ids.js';
import type { Lease } from '../../market/records.js';
import { leaseNamespace } from '../../manifests/names.js';
import type { ChainView } from '../chain-view/chain-view.js';
import type { Logger } from '../logger.js';
import type { OperatorMetrics } from '../metrics.js';
import { countMoney } from './count-money.js';
import type { CountedMoney, CountTerms } from './count-money.js';
import { EscrowAccounts } from './escrow-accounts.js';
import type { AccountView } from './escrow-accounts.js';
import type { FundsBook } from './funds-book.js';
import { planWithdrawals } from './withdrawal-plan.js';
import type { PlannedWithdrawal } from './withdrawal-plan.js';
import { Withdrawer } from './withdrawer.js';
import type { Included } from './withdrawer.js';

export interface FundsControllerDeps {
  readonly reader: Pick<ChainReader, 'leasesOf' | 'leasesOfOwner' | 'deployment'>;
  readonly lane: Pick<TxLane, 'submit'>;
  readonly view: ChainView;
  readonly provider: string;
  readonly book: FundsBook;
  readonly metrics: OperatorMetrics;
  readonly log: Logger;
  /** The terms of the moment; heights and times are the view's. */
  readonly terms: () => Omit<CountTerms, 'height' | 'timeMs'>;
  /** How many blocks before an account is empty to withdraw regardless of the rhythm. */
  readonly marginBlocks: () => bigint;
  /** Height of the last withdrawal that a ComputeLease's status remembers, for the time before this process. */
  readonly rememberedWithdrawal: (leaseName: string) => bigint | undefined;
  /** Told when a lease's status has something new to say: a withdrawal, or another outlook. */
  readonly onChanged: (id: LeaseId) => void;
}

export class FundsController {
  readonly #deps: FundsControllerDeps;
  readonly #accounts: EscrowAccounts;
  readonly #withdrawer: Withdrawer;
  readonly #counted = new Map<string, CountedMoney>();
  /** Lease paths whose accounts are being read before a withdrawal. */
  readonly #reading = new Set<string>();
  readonly #flights = new Set<Promise<void>>();

  constructor(deps: FundsControllerDeps) {
    this.#deps = deps;
    this.#accounts = new EscrowAccounts(deps.reader, deps.provider, () => deps.view.height);
    this.#withdrawer = new Withdrawer({
      ...{ lane: deps.lane, log: deps.log, height: () => deps.view.height },
      onWithdrawn: (planned, outcome) => this.#noteWithdrawal(planned, outcome),
    });
  }

  /** Reads and counts everything. Nothing on a stale view. @throws when some account could not be read, after the others */
  async refresh(): Promise<void> {
    if (this.#deps.view.staleness() !== undefined) return;
    try {
      await this.#accounts.refreshAll();
    } finally {
      this.#count(this.#accounts.views());
      this.#retain();
    }
  }

  /** Sends what is due for the next block, and waits for nothing: the next block's may be as urgent. */
  withdrawDue(signal: AbortSignal): void {
    if (this.#deps.view.staleness() !== undefined) return;
    const due = this.#sendable();
    const old = due.filter((p) => p.cause !== 'Periodic' && this.#isOld(p.id));
    this.#withdrawer.send(
      due.filter((p) => !old.includes(p)),
      signal,
    );
    const unread = old.filter((p) => !this.#reading.has(formatLeaseId(p.id)));
    if (unread.length === 0) return;
    const flight = this.#readAndSend(unread, signal).finally(() => this.#flights.delete(flight));
    this.#flights.add(flight);
  }

  /** Never rejects. */
  async #readAndSend(old: readonly PlannedWithdrawal[], signal: AbortSignal): Promise<void> {
    const paths = old.map((p) => formatLeaseId(p.id));
    for (const path of paths) this.#reading.add(path);
    try {
      await this.#accounts.refresh(old);
      this.#count(this.#viewsOf(old));
      this.#retain();
    } catch (err) {
      this.#deps.log.warn({ err, leases: paths }, 'accounts that run dry could not be read now');
      return;
    } finally {
      for (const path of paths) this.#reading.delete(path);
    }
    this.#withdrawer.send(
      this.#sendable().filter((p) => !this.#isOld(p.id)),
      signal,
    );
  }

  /**
   * Whether the tenant may have topped up since the account was read. One that was read in the margin is sent at once: at worst
   * it costs a withdrawal too many, while a reading costs a block.
   */
  #isOld(id: LeaseId): boolean {
    const { view, marginBlocks } = this.#deps;
    const seen = this.#accounts.get(formatDeploymentId(id));
    return seen === undefined || view.height - seen.readAtHeight > marginBlocks() + 1n;
  }

  /** Resolves when no withdrawal is under way any more. */
  async settled(): Promise<void> {
    await Promise.all([...this.#flights]);
    await this.#withdrawer.settled();
  }

  #sendable(): readonly PlannedWithdrawal[] {
    const { view, marginBlocks } = this.#deps;
    const funds = Array.from(this.#counted.values(), (c) => c.funds);
    return this.#withdrawer.sendable(planWithdrawals(funds, view.height, marginBlocks()));
  }

  /** Counts the given accounts, of which leases may have come and gone. */
  #count(views: readonly AccountView[]): void {
    const { view, book, terms, onChanged } = this.#deps;
    const now: CountTerms = { ...terms(), height: view.height, timeMs: view.timeMs };
    for (const account of views) {
      for (const counted of countMoney(account, now, (lease) => this.#lastWithdrawal(lease))) {
        const { lease, money } = counted;
        const name = leaseNamespace(lease.id);
        const changed = book.get(name)?.outlook !== money.outlook;
        this.#counted.set(formatLeaseId(lease.id), counted);
        book.set(name, money);
        if (changed) onChanged(lease.id);
      }
    }
  }

  /** Forgets leases that no account holds any more. */
  #retain(): void {
    const live = this.#accounts.views().flatMap(({ own }) => own.map((l) => l.id));
    const paths = new Set(live.map(formatLeaseId));
    for (const path of this.#counted.keys()) if (!paths.has(path)) this.#counted.delete(path);
    this.#deps.book.retain(new Set(live.map(leaseNamespace)));
    this.#withdrawer.retain(paths);
    const money = this.#deps.book.all();
    this.#deps.metrics.escrow({
      runningOut: money.filter((m) => m.outlook !== 'Lasts').length,
      missingUact: Number(money.reduce((sum, m) => sum + m.missingUact, 0n)),
    });
  }

  #lastWithdrawal(lease: Lease): bigint {
    const name = leaseNamespace(lease.id);
    const noted = this.#deps.book.lastWithdrawal(name);
    return noted === undefined
      ? (this.#deps.rememberedWithdrawal(name) ?? lease.createdAt)
      : BigInt(noted.height);
  }

  #noteWithdrawal({ id, cause }: PlannedWithdrawal, outcome: Included): void {
    const { book, metrics, log, onChanged } = this.#deps;
    const name = leaseNamespace(id);
    const money = book.get(name);
    const amountUact =
      money === undefined ? 0n : BigInt(money.earnedUact) - BigInt(money.withdrawnUact);
    book.noteWithdrawal(name, { height: outcome.height.toString(), txHash: outcome.hash });
    metrics.withdrawn(Number(amountUact));
    log.info(
      { lease: name, cause, height: outcome.height.toString(), aboutUact: amountUact.toString() },
      'withdrawn',
    );
    // Until the next reading the rhythm counts from here, and nothing is withdrawn twice.
    if (cause !== 'RanOut') this.#count(this.#viewsOf([{ id }]));
    onChanged(id);
  }

  #viewsOf(leases: readonly Pick<Lease, 'id'>[]): readonly AccountView[] {
    return leases.flatMap(({ id }) => this.#accounts.get(formatDeploymentId(id)) ?? []);
  }
}
