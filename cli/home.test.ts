import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mnemonicFromEntropy, signerFromMnemonic } from '../chain/wallet.js';
import { Home } from './home.js';

let dir: string;
let home: Home;
const mnemonic = (): string => mnemonicFromEntropy(randomBytes(32));

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-home-'));
  home = new Home(join(dir, 'home'));
});

afterEach(() => rm(dir, { recursive: true }));

describe('the home folder', () => {
  it('keeps a key for its owner alone, and gives its signer back', async () => {
    const words = mnemonic();
    const key = await home.add('default', `  ${words.replaceAll(' ', '\n')} \n`);
    expect((await stat(key.path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, 'home', 'keys'))).mode & 0o777).toBe(0o700);
    expect((await home.signer('default')).address).toBe((await signerFromMnemonic(words)).address);
    expect(key.address).toBe((await signerFromMnemonic(words)).address);
  });

  it('never overwrites a key', async () => {
    const { path } = await home.add('default', mnemonic());
    const before = await readFile(path, 'utf8');
    await expect(home.add('default', mnemonic())).rejects.toMatchObject({
      code: 'KeyExists',
      exit: 1,
    });
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  it('stores nothing that is no mnemonic, and does not repeat it', async () => {
    const secret = `${mnemonic()} oops`;
    const failure: unknown = await home.add('default', secret).catch((error: unknown) => error);
    expect(String(failure)).toContain('is not an English BIP-39 mnemonic');
    expect(String(failure)).not.toContain(secret.split(' ')[3]);
    expect(await home.list()).toEqual([]);
  });

  it('refuses a key that others may read, with the remedy', async () => {
    const { path } = await home.add('default', mnemonic());
    await chmod(path, 0o640);
    await expect(home.signer('default')).rejects.toMatchObject({
      code: 'KeyExposed',
      next: `chmod 600 ${path}`,
    });
  });

  it('names a key that is not there', async () => {
    await expect(home.signer('other')).rejects.toMatchObject({ code: 'KeyMissing', exit: 2 });
  });

  it.each(['', '../default', 'a/b', 'A', '.hidden', 'x'.repeat(64)])(
    'refuses %j as a name',
    (name) => {
      expect(() => home.pathOf(name)).toThrow(expect.objectContaining({ code: 'KeyNameInvalid' }));
    },
  );

  it('lists keys by name and nothing else that lies there', async () => {
    const [b, a] = [await home.add('b', mnemonic()), await home.add('a', mnemonic())];
    await writeFile(join(dir, 'home', 'keys', 'notes.txt'), 'x');
    expect(await home.list()).toEqual([a, b]);
  });
});
