/** Finds out how far a deployment has come, to go on from there. */
import { formatDeploymentId } from '../../market/ids.js';
import { LIVE_LEASE_STATES } from '../../market/records.js';
import type { Deployment, Lease } from '../../market/records.js';
import { leasesOf } from '../deployment.js';
import { misused, refused } from '../failure.js';
import type { ChainContext } from '../ports.js';
import type { DeployRequest, DeployStep, Opened, OpenGroup } from './request.js';

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);

/** @throws CliFailure `DeploymentClosed`, `DeploymentDiffers` or `GroupNotOpen` */
export const resume = async (
  ctx: ChainContext,
  request: DeployRequest,
  deployment: Deployment,
): Promise<Opened> => {
  const { id } = deployment;
  const path = formatDeploymentId(id);
  if (deployment.state !== 'active') {
    throw refused('DeploymentClosed', `deployment ${path} is closed`, {
      field: 'dseq',
      next: 'Leave out --dseq to make a new one.',
    });
  }
  if (!sameBytes(deployment.hash, request.sdl.hash)) {
    throw misused('DeploymentDiffers', `deployment ${path} was made of another SDL`, {
      field: 'dseq',
      next: `To change what it runs: berth update ${id.dseq} ${request.file}`,
    });
  }
  const { reader } = ctx.chain;
  const leases = await leasesOf(ctx, id, LIVE_LEASE_STATES);
  const orders = (await reader.openOrders()).filter(
    (o) => o.id.owner === id.owner && o.id.dseq === id.dseq,
  );
  const groups = deployment.groups.map((group): OpenGroup => {
    const lease: Lease | undefined = leases.find((l) => l.id.gseq === group.id.gseq);
    const order = lease?.id ?? orders.find((o) => o.id.gseq === group.id.gseq)?.id;
    if (order !== undefined) {
      const { owner, dseq, gseq, oseq } = order;
      return { spec: group.spec, order: { owner, dseq, gseq, oseq }, lease };
    }
    throw refused(
      'GroupNotOpen',
      `group ${group.spec.name} of deployment ${path} is ${group.state}: it has neither lease nor open order`,
      { next: `berth close ${id.dseq} returns what is left of the deposit.` },
    );
  });
  const step: DeployStep = { step: 'deployment-resumed', dseq: id.dseq.toString() };
  ctx.output.step(step);
  ctx.terminal.say(`Going on with deployment ${id.dseq}.`);
  return { id, created: false, groups };
};
