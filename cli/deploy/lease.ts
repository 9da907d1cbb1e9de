/** From chosen bids to leases: one transaction for all groups. */
import { isChainUnavailable } from '../../chain/ports.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { Lease } from '../../market/records.js';
import type { DeploymentId, LeaseId } from '../../market/ids.js';
import { formatLeaseId } from '../../market/ids.js';
import { refused } from '../failure.js';
import { exactCoin, plainUsd } from '../format/money.js';
import { submit } from '../submit.js';
import type { ChainContext, TenantContext } from '../ports.js';
import type { Choice } from './offers.js';
import type { DeployStep, HeldLease } from './request.js';

/** Accepts the bids. @throws CliFailure as `submit` */
export const createLeases = async (
  ctx: TenantContext,
  id: DeploymentId,
  choice: Choice,
): Promise<void> => {
  const messages = choice.map((o) => ({ type: 'create-lease', id: o.bid.id }) as const);
  const landed = await submit(ctx, messages, `leasing for deployment ${id.dseq}`);
  for (const { bid, group, usdPerHour } of choice) {
    const step: DeployStep = {
      step: 'lease-created',
      provider: bid.id.provider,
      group,
      gseq: bid.id.gseq,
      oseq: bid.id.oseq,
      price: exactCoin(bid.price),
      usdPerHour: usdPerHour === undefined ? null : plainUsd(usdPerHour),
      height: landed.height.toString(),
      txHash: landed.txHash,
    };
    ctx.output.step(step);
    ctx.terminal.say(
      `Lease with ${bid.id.provider} for group ${group} is in block ${landed.height}.`,
    );
  }
};

/** The lease with its provider's address. @throws CliFailure `ProviderUnknown` */
export const holdLease = async (
  ctx: ChainContext,
  id: LeaseId,
  group: string,
): Promise<HeldLease> => {
  const provider = await ctx.chain.reader.provider(id.provider);
  if (provider !== undefined) return { id, group, hostUri: provider.hostUri };
  throw refused(
    'ProviderUnknown',
    `provider ${id.provider} of lease ${formatLeaseId(id)} is not registered on chain`,
  );
};

/** @throws CliFailure `LeaseEnded` on proof; a chain that does not answer proves nothing */
export const demandAlive = async (ctx: ChainContext, id: LeaseId): Promise<void> => {
  let lease: Lease | undefined;
  try {
    lease = await ctx.chain.reader.lease(id);
  } catch (error) {
    if (!isChainUnavailable(error)) throw error;
    return;
  }
  if (lease === undefined || LIVE_LEASE_STATES.includes(lease.state)) return;
  const { state, reason } = lease;
  throw refused('LeaseEnded', `lease ${formatLeaseId(id)} has ended: ${state}, ${reason}`);
};
