/** Takes the fee, from the payer or from a granter (cosmos-sdk x/auth/ante/fee.go). */
import { Decimal, type Coin } from '../../market/money.js';
import { getAccount } from '../auth/keeper.js';
import { formatCoins, sendCoins } from '../bank/keeper.js';
import { moduleAddress } from '../bank/module-address.js';
import { useAllowance } from '../feegrant/keeper.js';
import { isAppError, sdkError } from '../kernel/errors.js';
import { isOutOfGas } from '../kernel/gas.js';
import { AppError } from '../kernel/module.js';
import type { AnteEnvironment } from './environment.js';

/** The module account that holds fees. */
export const FEE_COLLECTOR = 'fee_collector';
/** The only denomination fees are paid in. */
export const FEE_DENOM = 'uakt';

const ROUND_UP = 3;

/** `ceil(price * gas)` in uakt. */
export const requiredFee = (gasLimit: bigint, minGasPriceUakt: Decimal): bigint =>
  BigInt(minGasPriceUakt.times(new Decimal(gasLimit.toString())).toFixed(0, ROUND_UP));

const isValid = (coins: readonly Coin[]): boolean =>
  coins.every(
    (coin, index) =>
      coin.amount > 0n && (index === 0 || (coins[index - 1]?.denom ?? '') < coin.denom),
  );

const checkPrice = ({ tx, minGasPriceUakt }: AnteEnvironment): void => {
  const required = requiredFee(tx.fee.gasLimit, minGasPriceUakt);
  const offered = tx.fee.amount.find((coin) => coin.denom === FEE_DENOM)?.amount ?? 0n;
  if (offered >= required) return;
  throw sdkError(
    'insufficientFee',
    `insufficient fees; got: ${formatCoins(tx.fee.amount)} required: ${required}${FEE_DENOM}`,
  );
};

const askGranter = ({ context, tx }: AnteEnvironment, granter: string, payer: string): void => {
  try {
    useAllowance(context, granter, payer, {
      fee: tx.fee.amount,
      typeUrls: tx.messages.map((m) => m.typeUrl),
    });
  } catch (error) {
    if (!isAppError(error) || isOutOfGas(error)) throw error;
    throw new AppError(
      error.codespace,
      error.code,
      `${granter} does not allow to pay fees for ${payer}: ${error.message}`,
    );
  }
};

const deduct = ({ context, tx }: AnteEnvironment, from: string): void => {
  if (tx.fee.amount.every((coin) => coin.amount === 0n)) return;
  if (!isValid(tx.fee.amount)) {
    throw sdkError('insufficientFee', `invalid fee amount: ${formatCoins(tx.fee.amount)}`);
  }
  try {
    sendCoins(context, from, moduleAddress(FEE_COLLECTOR), tx.fee.amount);
  } catch (error) {
    if (!isAppError(error) || isOutOfGas(error)) throw error;
    throw sdkError('insufficientFunds', error.message);
  }
};

/**
 * Emits use_feegrant and update_feegrant when granted, the transfer's events, then tx (fee, fee_payer).
 * @throws AppError sdk/13 below the minimum (mempool only), sdk/5 not enough, sdk/9 no such payer, sdk/41 no gas, or the grant's refusal
 */
export const payFee = (environment: AnteEnvironment): void => {
  const { context, tx, signers, mode } = environment;
  if (mode !== 'simulate' && tx.fee.gasLimit === 0n) {
    throw sdkError('invalidGasLimit', 'must provide positive gas');
  }
  if (mode === 'check' || mode === 'recheck') checkPrice(environment);
  const payer = tx.fee.payer === '' ? (signers[0] ?? '') : tx.fee.payer;
  const from = tx.fee.granter === '' ? payer : tx.fee.granter;
  if (from !== payer) askGranter(environment, from, payer);
  if (getAccount(context, from) === undefined) {
    throw sdkError('unknownAddress', `fee payer address: ${from} does not exist`);
  }
  deduct(environment, from);
  context.emit({
    type: 'tx',
    attributes: [
      { key: 'fee', value: formatCoins(tx.fee.amount) },
      { key: 'fee_payer', value: from },
    ],
  });
};
