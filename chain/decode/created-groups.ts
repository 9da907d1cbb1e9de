/**
 * What the transactions of a block ask for, read from the transactions themselves: an order's group is in the
 * MsgCreateDeployment that made it, so nobody has to be asked for it. Never throws: what cannot be read, or has fields that
 * we do not know, is left out, and whoever needs it asks the chain.
 */
import { GroupSpec as WireGroupSpec } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import { DeploymentID } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import { Coin } from '@akashnetwork/chain-sdk/private-types/cosmos.v1beta1';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { formatGroupId } from '../../market/ids.js';
import type { DecCoin } from '../../market/money.js';
import type { GroupSpec } from '../../market/resources.js';
import { bytesFields } from '../wire/fields.js';
import { orderMinWindowSeconds } from '../wire/reclamation.js';
import { toGroupSpec } from './group-spec.js';
import { toDeploymentId } from './ids.js';
import { toDecCoin } from './primitives.js';
import { messagesIn } from './tx-messages.js';

/** What an order of a new group says beside its id. */
export interface CreatedGroup {
  readonly spec: GroupSpec;
  readonly reclamationMinWindowSeconds: bigint | undefined;
  /** What the deployment's escrow account was opened with, which all its groups draw on. */
  readonly deposit: DecCoin | undefined;
}

const CREATE = '/akash.deployment.v1beta4.MsgCreateDeployment';
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

/** The coin (1) of a Deposit; where it was taken from (2) is all the same to the account. */
const depositOf = (message: Uint8Array): DecCoin | undefined => {
  const coin = bytesFields(message, 4)
    .flatMap((deposit) => bytesFields(deposit, 1))
    .at(-1);
  return coin === undefined ? undefined : toDecCoin(Coin.decode(coin), 'deposit');
};

const readCreate = (message: Uint8Array, found: Map<string, CreatedGroup>): void => {
  if (!knowsAllFields(message)) return;
  const [id] = bytesFields(message, 1);
  if (id === undefined) return;
  const deployment = toDeploymentId(DeploymentID.decode(id), 'id');
  const reclamationMinWindowSeconds = orderMinWindowSeconds(message);
  const deposit = depositOf(message);
  bytesFields(message, 2).forEach((group, i) => {
    const spec = toGroupSpec(WireGroupSpec.decode(group), `groups[${i}]`);
    const path = formatGroupId({ ...deployment, gseq: i + 1 });
    found.set(path, { spec, reclamationMinWindowSeconds, deposit });
  });
};

/**
 * The groups of every deployment that a transaction creates, by group path; those wrapped in MsgExec too.
 * @param tx an encoded cosmos.tx.v1beta1.TxRaw
 */
export const createdGroups = (tx: Uint8Array): ReadonlyMap<string, CreatedGroup> => {
  const found = new Map<string, CreatedGroup>();
  try {
    for (const { typeUrl, value } of messagesIn(tx))
      if (typeUrl === CREATE) readCreate(value, found);
  } catch {
    // Malformed bytes, for which the codecs have errors of several kinds: the chain is asked instead.
  }
  return found;
};
