/** Deployments and their groups in the store; each change leaves its event behind. */
import type { DeploymentId, GroupId } from '../../market/ids.js';
import { deploymentKey, groupKey } from '../akash/ids.js';
import { IndexedRecords } from '../akash/indexed.js';
import { refusal } from '../akash/registered-error.js';
import type { Context } from '../kernel/module.js';
import { DEPLOYMENT_ERRORS as E } from './errors.js';
import {
  DeploymentState,
  GroupState,
  decodeDeployment,
  decodeGroup,
  encodeDeployment,
  encodeGroup,
  type Deployment,
  type Group,
} from './records.js';

/** All deployments, listed active first. */
export const DEPLOYMENTS = new IndexedRecords('deployment/d', {
  active: DeploymentState.active,
  closed: DeploymentState.closed,
});

const GROUPS = new IndexedRecords('deployment/g', {
  open: GroupState.open,
  paused: GroupState.paused,
  insufficient_funds: GroupState.insufficient_funds,
  closed: GroupState.closed,
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export const getDeployment = (context: Context, id: DeploymentId): Deployment | undefined => {
  const bytes = DEPLOYMENTS.get(context, deploymentKey(id));
  return bytes === undefined ? undefined : decodeDeployment(bytes);
};

export const getGroup = (context: Context, id: GroupId): Group | undefined => {
  const bytes = GROUPS.get(context, groupKey(id));
  return bytes === undefined ? undefined : decodeGroup(bytes);
};

/** The deployment's groups by number. */
export const getGroups = (context: Context, id: DeploymentId): readonly Group[] =>
  Array.from(context.store.iterate(`deployment/g/${deploymentKey(id)}/`), ([, bytes]) =>
    decodeGroup(bytes),
  );

const putDeployment = (
  context: Context,
  deployment: Deployment,
  before?: DeploymentState,
): void => {
  const bytes = encodeDeployment(deployment);
  DEPLOYMENTS.put(context, deploymentKey(deployment.id), bytes, deployment.state, before);
};

const putGroup = (context: Context, group: Group, before?: GroupState): void => {
  GROUPS.put(context, groupKey(group.id), encodeGroup(group), group.state, before);
};

/** Stores a new deployment with its groups. */
export const createDeployment = (
  context: Context,
  deployment: Deployment,
  groups: readonly Group[],
): void => {
  putDeployment(context, deployment);
  for (const group of groups) putGroup(context, group);
  context.emitTyped('akash.deployment.v1.EventDeploymentCreated', {
    id: deployment.id,
    hash: base64(deployment.hash),
  });
};

/** Changes the manifest hash. */
export const updateDeployment = (context: Context, deployment: Deployment): void => {
  putDeployment(context, deployment, deployment.state);
  context.emitTyped('akash.deployment.v1.EventDeploymentUpdated', {
    id: deployment.id,
    hash: base64(deployment.hash),
  });
};

/** Marks the deployment closed; its groups are the caller's. */
export const closeDeployment = (context: Context, deployment: Deployment): void => {
  putDeployment(context, { ...deployment, state: DeploymentState.closed }, deployment.state);
  context.emitTyped('akash.deployment.v1.EventDeploymentClosed', { id: deployment.id });
};

/** Ends the group as closed or for want of funds. */
export const closeGroup = (
  context: Context,
  group: Group,
  state: GroupState.closed | GroupState.insufficient_funds,
): void => {
  putGroup(context, { ...group, state }, group.state);
  context.emitTyped('akash.deployment.v1.EventGroupClosed', { id: group.id });
};

/** A paused group has no order until it is started again. */
export const pauseGroup = (context: Context, group: Group): void => {
  putGroup(context, { ...group, state: GroupState.paused }, group.state);
  context.emitTyped('akash.deployment.v1.EventGroupPaused', { id: group.id });
};

export const startGroup = (context: Context, group: Group): void => {
  putGroup(context, { ...group, state: GroupState.open }, group.state);
  context.emitTyped('akash.deployment.v1.EventGroupStarted', { id: group.id });
};

/** @throws AppError deployment/14 */
export const requireGroup = (context: Context, id: GroupId): Group => {
  const group = getGroup(context, id);
  if (group === undefined) throw refusal(E.groupNotFound);
  return group;
};

/** @throws AppError deployment/15 when the group has ended already */
export const checkClosable = (group: Group): void => {
  if (group.state === GroupState.closed || group.state === GroupState.insufficient_funds) {
    throw refusal(E.groupClosed);
  }
};

/** @throws AppError deployment/15 or 17 */
export const checkPausable = (group: Group): void => {
  checkClosable(group);
  if (group.state === GroupState.paused) throw refusal(E.groupPaused);
};

/** @throws AppError deployment/15 or 16 */
export const checkStartable = (group: Group): void => {
  checkClosable(group);
  if (group.state === GroupState.open) throw refusal(E.groupOpen);
};
