/** `berth deploy`: from an SDL to ready services, and out again with the deposit when it does not work. */
import { formatCoin } from '../../market/money.js';
import { BidBoard } from '../deploy/bid-board.js';
import { chooseBids } from '../deploy/choose.js';
import { createLeases, holdLease } from '../deploy/lease.js';
import { sendManifest } from '../deploy/manifest.js';
import { openDeployment } from '../deploy/open.js';
import { waitUntilReady } from '../deploy/ready.js';
import type {
  DeployRequest,
  DeployStep,
  HeldLease,
  Opened,
  ReadyService,
} from '../deploy/request.js';
import { serviceLines } from '../deploy/service-lines.js';
import { depositLine, summaryLines } from '../deploy/summary.js';
import { isCliFailure, refused, toFailure, withNext } from '../failure.js';
import type { CliFailure } from '../failure.js';
import { submit } from '../submit.js';
import type { TenantContext } from '../ports.js';

const confirm = async (ctx: TenantContext, request: DeployRequest): Promise<void> => {
  const { terminal } = ctx;
  if (!terminal.canAsk) return;
  const answer = await terminal.ask(
    `Create the deployment and deposit ${formatCoin(request.deposit)}? [y/N] `,
    ctx.signal,
  );
  if (!/^y(es)?$/i.test(answer)) throw refused('GivenUp', 'nothing was created');
};

/** What to type after a failure with the deposit on chain. */
const goOn = ({ id }: Opened, request: DeployRequest): string =>
  `Deployment ${id.dseq} is still open, with its deposit. Go on: berth deploy ${request.file} --dseq ${id.dseq}\n` +
  `Look: berth status ${id.dseq}   End it and get back what is left: berth close ${id.dseq}`;

/** Failures after which a deployment without a lease is of no use to anyone. */
const CLOSES = ['NoBids', 'ProviderDidNotBid', 'BidsTooDear', 'GivenUp', 'Interrupted'];

const takeBack = async (
  ctx: TenantContext,
  opened: Opened,
  request: DeployRequest,
  failure: CliFailure,
): Promise<CliFailure> => {
  const { dseq } = opened.id;
  if (request.keep || !opened.created || !CLOSES.includes(failure.code)) {
    return withNext(failure, goOn(opened, request));
  }
  ctx.terminal.say(`Closing deployment ${dseq}; --keep would leave it open for bids.`);
  try {
    const landed = await submit(
      ctx,
      [{ type: 'close-deployment', id: opened.id }],
      `closing deployment ${dseq}`,
    );
    const step: DeployStep = {
      step: 'deployment-closed',
      dseq: dseq.toString(),
      height: landed.height.toString(),
      txHash: landed.txHash,
    };
    ctx.output.step(step);
    return withNext(
      failure,
      `Deployment ${dseq} was closed in block ${landed.height}: the deposit is back, the fees are not. --keep leaves it open.`,
    );
  } catch (error) {
    ctx.terminal.say(`It could not be closed: ${toFailure(error).message}`);
    return withNext(failure, goOn(opened, request));
  }
};

/** Bids that are gone by the time they are taken are no reason to give up, a few times. */
const LEASE_ATTEMPTS = 3;
/** Codes of the market module that say so: bid not open, order not open, bid not found. */
const TOO_LATE = ['market/12', 'market/18'];

/** Leases for every group that has none. @throws CliFailure; before any lease of this run the deposit can be taken back */
const lease = async (
  ctx: TenantContext,
  opened: Opened,
  request: DeployRequest,
): Promise<readonly HeldLease[]> => {
  const leases = opened.groups.flatMap((g) =>
    g.lease === undefined ? [] : [{ id: g.lease.id, group: g.spec.name }],
  );
  const open = opened.groups.filter((g) => g.lease === undefined);
  if (open.length > 0) {
    const blockTimeMs = await ctx.chain.blockTimeMs();
    const board = new BidBoard(ctx, open, blockTimeMs);
    for (let attempt = 1; ; attempt += 1) {
      const choice = await chooseBids(ctx, board, request, blockTimeMs);
      try {
        await createLeases(ctx, opened.id, choice);
        leases.push(...choice.map((o) => ({ id: o.bid.id, group: o.group })));
        break;
      } catch (error) {
        const late = isCliFailure(error) && TOO_LATE.includes(error.field ?? '');
        if (!late || attempt === LEASE_ATTEMPTS) throw error;
        ctx.terminal.say(`The bid was withdrawn before it was taken: ${error.message}`);
      }
    }
  }
  return Promise.all(leases.map(({ id, group }) => holdLease(ctx, id, group)));
};

const finish = (
  ctx: TenantContext,
  opened: Opened,
  leases: readonly HeldLease[],
  services: readonly ReadyService[],
): void => {
  const dseq = opened.id.dseq.toString();
  const step: DeployStep = { step: 'ready', dseq, services };
  ctx.output.step(step);
  if (ctx.output.mode === 'jsonl') return;
  const held = leases.map(({ id, group }) => ({
    group,
    gseq: id.gseq,
    oseq: id.oseq,
    provider: id.provider,
  }));
  ctx.output.result(
    { dseq, owner: opened.id.owner, leases: held, services },
    [`Deployment ${dseq} is ready.`, ...serviceLines(services)].join('\n'),
  );
};

/** Runs it. @throws CliFailure that says what is locked on chain, if anything is, and how to go on or get it back */
export const deploy = async (ctx: TenantContext, request: DeployRequest): Promise<void> => {
  const blockTimeMs = await ctx.chain.blockTimeMs();
  for (const line of summaryLines(request.sdl.groups, blockTimeMs)) ctx.terminal.say(line);
  ctx.terminal.say(depositLine(request, blockTimeMs));
  const opened = await openDeployment(ctx, request, () => confirm(ctx, request));
  let leases: readonly HeldLease[];
  try {
    leases = await lease(ctx, opened, request);
  } catch (error) {
    ctx.terminal.settle();
    throw await takeBack(ctx, opened, request, toFailure(error));
  }
  try {
    const { manifest } = request.sdl;
    await sendManifest(ctx, leases, manifest, request.timeoutMs);
    finish(ctx, opened, leases, await waitUntilReady(ctx, leases, manifest, request.timeoutMs));
  } catch (error) {
    ctx.terminal.settle();
    throw withNext(toFailure(error), goOn(opened, request));
  }
};
