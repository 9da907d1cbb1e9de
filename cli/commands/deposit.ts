/** `berth deposit`: more money for a deployment, so that it runs longer. */
import type { Coin } from '../../market/money.js';
import { formatCoin } from '../../market/money.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import { findActive, leasesOf } from '../deployment.js';
import { escrowOutlook, msUntilEmpty } from '../escrow.js';
import { refused } from '../failure.js';
import { formatDuration } from '../format/duration.js';
import { exactCoin, shortCoin } from '../format/money.js';
import { submit } from '../submit.js';
import type { TenantContext } from '../ports.js';

/** Deposits it. @throws CliFailure `InsufficientFunds`, `DeploymentMissing`, `DeploymentClosed`, or the chain's reason */
export const deposit = async (ctx: TenantContext, dseq: bigint, amount: Coin): Promise<void> => {
  const { reader } = ctx.chain;
  const { id } = await findActive(ctx, { owner: ctx.owner, dseq });
  const balances = await reader.balances(ctx.owner);
  const held = balances.find((c) => c.denom === amount.denom)?.amount ?? 0n;
  if (held < amount.amount) {
    const has = formatCoin({ denom: amount.denom, amount: held });
    throw refused('InsufficientFunds', `${ctx.owner} has ${has}, less than ${formatCoin(amount)}`, {
      field: 'amount',
    });
  }
  const landed = await submit(
    ctx,
    [{ type: 'deposit-deployment', id, signer: ctx.owner, amount }],
    `depositing for deployment ${dseq}`,
  );
  const [deployment, head, blockTimeMs, leases] = await Promise.all([
    findActive(ctx, id),
    reader.head(),
    ctx.chain.blockTimeMs(),
    leasesOf(ctx, id, LIVE_LEASE_STATES),
  ]);
  const outlook = escrowOutlook(deployment, leases, head.height);
  const ms = msUntilEmpty(outlook, blockTimeMs);
  const lasts = ms === undefined ? '' : `, which lasts ${formatDuration(ms)}`;
  ctx.output.result(
    {
      dseq,
      deposited: formatCoin(amount),
      height: landed.height,
      txHash: landed.txHash,
      escrowLeft: outlook.left.map(exactCoin),
    },
    `${formatCoin(amount)} deposited for deployment ${dseq} in block ${landed.height} (transaction ${landed.txHash}).\n` +
      `Its escrow holds ${outlook.left.map(shortCoin).join(', ')}${lasts}.`,
  );
};
