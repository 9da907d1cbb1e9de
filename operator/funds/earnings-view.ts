/** Today's earnings for the status: live leases as they are, ended ones as last read (seldom, their list only grows). */
import type { ChainReader } from '../../chain/ports.js';
import { formatLeaseId } from '../../market/ids.js';
import type { Lease } from '../../market/records.js';
import type { ChainView } from '../chain-view/chain-view.js';
import { earnedBetween, midnightHeight } from './earned-today.js';

export class EarningsView {
  readonly #reader: Pick<ChainReader, 'leasesOf'>;
  readonly #provider: string;
  readonly #view: ChainView;
  readonly #live: () => readonly Lease[];
  #ended: readonly Lease[] | undefined;

  /** @param live leases that are alive now */
  constructor(
    reader: Pick<ChainReader, 'leasesOf'>,
    provider: string,
    view: ChainView,
    live: () => readonly Lease[],
  ) {
    this.#reader = reader;
    this.#provider = provider;
    this.#view = view;
    this.#live = live;
  }

  /** Reads the leases that ended since midnight. @throws ChainUnavailableError */
  async refresh(): Promise<void> {
    const ended = await this.#reader.leasesOf(this.#provider, ['closed', 'insufficient_funds']);
    const from = this.#midnight();
    this.#ended = ended.filter((l) => l.closedOn > from);
  }

  /** Whole uact since midnight UTC; `undefined` before the ended leases were read once. */
  todayUact(): bigint | undefined {
    if (this.#ended === undefined) return undefined;
    const live = this.#live();
    const alive = new Set(live.map((l) => formatLeaseId(l.id)));
    const ended = this.#ended.filter((l) => !alive.has(formatLeaseId(l.id)));
    return earnedBetween([...live, ...ended], this.#midnight(), this.#view.height);
  }

  #midnight(): bigint {
    const { height, timeMs, blockTimeMs } = this.#view;
    return midnightHeight(height, timeMs, blockTimeMs);
  }
}
