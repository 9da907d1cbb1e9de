/** Finds a tenant's deployment and its leases. */
import { formatDeploymentId } from '../market/ids.js';
import type { DeploymentId } from '../market/ids.js';
import type { Deployment, Lease, LeaseState } from '../market/records.js';
import { refused } from './failure.js';
import type { ChainContext } from './ports.js';

/** Every state a lease can be in. */
export const ALL_LEASE_STATES: readonly LeaseState[] = [
  'active',
  'reclaiming',
  'insufficient_funds',
  'closed',
];

/** @throws CliFailure `DeploymentMissing` */
export const findDeployment = async (ctx: ChainContext, id: DeploymentId): Promise<Deployment> => {
  const deployment = await ctx.chain.reader.deployment(id);
  if (deployment !== undefined) return deployment;
  throw refused('DeploymentMissing', `there is no deployment ${formatDeploymentId(id)}`, {
    field: 'dseq',
    next: 'berth leases --all shows what this key has; --key NAME chooses another.',
  });
};

/** @throws CliFailure `DeploymentMissing` or `DeploymentClosed` */
export const findActive = async (ctx: ChainContext, id: DeploymentId): Promise<Deployment> => {
  const deployment = await findDeployment(ctx, id);
  if (deployment.state === 'active') return deployment;
  throw refused('DeploymentClosed', `deployment ${formatDeploymentId(id)} is closed already`, {
    field: 'dseq',
  });
};

/** Its leases in the states asked for, by group and order. */
export const leasesOf = async (
  ctx: ChainContext,
  id: DeploymentId,
  states: readonly LeaseState[],
): Promise<readonly Lease[]> =>
  (await ctx.chain.reader.leasesOfOwner(id.owner, states))
    .filter((l) => l.id.dseq === id.dseq)
    .sort((a, b) => a.id.gseq - b.id.gseq || a.id.oseq - b.id.oseq);

/** Name of the group with this sequence. */
export const groupName = (deployment: Deployment | undefined, gseq: number): string =>
  deployment?.groups.find((g) => g.id.gseq === gseq)?.spec.name ?? `#${gseq}`;
