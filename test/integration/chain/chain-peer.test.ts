import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { afterTests } from '../../after-tests.js';
import { type Chain, startChain } from '../../peers/chain.js';
import { waitFor } from '../../peers/wait.js';

jest.setTimeout(60_000);
const WAIT = { timeoutMs: 30_000 };

const heightOf = async (chain: Chain): Promise<number> => {
  const response = await fetch(`${chain.rpcUrl}/status`);
  const body = (await response.json()) as {
    readonly result: { readonly sync_info: { readonly latest_block_height: string } };
  };
  return Number(body.result.sync_info.latest_block_height);
};
const above = (chain: Chain, height: number): Promise<number> =>
  waitFor(
    `a block above ${height}`,
    async () => {
      const now = await heightOf(chain);
      return now > height ? now : undefined;
    },
    WAIT,
  );

describe('the chain peer', () => {
  const dir = mkdtempSync(join(tmpdir(), 'berth-chain-'));
  let chain: Chain;

  const atEnd = afterTests();
  beforeAll(async () => {
    atEnd(() => {
      rmSync(dir, { recursive: true, force: true });
    });
    chain = await startChain({ dir: join(dir, 'chain'), env: {} });
    atEnd(() => chain.stop());
  });

  it('is a devnet of our own that makes blocks', async () => {
    expect(chain.flavour).toBe('devnet');
    expect(chain.account('tenant').address).toMatch(/^akash1/);
    await above(chain, 2);
  });

  it('goes on above its height after a kill with SIGKILL', async () => {
    const before = await above(chain, 1);
    await chain.kill();
    await expect(heightOf(chain)).rejects.toThrow();
    await chain.restart();
    await above(chain, before);
  });

  it('is the node of AKASH_NODE when that is set, with accounts of a file, and never stops it', async () => {
    const accounts = join(dir, 'accounts.yaml');
    writeFileSync(accounts, `tenant: ${chain.account('tenant').mnemonic}\n`);
    const env = { AKASH_NODE: chain.rpcUrl, AKASH_ACCOUNTS: accounts };
    const same = await startChain({ dir: join(dir, 'unused'), env });
    expect(same).toMatchObject({ flavour: 'akash-node', chainId: chain.chainId });
    expect(same.account('tenant').address).toBe(chain.account('tenant').address);
    expect(() => same.account('provider')).toThrow('AKASH_ACCOUNTS names no account "provider"');
    await same.stop();
    await expect(same.kill()).rejects.toThrow('not ours to stop');
    await above(chain, await heightOf(chain));
  });

  it.each([
    ['a node that is not there', { AKASH_NODE: 'http://127.0.0.1:9' }, 'does not answer /status'],
    [
      'an accounts file that is not there',
      { AKASH_NODE: 'http://127.0.0.1:9', AKASH_ACCOUNTS: '/nowhere.yaml' },
      'AKASH_ACCOUNTS=/nowhere.yaml cannot be read: ENOENT',
    ],
  ])('names %s', async (_name, env, wantMessage) => {
    await expect(startChain({ dir: join(dir, 'unused'), env })).rejects.toThrow(wantMessage);
  });

  it('never quotes a mnemonic in an error', async () => {
    const accounts = join(dir, 'wrong.yaml');
    writeFileSync(accounts, 'tenant: correct horse battery staple\n');
    const env = { AKASH_NODE: chain.rpcUrl, AKASH_ACCOUNTS: accounts };
    const start = startChain({ dir: join(dir, 'unused'), env });
    await expect(start).rejects.toThrow('tenant is not a mnemonic');
    await expect(start).rejects.not.toThrow('staple');
  });
});
