/**
 * Balances, and the events every movement leaves behind: coin_spent, coin_received, then transfer and message for a
 * send. Amounts are whole smallest units.
 */
import { formatCoin, type Coin } from '../../market/money.js';
import { ensureAccount, getAccount } from '../auth/keeper.js';
import { AppError, type Context } from '../kernel/module.js';
import { moduleAddress } from './module-address.js';

const balanceKey = (address: string, denom: string): string => `bank/b/${address}/${denom}`;
const ownerKey = (denom: string, address: string): string => `bank/d/${denom}/${address}`;
const supplyKey = (denom: string): string => `bank/s/${denom}`;
const encode = (amount: bigint): Uint8Array => new TextEncoder().encode(amount.toString());
const decode = (bytes: Uint8Array | undefined): bigint =>
  bytes === undefined ? 0n : BigInt(new TextDecoder().decode(bytes));

/** `5uact,10uakt`: coins as the SDK prints them, sorted by denomination. */
export const formatCoins = (coins: readonly Coin[]): string =>
  [...coins]
    .sort((a, b) => (a.denom < b.denom ? -1 : 1))
    .map(formatCoin)
    .join(',');

/** What `address` holds of `denom`; 0 when nothing is stored. */
export const getBalance = (context: Context, address: string, denom: string): bigint =>
  decode(context.store.get(balanceKey(address, denom)));

/** Every non-zero balance of `address`, sorted by denomination, behind `after` (a denomination) when given. */
export const getBalances = (context: Context, address: string, after?: string): readonly Coin[] => {
  const prefix = balanceKey(address, '');
  const from = after === undefined ? {} : { after: prefix + after };
  return Array.from(context.store.iterate(prefix, from), ([key, value]) => ({
    denom: key.slice(prefix.length),
    amount: decode(value),
  }));
};

/** How much of `denom` exists. */
export const getSupply = (context: Context, denom: string): bigint =>
  decode(context.store.get(supplyKey(denom)));

/** Every denomination's supply, sorted by denomination. */
export const getSupplies = (context: Context): readonly Coin[] =>
  Array.from(context.store.iterate(supplyKey('')), ([key, value]) => ({
    denom: key.slice(supplyKey('').length),
    amount: decode(value),
  }));

const put = (context: Context, key: string, amount: bigint): void => {
  if (amount === 0n) context.store.delete(key);
  else context.store.set(key, encode(amount));
};

const MARK = new Uint8Array();

/** Sets a balance, and its entry in the index of owners by denomination. */
const putBalance = (context: Context, address: string, denom: string, amount: bigint): void => {
  put(context, balanceKey(address, denom), amount);
  if (amount === 0n) context.store.delete(ownerKey(denom, address));
  else context.store.set(ownerKey(denom, address), MARK);
};

/** Addresses that hold `denom`, in order, behind `after` (an address) when given. */
export const owners = function* (
  context: Context,
  denom: string,
  after?: string,
): Iterable<string> {
  const prefix = ownerKey(denom, '');
  const from = after === undefined ? {} : { after: prefix + after };
  for (const [key] of context.store.iterate(prefix, from)) yield key.slice(prefix.length);
};

/**
 * Takes coins from `address` and emits coin_spent.
 * @throws AppError sdk/5 when the balance is too small
 */
export const spend = (context: Context, address: string, coins: readonly Coin[]): void => {
  // The SDK looks for vesting here: no account vests on this chain, but looking is paid for.
  getAccount(context, address);
  for (const coin of coins) {
    const balance = getBalance(context, address, coin.denom);
    if (balance < coin.amount) {
      const have = formatCoin({ denom: coin.denom, amount: balance });
      throw new AppError(
        'sdk',
        5,
        `spendable balance ${have} is smaller than ${formatCoin(coin)}: insufficient funds`,
      );
    }
    putBalance(context, address, coin.denom, balance - coin.amount);
  }
  context.emit({
    type: 'coin_spent',
    attributes: [
      { key: 'spender', value: address },
      { key: 'amount', value: formatCoins(coins) },
    ],
  });
};

/** Gives coins to `address` and emits coin_received. Does not create the account. */
export const receive = (context: Context, address: string, coins: readonly Coin[]): void => {
  for (const coin of coins) {
    const balance = getBalance(context, address, coin.denom);
    putBalance(context, address, coin.denom, balance + coin.amount);
  }
  context.emit({
    type: 'coin_received',
    attributes: [
      { key: 'receiver', value: address },
      { key: 'amount', value: formatCoins(coins) },
    ],
  });
};

/**
 * Moves coins and creates the receiver's account when it is new. Events, in order: coin_spent, coin_received, transfer,
 * message (sender). Module accounts are plain addresses here: use `moduleAddress`.
 * @throws AppError sdk/5 when the balance is too small
 */
export const sendCoins = (
  context: Context,
  from: string,
  to: string,
  coins: readonly Coin[],
): void => {
  spend(context, from, coins);
  receive(context, to, coins);
  ensureAccount(context, to);
  context.emit({
    type: 'transfer',
    attributes: [
      { key: 'recipient', value: to },
      { key: 'sender', value: from },
      { key: 'amount', value: formatCoins(coins) },
    ],
  });
  context.emit({ type: 'message', attributes: [{ key: 'sender', value: from }] });
};

/** Creates coins in the account of module `name`: coin_received, then coinbase. */
export const mintCoins = (context: Context, name: string, coins: readonly Coin[]): void => {
  const minter = moduleAddress(name);
  ensureAccount(context, minter);
  receive(context, minter, coins);
  for (const coin of coins) {
    put(context, supplyKey(coin.denom), getSupply(context, coin.denom) + coin.amount);
  }
  context.emit({
    type: 'coinbase',
    attributes: [
      { key: 'minter', value: minter },
      { key: 'amount', value: formatCoins(coins) },
    ],
  });
};

/**
 * Destroys coins held by the account of module `name`: coin_spent, then burn.
 * @throws AppError sdk/5 when the balance is too small
 */
export const burnCoins = (context: Context, name: string, coins: readonly Coin[]): void => {
  const burner = moduleAddress(name);
  spend(context, burner, coins);
  for (const coin of coins) {
    put(context, supplyKey(coin.denom), getSupply(context, coin.denom) - coin.amount);
  }
  context.emit({
    type: 'burn',
    attributes: [
      { key: 'burner', value: burner },
      { key: 'amount', value: formatCoins(coins) },
    ],
  });
};

/** Genesis only: sets a balance, adds to the supply, creates the account; no events. */
export const endow = (context: Context, address: string, coins: readonly Coin[]): void => {
  ensureAccount(context, address);
  for (const coin of coins) {
    const balance = getBalance(context, address, coin.denom);
    putBalance(context, address, coin.denom, balance + coin.amount);
    put(context, supplyKey(coin.denom), getSupply(context, coin.denom) + coin.amount);
  }
};
