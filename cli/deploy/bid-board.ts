/** The bids on a deployment's orders as of the last look, told as they come. */
import { formatBidId } from '../../market/ids.js';
import type { Provider } from '../../market/records.js';
import type { ChainContext } from '../ports.js';
import { bidStep, byPrice, offerLine, offerOf, offerTable } from './offers.js';
import type { Offer } from './offers.js';
import type { OpenGroup } from './request.js';

/** Reads the bids of some groups again and again. */
export class BidBoard {
  readonly #ctx: ChainContext;
  readonly #groups: readonly OpenGroup[];
  readonly #blockTimeMs: number;
  readonly #seen = new Set<string>();
  readonly #providers = new Map<string, Provider | undefined>();
  #offers: readonly (readonly Offer[])[];

  constructor(ctx: ChainContext, groups: readonly OpenGroup[], blockTimeMs: number) {
    this.#ctx = ctx;
    this.#groups = groups;
    this.#blockTimeMs = blockTimeMs;
    this.#offers = groups.map(() => []);
  }

  /** Groups that nobody bid on. */
  get unwanted(): readonly OpenGroup[] {
    return this.#groups.filter((_, i) => (this.#offers[i] ?? []).length === 0);
  }

  /** Open bids by group, cheapest first, as of the last look. */
  get offers(): readonly (readonly Offer[])[] {
    return this.#offers;
  }

  /** Looks once; new bids are told as steps. @throws ChainUnavailableError */
  async look(): Promise<void> {
    this.#offers = await Promise.all(this.#groups.map((group) => this.#offersOn(group)));
    for (const offer of this.#offers.flat()) {
      const key = formatBidId(offer.bid.id);
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.#ctx.output.step(bidStep(offer));
      if (!this.#ctx.terminal.redraws) this.#ctx.terminal.say(`Bid: ${offerLine(offer)}.`);
    }
  }

  async #offersOn(group: OpenGroup): Promise<readonly Offer[]> {
    const bids = await this.#ctx.chain.reader.bidsOnOrder(group.order);
    const open = bids.filter((b) => b.state === 'open');
    const offers = await Promise.all(
      open.map(async (bid) =>
        offerOf(bid, group.spec, await this.#provider(bid.id.provider), this.#blockTimeMs),
      ),
    );
    return offers.sort(byPrice);
  }

  async #provider(address: string): Promise<Provider | undefined> {
    if (!this.#providers.has(address)) {
      this.#providers.set(address, await this.#ctx.chain.reader.provider(address));
    }
    return this.#providers.get(address);
  }

  /** The bids as lines, a heading for each group when there are several. */
  table(): readonly string[] {
    return this.#offers.flatMap((offers, i) => {
      const name = this.#groups[i]?.spec.name ?? '';
      const lines = offers.length === 0 ? ['no bids yet'] : offerTable(offers);
      return this.#groups.length === 1 ? lines : [`group ${name}`, ...lines];
    });
  }
}
