/** `berth wallet`: keys of one's own. Mnemonics are shown once, on stderr, and read from files or stdin only. */
import { mnemonicFromEntropy } from '../../chain/wallet.js';
import { formatCoin } from '../../market/money.js';
import { misused } from '../failure.js';
import { formatTable } from '../format/table.js';
import type { Home, NamedKey } from '../home.js';
import type { ChainContext, Context } from '../ports.js';

/** Bytes of entropy of a mnemonic of 24 words. */
const ENTROPY_BYTES = 32;

const told = (ctx: Context, { name, address, path }: NamedKey): void => {
  ctx.output.result({ name, address, path }, address);
};

/** Makes a key. @param random gives random bytes @throws CliFailure `KeyExists` */
export const createWallet = async (
  ctx: Context,
  home: Home,
  name: string,
  random: (bytes: number) => Uint8Array,
): Promise<void> => {
  const mnemonic = mnemonicFromEntropy(random(ENTROPY_BYTES));
  const key = await home.add(name, mnemonic);
  const { terminal } = ctx;
  terminal.say(
    `Key "${name}" is in ${key.path}. These words are the key; they are shown this once.`,
  );
  terminal.say('Write them down: whoever has them has the money, and nobody can restore them.');
  terminal.say(`\n    ${mnemonic}\n`);
  told(ctx, key);
};

/** Stores a mnemonic that exists. @param read gives its text, from a file or stdin */
export const importWallet = async (
  ctx: Context,
  home: Home,
  name: string,
  read: () => Promise<string>,
): Promise<void> => {
  const text = (await read()).trim();
  if (text === '') {
    throw misused('KeyInvalid', 'there is no mnemonic in the input', {
      field: 'mnemonic',
      next: 'berth wallet import < FILE   or   berth wallet import --from FILE',
    });
  }
  const key = await home.add(name, text);
  ctx.terminal.say(`Key "${name}" is in ${key.path}.`);
  told(ctx, key);
};

/** Prints a key's address. */
export const walletAddress = async (ctx: Context, home: Home, name: string): Promise<void> => {
  const { address } = await home.signer(name);
  ctx.output.result({ name, address }, address);
};

/** Prints all keys. */
export const listWallets = async (ctx: Context, home: Home): Promise<void> => {
  const keys = await home.list();
  const text =
    keys.length === 0
      ? 'There is no key yet: berth wallet create'
      : formatTable(
          ['KEY', 'ADDRESS'],
          keys.map((k) => [k.name, k.address]),
        ).join('\n');
  ctx.output.result(
    keys.map(({ name, address, path }) => ({ name, address, path })),
    text,
  );
};

/** Prints what an account holds, each amount with its denomination. */
export const walletBalance = async (ctx: ChainContext, address: string): Promise<void> => {
  const balances = await ctx.chain.reader.balances(address);
  const text = balances.length === 0 ? 'nothing' : balances.map(formatCoin).join('\n');
  ctx.output.result(
    { address, balances: balances.map(({ amount, denom }) => ({ amount, denom })) },
    text,
  );
};
