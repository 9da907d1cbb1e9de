/** `berth close`: ends a deployment with all its leases; the rest of the deposit comes back. */
import { LIVE_LEASE_STATES } from '../../market/records.js';
import { ALL_LEASE_STATES, findActive, leasesOf } from '../deployment.js';
import { escrowOutlook } from '../escrow.js';
import { refused } from '../failure.js';
import { exactCoin } from '../format/money.js';
import { submit } from '../submit.js';
import type { TenantContext } from '../ports.js';

/** Closes it. @throws CliFailure `DeploymentMissing`, `DeploymentClosed`, `GivenUp`, or the chain's reason */
export const close = async (ctx: TenantContext, dseq: bigint): Promise<void> => {
  const { terminal, output, chain } = ctx;
  const deployment = await findActive(ctx, { owner: ctx.owner, dseq });
  const [head, leases] = await Promise.all([
    chain.reader.head(),
    leasesOf(ctx, deployment.id, ALL_LEASE_STATES),
  ]);
  const live = leases.filter((l) => LIVE_LEASE_STATES.includes(l.state)).length;
  const left = escrowOutlook(deployment, leases, head.height).left.map(exactCoin);
  if (terminal.canAsk) {
    const what =
      live === 0
        ? 'It has no lease'
        : `Its ${live === 1 ? 'lease ends' : `${live} leases end`}, and its data goes`;
    const answer = await terminal.ask(`Close deployment ${dseq}? ${what}. [y/N] `, ctx.signal);
    if (!/^y(es)?$/i.test(answer)) throw refused('GivenUp', 'nothing was closed');
  }
  const landed = await submit(
    ctx,
    [{ type: 'close-deployment', id: deployment.id }],
    `closing deployment ${dseq}`,
  );
  const about = left.length === 0 ? 'nothing' : left.join(', ');
  output.result(
    { dseq, height: landed.height, txHash: landed.txHash, leasesEnded: live, escrowLeft: left },
    `Deployment ${dseq} was closed in block ${landed.height} (transaction ${landed.txHash}); about ${about} came back to ${ctx.owner}.`,
  );
};
