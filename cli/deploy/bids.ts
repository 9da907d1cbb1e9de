/** Waits for bids, showing them as they come, until they allow the choice that was asked for. */
import { isChainUnavailable } from '../../chain/ports.js';
import { isAborted } from '../../chain/clock.js';
import { formatBidId } from '../../market/ids.js';
import type { Provider } from '../../market/records.js';
import { refused } from '../failure.js';
import type { CliFailure } from '../failure.js';
import { formatDuration } from '../format/duration.js';
import { formatUsd } from '../format/money.js';
import type { ChainContext } from '../ports.js';
import {
  bidStep,
  byPrice,
  chooseBy,
  isWithin,
  offerLine,
  offerOf,
  offerTable,
  usdOf,
} from './offers.js';
import type { Offer } from './offers.js';
import type { DeployRequest, OpenGroup } from './request.js';

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

const interrupted = (): CliFailure =>
  refused('Interrupted', 'you asked to stop while waiting for bids');

/** Why there is nothing to accept. */
const nothingAcceptable = (board: BidBoard, request: DeployRequest): CliFailure => {
  const waited = formatDuration(request.bidWaitMs);
  if (chooseBy('cheapest', board.offers) === undefined) {
    const providers = new Set(board.offers.flat().map((o) => o.bid.id.provider)).size;
    const what =
      providers === 0
        ? 'no provider bid'
        : `only some groups got bids (from ${providers} provider${providers === 1 ? '' : 's'})`;
    return refused('NoBids', `${what} within ${waited}`, {
      next: 'Ask for less, pay more (pricing in the SDL), or drop attributes and auditors that few providers have.',
    });
  }
  const accept = request.accept ?? 'cheapest';
  const choice = chooseBy(accept, board.offers);
  if (choice === undefined) {
    const message = `provider ${accept} did not bid within ${waited}, others did`;
    return refused('ProviderDidNotBid', message, { field: 'accept' });
  }
  const usd = usdOf(choice);
  const asked =
    usd === undefined ? 'an amount with no fixed price in USD' : `${formatUsd(usd)}/hour`;
  const limit = request.maxUsdPerHour;
  return refused(
    'BidsTooDear',
    `the ${accept === 'cheapest' ? 'cheapest bid' : `bid of ${accept}`} asks ${asked}` +
      (limit === undefined ? '' : `, more than the ${formatUsd(limit)}/hour you allow`),
    { field: 'max-usd-per-hour' },
  );
};

/** Between two looks: about twice a block, never hurried, never idle. */
const pauseMs = (blockTimeMs: number): number => Math.min(2_000, Math.max(100, blockTimeMs / 2));

/**
 * Resolves when every group has an acceptable bid and time was given for better ones.
 * @throws CliFailure `NoBids`, `ProviderDidNotBid`, `BidsTooDear` or `Interrupted`
 */
export const waitForBids = async (
  ctx: ChainContext,
  board: BidBoard,
  request: DeployRequest,
  blockTimeMs: number,
): Promise<void> => {
  const { clock, terminal, signal } = ctx;
  const accept = request.accept ?? 'cheapest';
  const startMs = clock.now();
  let acceptableSince: number | undefined;
  let silent = false;
  for (;;) {
    if (isAborted(signal)) throw interrupted();
    try {
      await board.look();
      silent = false;
    } catch (error) {
      if (!isChainUnavailable(error)) throw error;
      if (!silent) terminal.say('The chain does not answer; still trying.');
      silent = true;
    }
    const now = clock.now();
    const waited = now - startMs;
    const choice = chooseBy(accept, board.offers);
    const acceptable = choice !== undefined && isWithin(choice, request.maxUsdPerHour);
    acceptableSince = acceptable ? (acceptableSince ?? now) : undefined;
    terminal.live([
      ...board.table(),
      terminal.style(
        'dim',
        `waiting for bids, ${formatDuration(waited)} of ${formatDuration(request.bidWaitMs)}`,
      ),
    ]);
    if (acceptableSince !== undefined) {
      const settleMs = accept === 'cheapest' ? request.settleBlocks * blockTimeMs : 0;
      if (now - acceptableSince >= settleMs || waited >= request.bidWaitMs) break;
    } else if (waited >= request.bidWaitMs) {
      throw nothingAcceptable(board, request);
    }
    await clock.sleep(pauseMs(blockTimeMs), signal);
  }
};
