/** MsgCreateDeployment: checks without state, then the node's handler step by step. */
import type { MsgCreateDeployment as ProtoCreate } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import { validateDeploymentId } from '../akash/address.js';
import { UACT, readCoin } from '../akash/coins.js';
import { deploymentIdFrom } from '../akash/ids.js';
import { refusal, wrapped } from '../akash/registered-error.js';
import { GrantScope, authorizeDeposits, validateDeposit } from '../escrow/deposits.js';
import type { EscrowKeeper } from '../escrow/keeper.js';
import type { DepositGrants } from '../escrow/ports.js';
import { isAppError } from '../kernel/errors.js';
import type { Context } from '../kernel/module.js';
import { deploymentAccountId } from '../market/escrow-ids.js';
import type { MarketKeeper } from '../market/keeper.js';
import { getMarketParams } from '../market/params.js';
import { DEPLOYMENT_ERRORS as E } from './errors.js';
import { groupPrice, validateGroup, validateGroups } from './groups.js';
import { createDeployment, getDeployment } from './keeper.js';
import { checkFirstDeposit } from './params.js';
import { DeploymentState, GroupState, type Group } from './records.js';

/** A `MsgCreateDeployment` with the field the SDK does not know: `reclamation.min_window`, nanoseconds. */
export type CreateDeployment = ProtoCreate & { readonly minWindow: bigint | undefined };

const HASH_BYTES = 32;

/** A manifest hash. @throws AppError deployment/9 or deployment/10 */
export const validateHash = (hash: Uint8Array): void => {
  if (hash.length === 0) throw refusal(E.emptyHash);
  if (hash.length !== HASH_BYTES) throw refusal(E.invalidHash);
};

/** @throws AppError deployment/…, sdk/3, sdk/7, akash/…, undefined/1 */
export const validateCreate = (message: CreateDeployment): void => {
  validateDeploymentId(message.id);
  validateDeposit(message.deposit);
  if (message.groups.length === 0) throw refusal(E.invalidGroups);
  validateHash(message.hash);
  if (message.minWindow !== undefined && message.minWindow < 0n) {
    throw wrapped(E.invalidReclamation, 'min_window must be >= 0');
  }
  const deposit = readCoin(message.deposit?.amount);
  for (const spec of message.groups) {
    validateGroup(spec);
    const { denom } = groupPrice(spec);
    if (deposit.amount !== 0n && denom !== deposit.denom) {
      throw wrapped(E.invalidDeposit, `Mismatched denominations (${deposit.denom} != ${denom})`);
    }
  }
};

const checkReclamation = (context: Context, minWindow: bigint | undefined): void => {
  if (minWindow === undefined) return;
  const params = getMarketParams(context);
  if (minWindow < params.minReclamationWindow) {
    throw wrapped(E.invalidReclamation, 'min_window below governance minimum');
  }
  if (minWindow > params.maxReclamationWindow) {
    throw wrapped(E.invalidReclamation, 'min_window above governance maximum');
  }
};

const checkGroups = (message: CreateDeployment): void => {
  try {
    validateGroups(message.groups);
  } catch (error) {
    throw isAppError(error) ? wrapped(E.invalidGroups, error.message) : error;
  }
  const [first] = message.groups;
  const denom = first === undefined ? '' : groupPrice(first).denom;
  if (denom !== UACT) throw wrapped(E.invalidPrice, `unsupported denomination ${denom}`);
};

/** Runs the message. @throws AppError deployment/…, market/28, sdk/5 */
export const create = (
  context: Context,
  message: CreateDeployment,
  market: MarketKeeper,
  escrow: EscrowKeeper,
  grants: DepositGrants,
): void => {
  const id = deploymentIdFrom(message.id);
  if (getDeployment(context, id) !== undefined) throw refusal(E.deploymentExists);
  checkFirstDeposit(context, readCoin(message.deposit?.amount));
  checkReclamation(context, message.minWindow);
  checkGroups(message);
  const deposits = authorizeDeposits(
    context,
    grants,
    id.owner,
    GrantScope.deployment,
    message.deposit,
  );
  const { hash, minWindow } = message;
  const createdAt = context.height;
  const groups = message.groups.map((spec, index): Group => ({
    id: { ...id, gseq: index + 1 },
    state: GroupState.open,
    spec,
    createdAt,
  }));
  createDeployment(
    context,
    { id, state: DeploymentState.active, hash, createdAt, minWindow },
    groups,
  );
  for (const group of groups) market.createOrder(context, group.id, group.spec, minWindow);
  escrow.createAccount(context, deploymentAccountId(id), id.owner, deposits);
};
