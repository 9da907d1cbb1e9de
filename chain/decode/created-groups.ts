/**
 * What the transactions of a block ask for, read from the transactions themselves: an order's group is in the
 * MsgCreateDeployment that made it, so nobody has to be asked for it. Never throws: what cannot be read, or has fields that
 * we do not know, is left out, and whoever needs it asks the chain.
 */
import { GroupSpec as WireGroupSpec } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import { DeploymentID } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { formatGroupId } from '../../market/ids.js';
import type { GroupSpec } from '../../market/resources.js';
import { bytesFields } from '../wire/fields.js';
import { orderMinWindowSeconds } from '../wire/reclamation.js';
import { toGroupSpec } from './group-spec.js';
import { toDeploymentId } from './ids.js';

/** What an order of a new group says beside its id. */
export interface CreatedGroup {
  readonly spec: GroupSpec;
  readonly reclamationMinWindowSeconds: bigint | undefined;
}

const CREATE = '/akash.deployment.v1beta4.MsgCreateDeployment';
const EXEC = '/cosmos.authz.v1beta1.MsgExec';
/** MsgExec in MsgExec; the chain itself takes only a few. */
const MAX_DEPTH = 4;
/** id = 1, groups = 2, hash = 3, deposit = 4, reclamation = 5 (as in Order). */
const LAST_FIELD = 5;

const knowsAllFields = (message: Uint8Array): boolean => {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field > LAST_FIELD) return false;
    reader.skip(type, field);
  }
  return true;
};

const readCreate = (message: Uint8Array, found: Map<string, CreatedGroup>): void => {
  if (!knowsAllFields(message)) return;
  const [id] = bytesFields(message, 1);
  if (id === undefined) return;
  const deployment = toDeploymentId(DeploymentID.decode(id), 'id');
  const reclamationMinWindowSeconds = orderMinWindowSeconds(message);
  bytesFields(message, 2).forEach((group, i) => {
    const spec = toGroupSpec(WireGroupSpec.decode(group), `groups[${i}]`);
    const path = formatGroupId({ ...deployment, gseq: i + 1 });
    found.set(path, { spec, reclamationMinWindowSeconds });
  });
};

/** @param any an encoded google.protobuf.Any */
const readAny = (any: Uint8Array, found: Map<string, CreatedGroup>, depth: number): void => {
  const typeUrl = new TextDecoder().decode(bytesFields(any, 1).at(-1));
  const value = bytesFields(any, 2).at(-1) ?? new Uint8Array();
  if (typeUrl === CREATE) readCreate(value, found);
  else if (typeUrl === EXEC && depth < MAX_DEPTH) {
    for (const inner of bytesFields(value, 2)) readAny(inner, found, depth + 1);
  }
};

/**
 * The groups of every deployment that a transaction creates, by group path; those wrapped in MsgExec too.
 * @param tx an encoded cosmos.tx.v1beta1.TxRaw
 */
export const createdGroups = (tx: Uint8Array): ReadonlyMap<string, CreatedGroup> => {
  const found = new Map<string, CreatedGroup>();
  try {
    for (const body of bytesFields(tx, 1))
      for (const message of bytesFields(body, 1)) readAny(message, found, 0);
  } catch {
    // Malformed bytes, for which the codecs have errors of several kinds: the chain is asked instead.
  }
  return found;
};
