/** The deployment module's parameters: the least first deposit per denomination. */
import { Params } from '@akashnetwork/chain-sdk/private-types/akash.v1beta4';
import { z } from 'zod';
import type { Coin } from '../../market/money.js';
import { UACT, UAKT, writeCoin } from '../akash/coins.js';
import { refusal, wrapped } from '../akash/registered-error.js';
import type { Context } from '../kernel/module.js';
import { DEPLOYMENT_ERRORS as E } from './errors.js';

const KEY = 'deployment/params';

const DEFAULT_MIN_DEPOSITS: readonly Coin[] = [
  { denom: UAKT, amount: 500_000n },
  { denom: UACT, amount: 500_000n },
];

const genesis = z.object({
  params: z
    .object({
      min_deposits: z.array(
        z.object({ denom: z.string(), amount: z.string().regex(/^\d+$/).transform(BigInt) }),
      ),
    })
    .partial()
    .default({}),
});

/** Bytes of `akash.deployment.v1beta4.Params`. */
export const encodeDeploymentParams = (minDeposits: readonly Coin[]): Uint8Array =>
  Params.encode({ minDeposits: minDeposits.map(writeCoin) }).finish();

/** Genesis state: `{ params: { min_deposits: [{ denom, amount }] } }`. @throws ZodError naming the field */
export const initDeploymentParams = (context: Context, state: unknown): void => {
  const { params } = genesis.parse(state ?? {});
  const deposits = params.min_deposits ?? DEFAULT_MIN_DEPOSITS;
  context.store.set(KEY, encodeDeploymentParams(deposits));
};

/** The least deposits in force; the node's defaults before genesis has set any. */
export const getMinDeposits = (context: Context): readonly Coin[] => {
  const bytes = context.store.get(KEY);
  if (bytes === undefined) return DEFAULT_MIN_DEPOSITS;
  return Params.decode(bytes).minDeposits.map(({ denom, amount }) => ({
    denom,
    amount: BigInt(amount),
  }));
};

/** Whether a deployment may start with `deposit`; uakt only tops up. @throws AppError deployment/20 */
export const checkFirstDeposit = (context: Context, deposit: Coin): void => {
  const least = getMinDeposits(context).find(({ denom }) => denom === deposit.denom);
  if (least === undefined) {
    throw refusal(E.invalidDeposit, `Invalid deposit denomination ${deposit.denom}`);
  }
  if (deposit.amount < least.amount) {
    throw wrapped(
      E.invalidDeposit,
      `Deposit too low - ${deposit.amount} < ${least.amount}${least.denom}`,
    );
  }
  if (deposit.denom === UAKT) throw refusal(E.invalidDeposit);
};
