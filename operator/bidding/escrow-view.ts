/**
 * What the escrow accounts of open orders hold. A block tells what a new deployment was opened with, so that nobody is asked on the
 * way to its bid; everything else is asked for once, and again when somebody paid in, a lease of the deployment began or ended,
 * or the answer is old. A cache: losing it costs questions.
 */
import pLimit from 'p-limit';
import { ChainUnavailableError } from '../../chain/ports.js';
import type { ChainReader } from '../../chain/ports.js';
import type { Block, MarketEvent } from '../../market/events.js';
import { formatDeploymentId } from '../../market/ids.js';
import type { DeploymentId } from '../../market/ids.js';
import { Decimal } from '../../market/money.js';
import type { DecCoin } from '../../market/money.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { EscrowAccount } from '../../market/records.js';

/** Questions under way at once. */
const CONCURRENT_READS = 8;
const ZERO = new Decimal('0');

interface Entry {
  readonly account: EscrowAccount;
  /** What living leases draw per block, by denomination. */
  readonly draws: readonly DecCoin[];
  /** Monotonic milliseconds. */
  readonly atMs: number;
  /** It is asked for again; until then it counts, for it can only hold more than this. */
  readonly old: boolean;
}

export interface EscrowViewDeps {
  readonly reader: Pick<ChainReader, 'deployment' | 'leasesOfOwner'>;
  /** Newest height seen. */
  readonly height: () => bigint;
  readonly clock: { monotonic(): number };
  /** Beyond this age an answer is asked for again, milliseconds. */
  readonly maxAgeMs: number;
  /** Told of the deployments whose account was just read, as {@link formatDeploymentId} prints them. */
  readonly onLearnt: (deployments: ReadonlySet<string>) => void;
}

const isOfLease = (event: MarketEvent): boolean =>
  event.type === 'lease-created' || event.type === 'lease-closed';

export class EscrowView {
  readonly #deps: EscrowViewDeps;
  readonly #entries = new Map<string, Entry>();
  /** Deployments of which nothing certain is known, and that a decision asked for. */
  readonly #wanted = new Map<string, DeploymentId>();
  /** Counts what befell a deployment, so that an answer from before it is not taken. */
  readonly #turns = new Map<string, number>();

  constructor(deps: EscrowViewDeps) {
    this.#deps = deps;
  }

  /** Takes in what a block tells; asks nobody. */
  onBlock({ events }: Block): void {
    for (const event of events) {
      if (event.type === 'order-created' && event.escrow !== undefined) {
        this.#put(formatDeploymentId(event.id), event.escrow, []);
      } else if (isOfLease(event) || event.type === 'deployment-closed') {
        // What the account holds depends on who draws on it.
        const key = formatDeploymentId((event as { readonly id: DeploymentId }).id);
        this.#turn(key);
        this.#entries.delete(key);
      } else if (event.type === 'deployment-deposited') {
        const key = formatDeploymentId(event.id);
        const entry = this.#entries.get(key);
        this.#turn(key);
        if (entry === undefined) continue;
        this.#entries.set(key, { ...entry, old: true });
        this.#wanted.set(key, { owner: event.id.owner, dseq: event.id.dseq });
      }
    }
  }

  /** The account as it is at the newest height seen; `undefined` while that is not known, and then it is asked for by `read`. */
  accountOf({ owner, dseq }: DeploymentId): EscrowAccount | undefined {
    const key = formatDeploymentId({ owner, dseq });
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#wanted.set(key, { owner, dseq });
      return undefined;
    }
    const age = this.#deps.clock.monotonic() - entry.atMs;
    if (entry.old || age > this.#deps.maxAgeMs) this.#wanted.set(key, { owner, dseq });
    return this.#drawn(entry);
  }

  /** Whether `read` has anything to ask. */
  get wants(): boolean {
    return this.#wanted.size > 0;
  }

  /**
   * Asks for everything that is wanted.
   * @throws ChainUnavailableError when something could not be read; it stays wanted, and what could be is kept
   */
  async read(): Promise<void> {
    const limit = pLimit(CONCURRENT_READS);
    const learnt = new Set<string>();
    const results = await Promise.allSettled(
      Array.from(this.#wanted, ([key, id]) =>
        limit(async () => {
          if (await this.#readOne(key, id)) learnt.add(key);
        }),
      ),
    );
    if (learnt.size > 0) this.#deps.onLearnt(learnt);
    const failed = results.find((r) => r.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const missing = results.length - learnt.size;
    if (missing > 0) {
      throw new ChainUnavailableError(`${missing} deployments of open orders cannot be read yet`);
    }
  }

  /** Forgets deployments that have no open order. */
  retain(open: Iterable<DeploymentId>): void {
    const keys = new Set(Array.from(open, formatDeploymentId));
    for (const map of [this.#entries, this.#wanted, this.#turns])
      for (const key of map.keys()) if (!keys.has(key)) map.delete(key);
  }

  async #readOne(key: string, id: DeploymentId): Promise<boolean> {
    const { reader } = this.#deps;
    const turn = this.#turns.get(key);
    const [deployment, leases] = await Promise.all([
      reader.deployment(id),
      reader.leasesOfOwner(id.owner, LIVE_LEASE_STATES),
    ]);
    // A node that is behind has none yet, and what happened meanwhile may have changed the answer: it stays wanted.
    if (deployment === undefined || this.#turns.get(key) !== turn) return false;
    const draws = leases
      .filter((lease) => formatDeploymentId(lease.id) === key)
      .map((lease) => lease.payment?.rate ?? lease.price);
    this.#wanted.delete(key);
    this.#put(key, deployment.escrow, draws);
    return true;
  }

  #put(key: string, account: EscrowAccount, draws: readonly DecCoin[]): void {
    const atMs = this.#deps.clock.monotonic();
    this.#entries.set(key, { account, draws, atMs, old: false });
    this.#wanted.delete(key);
  }

  #turn(key: string): void {
    this.#turns.set(key, (this.#turns.get(key) ?? 0) + 1);
  }

  /** Settlement on chain is lazy: what leases have drawn since is taken off here. */
  #drawn({ account, draws }: Entry): EscrowAccount {
    const blocks = this.#deps.height() - account.settledAt;
    if (draws.length === 0 || blocks <= 0n) return account;
    const elapsed = new Decimal(blocks.toString());
    const funds = account.funds.map(({ denom, amount }) => {
      const left = draws
        .filter((draw) => draw.denom === denom)
        .reduce((rest, draw) => rest.minus(draw.amount.times(elapsed)), amount);
      return { denom, amount: left.lt(ZERO) ? ZERO : left };
    });
    return { ...account, funds };
  }
}
