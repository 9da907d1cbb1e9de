/** Which denominations messages may send, as the SDK stores it: an entry for a denomination, else the parameter's default. */
import type { Coin } from '../../market/money.js';
import { AppError, type Context } from '../kernel/module.js';

const PARAMS = 'bank/p';
const entryKey = (denom: string): string => `bank/e/${denom}`;
const flag = (enabled: boolean): Uint8Array => Uint8Array.of(enabled ? 1 : 0);

/** Sets the default and the entries that differ from it. */
export const setSendEnabled = (
  context: Context,
  byDefault: boolean,
  entries: Readonly<Record<string, boolean>>,
): void => {
  context.store.set(PARAMS, flag(byDefault));
  for (const [denom, enabled] of Object.entries(entries)) {
    context.store.set(entryKey(denom), flag(enabled));
  }
};

/** Whether coins that have no entry may be sent. */
export const sendsByDefault = (context: Context): boolean => context.store.get(PARAMS)?.[0] === 1;

/** Entries by denomination, in order. */
export const sendEnabledEntries = (
  context: Context,
): readonly { denom: string; enabled: boolean }[] =>
  Array.from(context.store.iterate(entryKey('')), ([key, value]) => ({
    denom: key.slice(entryKey('').length),
    enabled: value[0] === 1,
  }));

/** @throws AppError bank/5 for a coin that messages may not send */
export const requireSendEnabled = (context: Context, coins: readonly Coin[]): void => {
  for (const coin of coins) {
    const entry = context.store.get(entryKey(coin.denom));
    const enabled = entry === undefined ? sendsByDefault(context) : entry[0] === 1;
    if (enabled) continue;
    throw new AppError(
      'bank',
      5,
      `${coin.denom} transfers are currently disabled: send transactions are disabled`,
    );
  }
};
