/** The deployment messages apart from creation (node x/deployment/handler). */
import type { DeploymentId, GroupId } from '../../market/ids.js';
import { deploymentIdOf } from '../akash/ids.js';
import { refusal } from '../akash/registered-error.js';
import type { EscrowKeeper } from '../escrow/keeper.js';
import type { Context } from '../kernel/module.js';
import { deploymentAccountId } from '../market/escrow-ids.js';
import type { MarketKeeper } from '../market/keeper.js';
import { DEPLOYMENT_ERRORS as E } from './errors.js';
import {
  checkClosable,
  checkPausable,
  checkStartable,
  closeGroup,
  getDeployment,
  pauseGroup,
  requireGroup,
  startGroup,
  updateDeployment,
} from './keeper.js';
import { DeploymentState, GroupState, type Deployment } from './records.js';

const requireActive = (context: Context, id: DeploymentId): Deployment => {
  const deployment = getDeployment(context, id);
  if (deployment === undefined) throw refusal(E.deploymentNotFound);
  if (deployment.state !== DeploymentState.active) throw refusal(E.deploymentClosed);
  return deployment;
};

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);

/** A new manifest hash; the same one again is refused. @throws AppError deployment/4, 5, 10 */
export const update = (context: Context, id: DeploymentId, hash: Uint8Array): void => {
  const deployment = requireActive(context, id);
  if (sameBytes(deployment.hash, hash)) throw refusal(E.invalidHash);
  updateDeployment(context, { ...deployment, hash });
};

/** Closes the escrow account, which closes everything else. @throws AppError deployment/4, 5, escrow/3 */
export const close = (context: Context, id: DeploymentId, escrow: EscrowKeeper): void => {
  const deployment = requireActive(context, id);
  escrow.closeAccount(context, deploymentAccountId(deployment.id));
};

/** Ends one group with its orders and leases; the deployment goes on. @throws AppError deployment/14, 15 */
export const endGroup = (context: Context, id: GroupId, market: MarketKeeper): void => {
  const group = requireGroup(context, id);
  checkClosable(group);
  closeGroup(context, group, GroupState.closed);
  market.onGroupClosed(context, group.id, GroupState.closed);
};

/** Ends the group's orders and leases until it is started again. @throws AppError deployment/14, 15, 17 */
export const pause = (context: Context, id: GroupId, market: MarketKeeper): void => {
  const group = requireGroup(context, id);
  checkPausable(group);
  pauseGroup(context, group);
  market.onGroupClosed(context, group.id, GroupState.paused);
};

/** Opens the group again with its next order. @throws AppError deployment/4, 14, 15, 16, market/23 */
export const start = (context: Context, id: GroupId, market: MarketKeeper): void => {
  const group = requireGroup(context, id);
  checkStartable(group);
  startGroup(context, group);
  const deployment = getDeployment(context, deploymentIdOf(id));
  if (deployment === undefined) throw refusal(E.deploymentNotFound);
  market.createOrder(context, group.id, group.spec, deployment.minWindow);
};
