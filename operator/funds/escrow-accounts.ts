/** The escrow accounts that our live leases draw on, as last read: a cache, kept up by bounded parallel reads. */
import pLimit from 'p-limit';
import type { ChainReader } from '../../chain/ports.js';
import { formatDeploymentId } from '../../market/ids.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { EscrowAccount, Lease } from '../../market/records.js';

/** Queries under way at once: enough for a distant node, few enough to leave it and us free for bids. */
const CONCURRENT_READS = 8;

/** One account with everything that draws on it. */
export interface AccountView {
  readonly account: EscrowAccount;
  /** Every live lease of the deployment, of any provider. */
  readonly sharing: readonly Lease[];
  /** Those of them that are ours. */
  readonly own: readonly Lease[];
  /** Newest height known when the reading began. */
  readonly readAtHeight: bigint;
}

export class EscrowAccounts {
  readonly #reader: Pick<ChainReader, 'leasesOf' | 'leasesOfOwner' | 'deployment'>;
  readonly #provider: string;
  readonly #height: () => bigint;
  readonly #limit = pLimit(CONCURRENT_READS);
  readonly #accounts = new Map<string, AccountView>();

  constructor(
    reader: Pick<ChainReader, 'leasesOf' | 'leasesOfOwner' | 'deployment'>,
    provider: string,
    height: () => bigint,
  ) {
    this.#reader = reader;
    this.#provider = provider;
    this.#height = height;
  }

  views(): readonly AccountView[] {
    return [...this.#accounts.values()];
  }

  /** @param deployment as {@link formatDeploymentId} prints it */
  get(deployment: string): AccountView | undefined {
    return this.#accounts.get(deployment);
  }

  /** Reads all of them again; those of ended leases are forgotten. @throws when some could not be read, after the others were */
  async refreshAll(): Promise<void> {
    const leases = await this.#reader.leasesOf(this.#provider, LIVE_LEASE_STATES);
    const live = new Set(leases.map((l) => formatDeploymentId(l.id)));
    for (const key of this.#accounts.keys()) if (!live.has(key)) this.#accounts.delete(key);
    await this.refresh(leases);
  }

  /** Reads the accounts of these leases again. @throws when some could not be read, after the others were */
  async refresh(leases: readonly Pick<Lease, 'id'>[]): Promise<void> {
    const ids = new Map(leases.map(({ id }) => [formatDeploymentId(id), id]));
    const owners = new Map<string, Promise<readonly Lease[]>>();
    const leasesOf = (owner: string): Promise<readonly Lease[]> => {
      const asked =
        owners.get(owner) ??
        this.#limit(() => this.#reader.leasesOfOwner(owner, LIVE_LEASE_STATES));
      owners.set(owner, asked);
      return asked;
    };
    const reads = await Promise.allSettled(
      Array.from(ids, async ([key, id]) => {
        const readAtHeight = this.#height();
        const [deployment, all] = await Promise.all([
          this.#limit(() => this.#reader.deployment(id)),
          leasesOf(id.owner),
        ]);
        const sharing = all.filter((l) => formatDeploymentId(l.id) === key);
        const own = sharing.filter((l) => l.id.provider === this.#provider);
        if (deployment === undefined || own.length === 0) this.#accounts.delete(key);
        else this.#accounts.set(key, { account: deployment.escrow, sharing, own, readAtHeight });
      }),
    );
    const failed = reads.find((r) => r.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
