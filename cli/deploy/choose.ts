/** Settles which bids to take: by rule, or by asking. */
import { refused } from '../failure.js';
import { formatUsd } from '../format/money.js';
import type { ChainContext } from '../ports.js';
import { waitForBids } from './bids.js';
import type { BidBoard } from './bid-board.js';
import { chooseBy, isWithin, offerTable, usdOf } from './offers.js';
import type { Choice, Offer } from './offers.js';
import type { DeployRequest } from './request.js';

const QUESTION =
  'Which bid? Its number, Enter for the cheapest, w to wait for more, q to give up: ';

type Answer =
  | { readonly kind: 'offer'; readonly offer: Offer }
  | { readonly kind: 'wait' }
  | { readonly kind: 'unclear' };

const askForGroup = async (ctx: ChainContext, offers: readonly Offer[]): Promise<Answer> => {
  const answer = await ctx.terminal.ask(QUESTION, ctx.signal);
  if (answer === 'q') throw refused('GivenUp', 'you took none of the bids');
  if (answer === 'w') return { kind: 'wait' };
  const offer = /^\d{0,4}$/.test(answer)
    ? offers[answer === '' ? 0 : Number(answer) - 1]
    : undefined;
  return offer === undefined ? { kind: 'unclear' } : { kind: 'offer', offer };
};

/** One round of questions; `undefined` to look at the bids again. */
const askForAll = async (ctx: ChainContext, board: BidBoard): Promise<Choice | undefined> => {
  // In place of the live table, which may have been cut to the width of the terminal.
  ctx.terminal.live([]);
  const chosen: Offer[] = [];
  for (const offers of board.offers) {
    if (board.offers.length > 1) ctx.terminal.say(`group ${offers[0]?.group ?? ''}`);
    for (const line of offerTable(offers)) ctx.terminal.say(line);
    let answer = await askForGroup(ctx, offers);
    while (answer.kind === 'unclear') {
      ctx.terminal.say(`Please give a number from 1 to ${offers.length}.`);
      answer = await askForGroup(ctx, offers);
    }
    if (answer.kind === 'wait') return undefined;
    chosen.push(answer.offer);
  }
  return chosen;
};

/** Waits for bids and chooses. @throws CliFailure as `waitForBids`, and `GivenUp` */
export const chooseBids = async (
  ctx: ChainContext,
  board: BidBoard,
  request: DeployRequest,
  blockTimeMs: number,
): Promise<Choice> => {
  for (;;) {
    await waitForBids(ctx, board, request, blockTimeMs);
    const choice =
      request.accept === undefined
        ? await askForAll(ctx, board)
        : chooseBy(request.accept, board.offers);
    if (choice === undefined) continue;
    ctx.terminal.settle();
    if (isWithin(choice, request.maxUsdPerHour)) return choice;
    const usd = usdOf(choice);
    ctx.terminal.say(
      `That is above the limit you set: ${usd === undefined ? 'its price in USD is unknown' : `${formatUsd(usd)}/hour`}.`,
    );
  }
};
