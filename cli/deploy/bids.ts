/** Waits for bids, showing them as they come, until they allow the choice that was asked for. */
import { isChainUnavailable } from '../../chain/ports.js';
import { isAborted } from '../../chain/clock.js';
import { refused } from '../failure.js';
import type { CliFailure } from '../failure.js';
import { formatDuration } from '../format/duration.js';
import { formatUsd } from '../format/money.js';
import type { ChainContext } from '../ports.js';
import { chooseBy, isWithin, usdOf } from './offers.js';
import type { BidBoard } from './bid-board.js';
import { prospectsOf } from './prospects.js';
import type { DeployRequest } from './request.js';

const interrupted = (): CliFailure =>
  refused('Interrupted', 'you asked to stop while waiting for bids');

/** Why nobody bid, as far as the chain can tell. */
const prospects = async (ctx: ChainContext, board: BidBoard): Promise<string> => {
  try {
    const providers = await ctx.chain.providers();
    return board.unwanted.map((g) => prospectsOf(g.spec, providers)).join('\n');
  } catch {
    return 'The chain did not tell which providers there are.';
  }
};

const noBids = async (ctx: ChainContext, board: BidBoard, waited: string): Promise<CliFailure> => {
  const groups = board.unwanted.map((g) => g.spec.name).join(', ');
  const some = board.offers.flat().length > 0 ? ` for group ${groups}` : '';
  return refused('NoBids', `no provider bid within ${waited}${some}`, {
    next: await prospects(ctx, board),
  });
};

/** Why there is nothing to accept. */
const nothingAcceptable = async (
  ctx: ChainContext,
  board: BidBoard,
  request: DeployRequest,
): Promise<CliFailure> => {
  const waited = formatDuration(request.bidWaitMs);
  if (board.unwanted.length > 0) return noBids(ctx, board, waited);
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
      throw await nothingAcceptable(ctx, board, request);
    }
    await clock.sleep(pauseMs(blockTimeMs), signal);
  }
};
