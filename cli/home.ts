/**
 * Berth's own folder of one person: `keys/NAME.key`, each a mnemonic, readable by its owner alone. Nothing else reads or
 * writes there, and nothing is taken over from other programs' folders unasked.
 */
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { signerFromFile, signerFromMnemonic } from '../chain/wallet.js';
import type { Signer } from '../chain/ports.js';
import { errno } from './errno.js';
import { misused, refused } from './failure.js';

const KEY_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const SUFFIX = '.key';
const OTHERS = 0o077;

/** A key by its name. */
export interface NamedKey {
  readonly name: string;
  readonly address: string;
  readonly path: string;
}

/** The keys of one home folder; every method throws CliFailure for what a person can put right. */
export class Home {
  readonly #dir: string;

  /** @param dir made on first use, with mode 0700 */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** The file of a key. @throws CliFailure `KeyNameInvalid` */
  pathOf(name: string): string {
    if (!KEY_NAME.test(name)) {
      throw misused('KeyNameInvalid', `a key's name is made of a-z, 0-9, - and _, got "${name}"`, {
        field: 'key',
      });
    }
    return join(this.#dir, 'keys', `${name}${SUFFIX}`);
  }

  /**
   * Stores a new key. An existing one is never overwritten: it may be the only copy.
   * @throws CliFailure `KeyExists`; WalletError when it is no mnemonic, in words that do not hold it
   */
  async add(name: string, mnemonic: string): Promise<NamedKey> {
    const path = this.pathOf(name);
    const words = mnemonic.trim().split(/\s+/).join(' ');
    const { address } = await signerFromMnemonic(words);
    await mkdir(join(this.#dir, 'keys'), { recursive: true, mode: 0o700 });
    try {
      const file = await open(path, 'wx', 0o600);
      try {
        // The mode given to open is subject to the umask, which may only take rights away; say it plainly.
        await file.chmod(0o600);
        await file.writeFile(`${words}\n`);
        await file.sync();
      } catch (error) {
        // Half a key is none, and would stand in the way of the next attempt.
        await rm(path, { force: true });
        throw error;
      } finally {
        await file.close();
      }
    } catch (error) {
      if (errno(error) === 'EEXIST') {
        throw refused('KeyExists', `there is a key "${name}" already, and it is not overwritten`, {
          field: 'key',
          next: 'Choose another name with --key NAME.',
        });
      }
      throw error;
    }
    return { name, address, path };
  }

  /** The signer of a key. @throws CliFailure `KeyMissing` or `KeyExposed`; WalletError when the file is damaged */
  async signer(name: string): Promise<Signer> {
    const path = this.pathOf(name);
    let mode: number;
    try {
      ({ mode } = await stat(path));
    } catch (error) {
      if (errno(error) !== 'ENOENT') throw error;
      throw misused('KeyMissing', `there is no key "${name}" in ${this.#dir}`, {
        field: 'key',
        next: `Make one with: berth wallet create --key ${name}   or bring one with: berth wallet import --key ${name}`,
      });
    }
    if ((mode & OTHERS) !== 0) {
      throw refused('KeyExposed', `other users of this machine may read the key file ${path}`, {
        field: 'key',
        next: `chmod 600 ${path}`,
      });
    }
    return signerFromFile(path);
  }

  /** All keys, by name. */
  async list(): Promise<readonly NamedKey[]> {
    let files: readonly string[];
    try {
      files = await readdir(join(this.#dir, 'keys'));
    } catch (error) {
      if (errno(error) === 'ENOENT') return [];
      throw error;
    }
    const names = files
      .filter((f) => f.endsWith(SUFFIX))
      .map((f) => f.slice(0, -SUFFIX.length))
      .filter((name) => KEY_NAME.test(name))
      .sort();
    return Promise.all(
      names.map(async (name) => ({
        name,
        address: (await this.signer(name)).address,
        path: this.pathOf(name),
      })),
    );
  }
}
