/**
 * Where a deposit comes from: the signer's own balance, or what others granted, tried in the order the message lists.
 * Answers who pays how much without moving anything yet, except that grants are used up at once, as on the node.
 */
import {
  DepositAuthorization,
  DepositAuthorization_Scope as GrantScope,
} from '@akashnetwork/chain-sdk/private-types/akash.v1';
import type { Deposit as ProtoDeposit } from '@akashnetwork/chain-sdk/private-types/akash.v1';
import type { Coin } from '../../market/money.js';
import { readCoin } from '../akash/coins.js';
import { fromWhole } from '../akash/dec.js';
import { refusal, registerIn, wrapped } from '../akash/registered-error.js';
import { getBalance } from '../bank/keeper.js';
import type { Context } from '../kernel/module.js';
import type { DepositGrants } from './ports.js';
import { Source, type Deposit } from './records.js';

/** Deposits are refused in the market's name, whoever asks for them (go/node/market/v1/errors.go). */
const INVALID_DEPOSIT = registerIn('market')(28, 'InvalidArgument', 'deposit invalid');
const INVALID_SOURCE = registerIn('akash')(4, 'InvalidArgument', 'invalid deposit source');

export { GrantScope };

/** A message's deposit, checked without state. @throws AppError akash/4 or undefined/1 */
export const validateDeposit = (deposit: ProtoDeposit | undefined): void => {
  readCoin(deposit?.amount);
  const sources = deposit?.sources ?? [];
  if (sources.length === 0) throw wrapped(INVALID_SOURCE, 'empty deposit sources');
  sources.forEach((source, index) => {
    if (source !== Source.balance && source !== Source.grant) {
      throw wrapped(INVALID_SOURCE, `empty deposit source type ${source}`);
    }
    if (sources.indexOf(source) !== index) {
      throw wrapped(INVALID_SOURCE, `duplicate deposit source type ${source}`);
    }
  });
};

interface Draw {
  readonly context: Context;
  readonly owner: string;
  readonly scope: GrantScope;
  readonly denom: string;
}

const deposit = (draw: Draw, owner: string, source: Source, amount: bigint): Deposit => ({
  owner,
  height: draw.context.height,
  source,
  balance: { denom: draw.denom, amount: fromWhole(amount) },
});

const fromBalance = (draw: Draw, wanted: bigint): Deposit[] => {
  const spendable = getBalance(draw.context, draw.owner, draw.denom);
  const amount = spendable < wanted ? spendable : wanted;
  return spendable > 0n ? [deposit(draw, draw.owner, Source.balance, amount)] : [];
};

const fromGrants = (draw: Draw, grants: DepositGrants, wanted: bigint): Deposit[] => {
  const found: Deposit[] = [];
  let remaining = wanted;
  for (const grant of grants.list(draw.context, draw.owner)) {
    if (remaining === 0n) break;
    const authorization = DepositAuthorization.decode(grant.authorization);
    const limit = BigInt(authorization.spendLimit?.amount ?? '0');
    const usable =
      limit > 0n &&
      authorization.spendLimit?.denom === draw.denom &&
      authorization.scopes.includes(draw.scope);
    if (!usable) continue;
    const amount = limit < remaining ? limit : remaining;
    saveLimit(draw, grants, grant.granter, authorization, limit - amount);
    found.push(deposit(draw, grant.granter, Source.grant, amount));
    remaining -= amount;
  }
  return found;
};

const saveLimit = (
  draw: Pick<Draw, 'context' | 'owner' | 'denom'>,
  grants: DepositGrants,
  granter: string,
  authorization: DepositAuthorization,
  limit: bigint,
): void => {
  const left = { ...authorization, spendLimit: { denom: draw.denom, amount: limit.toString() } };
  grants.save(draw.context, draw.owner, {
    granter,
    authorization: DepositAuthorization.encode(left).finish(),
  });
};

/** Gives back what a grant paid: its limit grows by `coin`, if it still exists. */
export const restoreGrant = (
  context: Context,
  grants: DepositGrants,
  grantee: string,
  granter: string,
  coin: Coin,
): void => {
  const grant = grants.list(context, grantee).find((candidate) => candidate.granter === granter);
  if (grant === undefined) return;
  const authorization = DepositAuthorization.decode(grant.authorization);
  if (authorization.spendLimit?.denom !== coin.denom) return;
  const limit = BigInt(authorization.spendLimit.amount) + coin.amount;
  saveLimit({ context, owner: grantee, denom: coin.denom }, grants, granter, authorization, limit);
};

/**
 * Who pays for `message`'s deposit.
 * @throws AppError market/28 when balance and grants together do not suffice
 */
export const authorizeDeposits = (
  context: Context,
  grants: DepositGrants,
  owner: string,
  scope: GrantScope,
  message: ProtoDeposit | undefined,
): Deposit[] => {
  const { denom, amount } = readCoin(message?.amount);
  const draw: Draw = { context, owner, scope, denom };
  const found: Deposit[] = [];
  let remaining = fromWhole(amount);
  for (const source of message?.sources ?? []) {
    const wanted = remaining / fromWhole(1n);
    const drawn =
      source === Source.balance ? fromBalance(draw, wanted) : fromGrants(draw, grants, wanted);
    found.push(...drawn);
    for (const { balance } of drawn) remaining -= balance.amount;
    if (remaining === 0n) return found;
  }
  if (remaining > 0n) throw refusal(INVALID_DEPOSIT, 'insufficient balance');
  return found;
};
