import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { armor, Encrypter } from 'age-encryption';
import { signerFromKeyFile } from './key-file.js';
import { SIGNER } from './testing/a-transaction.js';

const HEX = '07'.repeat(32);
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'berth-key-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

const put = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(dir, name);
  await writeFile(path, content);
  return path;
};

const sealed = async (passphrase: string): Promise<Uint8Array> => {
  const encrypter = new Encrypter();
  // The least work factor: the test is about the format.
  encrypter.setScryptWorkFactor(1);
  encrypter.setPassphrase(passphrase);
  return encrypter.encrypt(HEX);
};

describe('the key file', () => {
  test('plain, as before', async () => {
    const { address } = await signerFromKeyFile(await put('key', `${HEX}\n`), undefined);
    expect(address).toBe(SIGNER.address);
  });

  test('encrypted, binary and armoured, with the passphrase from its own file', async () => {
    const bytes = await sealed('open sesame');
    const passphrase = await put('passphrase', 'open sesame\n');
    const binary = await signerFromKeyFile(await put('a', bytes), passphrase);
    const armoured = await signerFromKeyFile(await put('b', armor.encode(bytes)), passphrase);
    expect([binary.address, armoured.address]).toEqual([SIGNER.address, SIGNER.address]);
  });

  test('encrypted without a passphrase names the field to set', async () => {
    const path = await put('a', await sealed('open sesame'));
    await expect(signerFromKeyFile(path, undefined)).rejects.toThrow(
      'key.passphraseFile: is needed',
    );
  });

  test('encrypted with another passphrase says so and shows neither', async () => {
    const path = await put('a', await sealed('open sesame'));
    const wrong = signerFromKeyFile(path, await put('passphrase', 'hunter2'));
    await expect(wrong).rejects.toThrow(/^(?!.*(hunter2|sesame|0707)).*cannot be decrypted/);
  });
});
