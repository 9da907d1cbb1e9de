/** The key, wherever it lies. */
import type { Signer } from '../chain/ports.js';
import { connectSigner } from '../chain/remote-signer.js';
import type { SignerConfig } from './config.js';
import { signerFromKeyFile } from './key-file.js';
import { checkedKey } from './remote-key.js';

/** @throws WalletError on a file that cannot be used; ReasonError, SignerUnavailableError when a key elsewhere cannot be asked */
export const openKey = async ({
  file,
  passphraseFile,
  remote,
}: SignerConfig['key']): Promise<Signer> => {
  if (file !== undefined) return signerFromKeyFile(file, passphraseFile);
  if (remote === undefined) throw new Error('the configuration names no key');
  return checkedKey(await connectSigner(remote));
};
