/**
 * The key at rest: a plain file, or one encrypted with a passphrase in the age format (https://age-encryption.org/v1), binary or
 * armoured, so that `age -p` makes it and any age tool reads it back.
 */
import { readFile } from 'node:fs/promises';
import { armor, Decrypter } from 'age-encryption';
import { signerFromText, WalletError } from '../chain/wallet.js';
import type { Signer } from '../chain/ports.js';

const BINARY = 'age-encryption.org/v1';
const ARMOUR = '-----BEGIN AGE ENCRYPTED FILE-----';

const read = async (path: string): Promise<Buffer> => {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new WalletError(path, 'cannot be read', { cause });
  }
};

const decrypt = async (path: string, bytes: Uint8Array, passphrase: string): Promise<string> => {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(bytes, 'text');
  } catch (cause) {
    throw new WalletError(path, 'cannot be decrypted: another passphrase, or a damaged file', {
      cause,
    });
  }
};

/** @throws WalletError naming the file; neither the passphrase nor the key is in its text */
export const signerFromKeyFile = async (
  path: string,
  passphraseFile: string | undefined,
): Promise<Signer> => {
  const bytes = await read(path);
  const text = bytes.toString('utf8').trim();
  const armoured = text.startsWith(ARMOUR);
  if (!armoured && !text.startsWith(BINARY)) return signerFromText(text, path);
  if (passphraseFile === undefined) {
    throw new WalletError('key.passphraseFile', `is needed: ${path} is encrypted`);
  }
  const passphrase = (await read(passphraseFile)).toString('utf8').replace(/\r?\n$/, '');
  const sealed = armoured ? armor.decode(text) : new Uint8Array(bytes);
  return signerFromText(await decrypt(path, sealed, passphrase), path);
};
