/** `berth provider keys new`: the hot key of a provider, in a file for its owner alone or in a Secret's manifest. */
import { open } from 'node:fs/promises';
import { armor, Encrypter } from 'age-encryption';
import { stringify } from 'yaml';
import { mnemonicFromEntropy, signerFromMnemonic } from '../../../chain/wallet.js';
import { errno } from '../../errno.js';
import { refused } from '../../failure.js';
import type { Context } from '../../ports.js';

/** Bytes of entropy of a mnemonic of 24 words. */
const ENTROPY_BYTES = 32;

export interface NewKeyOptions {
  /** The file to write; one that exists is never overwritten. */
  readonly out: string;
  /** Encrypts the key in the age format. */
  readonly passphrase: string | undefined;
  /** Writes the manifest of this Secret instead of the key alone. */
  readonly secret: { readonly name: string; readonly namespace: string } | undefined;
}

const sealed = async (mnemonic: string, passphrase: string): Promise<string> => {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  return armor.encode(await encrypter.encrypt(mnemonic));
};

const write = async (path: string, text: string): Promise<void> => {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.chmod(0o600);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errno(error) !== 'EEXIST') throw error;
    throw refused('KeyExists', `${path} exists already, and it is not overwritten`, {
      field: 'out',
      next: 'Choose another file with --out FILE.',
    });
  }
};

/** Makes it; its words are shown nowhere: a hot key that is lost is replaced by another. @throws CliFailure `KeyExists` */
export const newKey = async (
  ctx: Context,
  { out, passphrase, secret }: NewKeyOptions,
  random: (bytes: number) => Uint8Array,
): Promise<void> => {
  const mnemonic = mnemonicFromEntropy(random(ENTROPY_BYTES));
  const { address } = await signerFromMnemonic(mnemonic);
  const key = passphrase === undefined ? mnemonic : await sealed(mnemonic, passphrase);
  const manifest = (to: { readonly name: string; readonly namespace: string }): string =>
    stringify({
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: to, type: 'Opaque' },
      stringData: { key },
    });
  await write(out, secret === undefined ? `${key}\n` : manifest(secret));
  const { terminal } = ctx;
  terminal.say(`The hot key's account is ${address}; ${out} can be read by you alone.`);
  if (secret !== undefined) terminal.say(`kubectl apply -f ${out}   and then delete the file.`);
  terminal.say(`Let it act for the provider: berth provider keys grant --grantee ${address}`);
  ctx.output.result({ address, path: out, encrypted: passphrase !== undefined }, address);
};
