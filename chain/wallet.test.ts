import { describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { sha256 } from '@cosmjs/crypto';
import { DirectSecp256k1HdWallet } from '@cosmjs/proto-signing';
import fc from 'fast-check';
import secp256k1 from 'secp256k1';
import { signOne } from './sign-one.js';
import {
  addressOfPublicKey,
  isAddress,
  mnemonicFromEntropy,
  signerFromFile,
  signerFromMnemonic,
  signerFromPrivateKey,
} from './wallet.js';

const mnemonic = mnemonicFromEntropy(Uint8Array.from({ length: 32 }, (_, i) => i));

const inFile = async (text: string): Promise<Error | string> => {
  const folder = await mkdtemp(join(tmpdir(), 'berth-wallet-'));
  try {
    const path = join(folder, 'key');
    await writeFile(path, text);
    return (await signerFromFile(path)).address;
  } catch (error) {
    return error as Error;
  } finally {
    await rm(folder, { recursive: true });
  }
};

describe('wallet', () => {
  it('a mnemonic gives the account that CosmJS gives', async () => {
    const theirs = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: 'akash' });
    const [account] = await theirs.getAccounts();
    const ours = await signerFromMnemonic(`  ${mnemonic.split(' ').join('\n ')} `);
    expect(ours.address).toBe(account?.address);
    expect(Buffer.from(ours.publicKey)).toEqual(Buffer.from(account?.pubkey ?? []));
    expect((await signerFromMnemonic(mnemonic, 1)).address).not.toBe(ours.address);
  });

  it('signatures verify, are low-S and deterministic', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .uint8Array({ minLength: 32, maxLength: 32 })
          .filter((k) => secp256k1.privateKeyVerify(k)),
        fc.uint8Array(),
        async (key, bytes) => {
          const signer = signerFromPrivateKey(key);
          const signature = await signOne(signer, bytes);
          expect(secp256k1.ecdsaVerify(signature, sha256(bytes), signer.publicKey)).toBe(true);
          expect(await signOne(signer, bytes)).toEqual(signature);
          expect(isAddress(addressOfPublicKey(signer.publicKey))).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('a key file may hold a mnemonic or hex, with or without 0x and white space', async () => {
    const key = '0101010101010101010101010101010101010101010101010101010101010101';
    const address = signerFromPrivateKey(Buffer.from(key, 'hex')).address;
    expect(await inFile(`${key}\n`)).toBe(address);
    expect(await inFile(`0x${key}`)).toBe(address);
    expect(await inFile(`${mnemonic}\n`)).toBe((await signerFromMnemonic(mnemonic)).address);
  });

  it.each([
    ['an empty file', '', 'is empty'],
    ['a mnemonic with a wrong checksum', `${'abandon '.repeat(23)}zoo`, 'is not an English BIP-39'],
    ['a key of zeros', '0'.repeat(64), 'is not a secp256k1 private key'],
  ])('%s is refused without showing its content', async (_name, text, want) => {
    const error = await inFile(text);
    expect(inspect(error)).toContain(want);
    expect(inspect(error)).not.toContain('abandon abandon');
    expect(inspect(error)).not.toContain('0'.repeat(64));
  });

  it('the file that cannot be read is named', async () => {
    await expect(signerFromFile('/nonexistent/key')).rejects.toMatchObject({
      name: 'WalletError',
      field: '/nonexistent/key',
    });
  });

  it('a signer shows nothing of its key', () => {
    const key = Uint8Array.from({ length: 32 }, () => 0xab);
    const shown = inspect(signerFromPrivateKey(key), { depth: 5, showHidden: true });
    expect(shown).not.toContain('ab, ab');
    expect(shown).not.toContain('171, 171');
  });

  it.each([
    ['akash19h7kcru96wkylecd2vswv9eph6e58fnmk4fna5', true],
    ['akash19h7kcru96wkylecd2vswv9eph6e58fnmk4fna6', false],
    ['cosmos19h7kcru96wkylecd2vswv9eph6e58fnmk4fna5', false],
    ['', false],
  ])('%s is an address: %s', (text, want) => expect(isAddress(text)).toBe(want));
});
