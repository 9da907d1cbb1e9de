/** The first step: a deployment on chain, new or gone on with. */
import type { DeploymentId } from '../../market/ids.js';
import { formatCoin } from '../../market/money.js';
import type { Coin } from '../../market/money.js';
import { isCliFailure, refused, withNext } from '../failure.js';
import { submit } from '../submit.js';
import type { TenantContext } from '../ports.js';
import type { DeployRequest, Opened } from './request.js';
import { resume } from './resume.js';

const held = (balances: readonly Coin[], denom: string): bigint =>
  balances.find((c) => c.denom === denom)?.amount ?? 0n;

/** @throws CliFailure `InsufficientFunds` naming what is there and what it takes */
const checkFunds = async (ctx: TenantContext, request: DeployRequest): Promise<void> => {
  const balances = await ctx.chain.reader.balances(ctx.owner);
  const { deposit, feeReserve } = request;
  const needs: Coin[] =
    deposit.denom === feeReserve.denom
      ? [{ denom: deposit.denom, amount: deposit.amount + feeReserve.amount }]
      : [deposit, feeReserve];
  const short = needs.find((need) => held(balances, need.denom) < need.amount);
  if (short === undefined) return;
  const has = balances.length === 0 ? 'nothing' : balances.map(formatCoin).join(', ');
  const purpose =
    deposit.denom === feeReserve.denom
      ? 'deposit and fees'
      : short === deposit
        ? 'the deposit'
        : 'fees';
  throw refused(
    'InsufficientFunds',
    `${ctx.owner} has ${has}, and needs ${formatCoin(short)} for ${purpose}`,
    {
      field: 'deposit',
      next:
        short.denom === 'uact'
          ? 'uact is made by burning uakt on chain and cannot be sent; or lower --deposit.'
          : 'Send uakt to the account.',
    },
  );
};

/** The height, or the first sequence after it that this tenant has not used. */
const freeSequence = async (ctx: TenantContext): Promise<bigint> => {
  const { reader } = ctx.chain;
  let dseq = (await reader.head()).height;
  while ((await reader.deployment({ owner: ctx.owner, dseq })) !== undefined) dseq += 1n;
  return dseq;
};

const create = async (
  ctx: TenantContext,
  request: DeployRequest,
  id: DeploymentId,
): Promise<Opened> => {
  const { groups, hash } = request.sdl;
  const message = {
    type: 'create-deployment',
    id,
    groups,
    hash,
    deposit: request.deposit,
  } as const;
  const landed = await submit(ctx, [message], `creating deployment ${id.dseq}`).catch(
    (error: unknown) => {
      if (!isCliFailure(error) || error.code !== 'TxUnknown') throw error;
      throw withNext(
        error,
        `berth status ${id.dseq} shows whether it did; then: berth deploy ${request.file} --dseq ${id.dseq}   or: berth close ${id.dseq}`,
      );
    },
  );
  ctx.output.step({
    step: 'deployment-created',
    dseq: id.dseq.toString(),
    height: landed.height.toString(),
    txHash: landed.txHash,
    hash: Buffer.from(hash).toString('hex'),
  });
  ctx.terminal.say(
    `Deployment ${id.dseq} is in block ${landed.height}, ${formatCoin(request.deposit)} deposited (transaction ${landed.txHash}).`,
  );
  return {
    id,
    created: true,
    groups: groups.map((spec, i) => ({
      spec,
      order: { ...id, gseq: i + 1, oseq: 1 },
      lease: undefined,
    })),
  };
};

/**
 * Makes the deployment, or finds the one that `request.dseq` names.
 * @param confirm asked before money is spent
 * @throws CliFailure with nothing locked, but for `TxUnknown`
 */
export const openDeployment = async (
  ctx: TenantContext,
  request: DeployRequest,
  confirm: () => Promise<void>,
): Promise<Opened> => {
  const { owner } = ctx;
  if (request.dseq !== undefined) {
    const existing = await ctx.chain.reader.deployment({ owner, dseq: request.dseq });
    if (existing !== undefined) return resume(ctx, request, existing);
  }
  await checkFunds(ctx, request);
  await confirm();
  return create(ctx, request, { owner, dseq: request.dseq ?? (await freeSequence(ctx)) });
};
