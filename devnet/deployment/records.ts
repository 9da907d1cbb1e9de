/** Deployments and groups as the state machine holds them and as bytes. */
import {
  Deployment as ProtoDeployment,
  Deployment_State as DeploymentState,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import {
  Group as ProtoGroup,
  Group_State as GroupState,
  type GroupSpec,
} from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import type { DeploymentId, GroupId } from '../../market/ids.js';
import { deploymentIdFrom, groupIdFrom, toBigint } from '../akash/ids.js';
import { decodeDuration, encodeDuration, readField, withField } from '../akash/proto-fields.js';

export { DeploymentState, GroupState, type GroupSpec };

export interface Deployment {
  readonly id: DeploymentId;
  readonly state: DeploymentState;
  /** SHA-256 of the manifest. */
  readonly hash: Uint8Array;
  readonly createdAt: bigint;
  /** Shortest reclamation window accepted, nanoseconds; absent when none is asked for. */
  readonly minWindow: bigint | undefined;
}

export interface Group {
  readonly id: GroupId;
  readonly state: GroupState;
  readonly spec: GroupSpec;
  readonly createdAt: bigint;
}

/** `akash.deployment.v1.DeploymentReclamation { min_window = 1 }`, field 5 of deployments, orders and their message. */
export const RECLAMATION_FIELD = 5;

/** Bytes of a `DeploymentReclamation`; `undefined` stays so. */
export const encodeReclamation = (minWindow: bigint | undefined): Uint8Array | undefined =>
  minWindow === undefined ? undefined : withField(new Uint8Array(), 1, encodeDuration(minWindow));

/** The window in field 5 of `message`. */
export const decodeReclamation = (message: Uint8Array): bigint | undefined => {
  const reclamation = readField(message, RECLAMATION_FIELD);
  if (reclamation === undefined) return undefined;
  return decodeDuration(readField(reclamation, 1) ?? new Uint8Array());
};

/** Bytes of `akash.deployment.v1.Deployment`. */
export const encodeDeployment = (deployment: Deployment): Uint8Array =>
  withField(
    ProtoDeployment.encode(ProtoDeployment.fromPartial(deployment)).finish(),
    RECLAMATION_FIELD,
    encodeReclamation(deployment.minWindow),
  );

/** Inverse of {@link encodeDeployment}. */
export const decodeDeployment = (bytes: Uint8Array): Deployment => {
  const proto = ProtoDeployment.decode(bytes);
  return {
    id: deploymentIdFrom(proto.id),
    state: proto.state,
    hash: proto.hash,
    createdAt: toBigint(proto.createdAt),
    minWindow: decodeReclamation(bytes),
  };
};

/** Bytes of `akash.deployment.v1beta4.Group`. */
export const encodeGroup = (group: Group): Uint8Array =>
  ProtoGroup.encode({
    ...ProtoGroup.fromPartial({ id: group.id, state: group.state, createdAt: group.createdAt }),
    groupSpec: group.spec,
  }).finish();

/** Inverse of {@link encodeGroup}. */
export const decodeGroup = (bytes: Uint8Array): Group => {
  const proto = ProtoGroup.decode(bytes);
  return {
    id: groupIdFrom(proto.id),
    state: proto.state,
    spec: proto.groupSpec ?? { name: '', requirements: undefined, resources: [] },
    createdAt: toBigint(proto.createdAt),
  };
};
